// "What breaks if this node dies now": quorum with its margin, what HA does with its guests, what is down until it is back, and the memory of those that stay. Pure: one picture in, one forecast out.

import type { Leaving } from "../shapes/votes.ts";
import { haWay, type Way } from "./ha-way.ts";
import { type GuestNow, type Picture, quorumWithout } from "./picture.ts";
import { replicasOf, startable, tieOf } from "./reach.ts";
import { freeShare, type Room, roomsOf } from "./room.ts";

/**
 * `recovered`: HA starts it elsewhere; `recovered-tight`: there, with less than a tenth of the memory left; `ha-fails`: HA moves it where it cannot start;
 * `ha-stuck`: HA leaves it; `ha-off`: HA keeps it stopped; `down-movable`: down until somebody moves it, which its disks allow; `down-stuck`: down until the node is back.
 */
export type Fate = Way["fate"] | "down-movable" | "down-stuck";

export interface GuestFate {
  readonly vmid: number;
  readonly name: string;
  readonly kind: GuestNow["kind"];
  readonly fate: Fate;
  readonly to: string | undefined;
  readonly words: string;
}

export interface NodeLoss {
  readonly node: string;
  readonly online: boolean;
  readonly quorum: Leaving & { readonly survives: boolean; readonly margin: number };
  /** Only those that run. */
  readonly guests: readonly GuestFate[];
  readonly stopped: number;
  /** Those that stay, with HA's arrivals. */
  readonly survivors: readonly { readonly node: string; readonly totalBytes: number; readonly usedBytes: number; readonly afterBytes: number; readonly freePercentAfter: number }[];
  /** Storages no other node has. */
  readonly storages: readonly string[];
  /** Storages that a guest of the node serves: gone for everybody while it is down. */
  readonly served: readonly { readonly storage: string; readonly guest: string }[];
  /** Replication jobs that write to the node or read from it. */
  readonly replication: readonly string[];
  readonly unread: readonly string[];
}

const ageWords = (ms: number): string => (ms < 3_600_000 ? `${Math.max(0, Math.round(ms / 60_000))} minutes` : `${Math.round(ms / 3_600_000)} hours`);

const downWay = (guest: GuestNow, picture: Picture, others: readonly string[]): Pick<GuestFate, "fate" | "to" | "words"> => {
  const copy = replicasOf(guest, picture, others).toSorted((a, b) => (b.lastSyncMs ?? 0) - (a.lastSyncMs ?? 0))[0];
  if (copy?.lastSyncMs !== undefined && startable(guest, picture, [copy.target]).length > 0)
    return {
      fate: "down-movable",
      to: copy.target,
      words: `down; ${copy.target} has a copy ${ageWords(picture.atMs - copy.lastSyncMs)} old, and what came after it would be lost`,
    };
  const tie = tieOf(guest, picture);
  if (tie !== undefined) return { fate: "down-stuck", to: undefined, words: `down until the node is back: ${tie}` };
  const able = startable(guest, picture, others);
  return able.length > 0
    ? {
        fate: "down-movable",
        to: able[0],
        words: `down, and HA does not keep it; its disks are shared, so it could be brought up on ${able.join(", ")} once this node is surely off`,
      }
    : { fate: "down-stuck", to: undefined, words: "down until the node is back: its shared storage is not available on another node" };
};

const fateOf = (guest: GuestNow, picture: Picture, rooms: readonly Room[], leaving: string, survives: boolean): GuestFate => {
  const about = { vmid: guest.vmid, name: guest.name, kind: guest.kind };
  const others = picture.nodes.filter((node) => node.online && node.name !== leaving).map((node) => node.name);
  if (guest.ha === undefined) return { ...about, ...downWay(guest, picture, others) };
  if (!survives) return { ...about, fate: "ha-stuck", to: undefined, words: "without quorum HA moves nothing" };
  return { ...about, ...haWay(guest, picture, rooms, leaving) };
};

const bigFirst = (a: GuestNow, b: GuestNow): number => (b.memoryTotalBytes ?? 0) - (a.memoryTotalBytes ?? 0) || a.vmid - b.vmid;

const servedBy = (guests: readonly GuestNow[], { stores }: Picture): NodeLoss["served"] =>
  stores.flatMap(({ name, server }) => {
    const guest = server === undefined ? undefined : guests.find((one) => one.running && (one.addresses.includes(server) || one.name === server));
    return guest === undefined ? [] : [{ storage: name, guest: `${guest.name} (${guest.vmid})` }];
  });

const replicationOf = (node: string, guests: readonly GuestNow[], { replicas }: Picture): string[] =>
  replicas.flatMap((replica) => {
    if (replica.target === node) return [`${replica.id} has nowhere to copy to`];
    return guests.some((guest) => guest.vmid === replica.vmid)
      ? [`${replica.id} stops; its copy on ${replica.target} stays as it is${replica.failing ? ", and it was failing already" : ""}`]
      : [];
  });

/** `node` must be one of the picture's nodes. A node that is away already is forecast as it went. */
export const nodeLoss = (picture: Picture, node: string): NodeLoss => {
  const online = picture.nodes.some((one) => one.name === node && one.online);
  const quorum = quorumWithout(picture, node);
  const survives = picture.quorate && quorum.after >= quorum.needed;
  const own = picture.guests.filter((guest) => guest.node === node && !guest.template);
  const staying = picture.nodes.filter((one) => one.online && one.name !== node);
  const rooms = roomsOf(staying);
  const guests = own
    .filter((guest) => guest.running)
    .toSorted(bigFirst)
    .map((guest) => fateOf(guest, picture, rooms, node, survives));
  return {
    node,
    online,
    quorum: { ...quorum, survives, margin: quorum.after - quorum.needed },
    guests: guests.toSorted((a, b) => a.vmid - b.vmid),
    stopped: own.filter((guest) => !guest.running).length,
    survivors: rooms.map((room) => ({
      node: room.node,
      totalBytes: room.totalBytes,
      usedBytes: room.usedBytes,
      afterBytes: room.afterBytes,
      freePercentAfter: Math.round(freeShare(room) * 100),
    })),
    storages: picture.stores.filter((store) => !store.shared && store.nodes?.length === 1 && store.nodes[0] === node).map((store) => store.name),
    served: servedBy(own, picture),
    replication: replicationOf(node, own, picture),
    unread: picture.unread,
  };
};
