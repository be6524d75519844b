// "What must be moved or stopped before this node goes down, and what would break": one step for each running guest, and what forbids going at all. Pure.
import type { Leaving } from "../shapes/votes.ts";
import { type GuestNow, type Picture, quorumWithout } from "./picture.ts";
import { startable, tieOf } from "./reach.ts";
import { fits, type Room, roomsOf, widest } from "./room.ts";

export interface Step {
  readonly vmid: number;
  readonly name: string;
  /** `ha`: HA moves it when the node goes into maintenance; `move`: as it runs (a container restarts); `stop`: nothing else is left. */
  readonly way: "ha" | "move" | "stop";
  readonly to: string | undefined;
  readonly words: string;
}

export interface Work {
  readonly what: string;
  readonly id: string;
}

export interface MaintenanceCheck {
  readonly node: string;
  readonly ready: boolean;
  /** Half sentences: why it must not go now. */
  readonly blockers: readonly string[];
  readonly steps: readonly Step[];
  readonly quorum: Leaving;
  readonly breaks: readonly string[];
  readonly unread: readonly string[];
}

const others = (picture: Picture, node: string) => picture.nodes.filter((one) => one.online && one.name !== node && one.lrm !== "maintenance" && one.lrm !== "dead");

const stepOf = (guest: GuestNow, picture: Picture, rooms: readonly Room[], node: string): Step => {
  const about = { vmid: guest.vmid, name: guest.name };
  const bytes = guest.memoryTotalBytes ?? 0;
  const able = startable(
    { ...guest, bound: [] },
    { ...picture, replicas: [] },
    others(picture, node).map((one) => one.name),
  );
  const tie = tieOf(guest, picture);
  const room = tie === undefined ? widest(rooms.filter((one) => able.includes(one.node) && fits(one, bytes))) : undefined;
  if (room === undefined) {
    const why = tie ?? (able.length === 0 ? "no other node has its storage" : "no node that stays has memory for it");
    return { ...about, way: "stop", to: undefined, words: `shut it down (${why})` };
  }
  room.afterBytes += bytes;
  if (guest.ha !== undefined) return { ...about, way: "ha", to: room.node, words: `HA moves it when the node goes into maintenance; ${room.node} has room` };
  return {
    ...about,
    way: "move",
    to: room.node,
    words: guest.kind === "vm" ? `move it to ${room.node} while it runs` : `move it to ${room.node}; a container restarts on the way`,
  };
};

function* blocking(picture: Picture, node: string, { after, of, needed, verdict }: Leaving, works: readonly Work[] | undefined): Generator<string> {
  if (!picture.quorate) yield "the cluster has no quorum now";
  else if (verdict === "lost") yield `only ${after} of ${of} votes would stay, and ${needed} are needed: the cluster would stop`;
  else if (verdict === "doubtful") yield `whether the cluster would go on is not known (${after} of ${of} votes would stay, ${needed} are needed): ${picture.ballot?.doubt ?? ""}`;
  const away = picture.nodes.filter((one) => one.name !== node && one.lrm === "maintenance");
  if (away.length > 0) yield `${away.map((one) => one.name).join(", ")} is in maintenance already`;
  for (const work of works ?? []) yield `${work.what} is running on it (${work.id})`;
  if (works === undefined) yield "which tasks run on it could not be read";
}

const breaksOf = (node: string, own: readonly GuestNow[], picture: Picture, steps: readonly Step[]): string[] => [
  ...picture.stores.flatMap(({ name, server }) => {
    const guest = own.find((one) => server !== undefined && (one.addresses.includes(server) || one.name === server));
    const stops = guest !== undefined && steps.some((step) => step.vmid === guest.vmid && step.way === "stop");
    return stops ? [`storage ${name}, which ${guest.name} serves, is gone for every node while it is stopped`] : [];
  }),
  ...picture.replicas.filter((replica) => replica.target === node).map((replica) => `replication ${replica.id} cannot copy to ${node}`),
];

/** `works`: the tasks running on the node; undefined when they could not be read. */
export const maintenanceCheck = (picture: Picture, node: string, works: readonly Work[] | undefined): MaintenanceCheck => {
  const quorum = quorumWithout(picture, node);
  const own = picture.guests.filter((guest) => guest.node === node && guest.running && !guest.template);
  const rooms = roomsOf(others(picture, node));
  const bigFirst = own.toSorted((a, b) => (b.memoryTotalBytes ?? 0) - (a.memoryTotalBytes ?? 0) || a.vmid - b.vmid);
  const steps = bigFirst.map((guest) => stepOf(guest, picture, rooms, node)).toSorted((a, b) => a.vmid - b.vmid);
  const blockers = [...blocking(picture, node, quorum, works)];
  return {
    node,
    ready: blockers.length === 0 && steps.length === 0,
    blockers,
    steps,
    quorum,
    breaks: breaksOf(node, own, picture, steps),
    unread: picture.unread,
  };
};

const HEADS = { ha: "HA moves", move: "To be moved", stop: "To be shut down" } as const;

const staying = ({ after, of, needed, verdict }: Leaving): string =>
  verdict === "alone" ? "as the only node it takes nobody's quorum" : `${after} of ${of} votes stay (${needed} needed)`;

export const maintenanceWords = ({ node, ready, blockers, steps, quorum, breaks, unread }: MaintenanceCheck): string[] => [
  ready ? `${node} can go down: nothing runs on it, and ${staying(quorum)}.` : `${node} is not ready to go down.`,
  ...blockers.map((words) => `Not now: ${words}.`),
  ...(["ha", "move", "stop"] as const).flatMap((way) => {
    const mine = steps.filter((step) => step.way === way);
    return mine.length === 0 ? [] : [`${HEADS[way]} (${mine.length}):`, ...mine.map((step) => `  ${step.name} (${step.vmid}): ${step.words}`)];
  }),
  ...breaks.map((words) => `Meanwhile ${words}.`),
  ...unread.map((words) => `Not known: ${words}.`),
];
