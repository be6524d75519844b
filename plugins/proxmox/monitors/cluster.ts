// Monitor `cluster`: membership and quorum with its margin from /cluster/status, with the nodes' figures from the shared answer of /cluster/resources.

import { byText, JarvisError, type Monitor, type Resource, z } from "jarvis";
import { DEVICE, deviceAlerts } from "../alerts/cluster-device.ts";
import { quorumAlerts } from "../alerts/cluster-quorum.ts";
import { offlineAlerts } from "../alerts/node-offline.ts";
import type { Client } from "../client/client.ts";
import type { Memory } from "../client/memory.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { heapOf } from "../push/heap.ts";
import { ClusterRows, type Membership, membershipOf } from "../shapes/cluster.ts";
import { compact } from "../shapes/compact.ts";
import { figuresOf, MEASURED } from "../shapes/figures.ts";
import type { Entry } from "../shapes/resources.ts";
import type { Traffic } from "../shapes/traffic.ts";
import { type Ballot, countOf, weightOf } from "../shapes/votes.ts";
import { ballotKept } from "./ballot.ts";
import { type Absence, absenceOf } from "./node-absence.ts";
import { placeAfterReading } from "./rounds.ts";
import { startOf } from "./started.ts";

const FRESH_MS = 15_000;
/** How long the figures are waited for; membership is told without them then. */
const PATIENCE_MS = 3000;

const Node = z.object({
  name: z.string(),
  online: z.boolean(),
  /** How many it has, where that is not one. */
  votes: z.number().int().optional(),
  /** Proxmox's word: online, offline, unknown (its statistics stand still). */
  status: z.string(),
  address: z.string().optional(),
  ...MEASURED,
  startedAt: z.string().optional(),
  haState: z.string().optional(),
  offlineSince: z.string().optional(),
  /** Somebody ordered it to go: who, and when. `overdue`: it has been away longer than a boot takes. */
  leaving: z.object({ at: z.string(), by: z.string() }).optional(),
  /** Its watchdog reset it for want of quorum; `at`: when quorum was back without it. */
  reset: z.object({ at: z.string() }).optional(),
  overdue: z.boolean().optional(),
  /** Whether its own API answers while the others do not see it. */
  door: z.enum(["answers", "closed"]).optional(),
});
type Node = z.output<typeof Node>;

const Cluster = z.object({
  name: z.string().optional(),
  /** `margin`: how many votes may go before the cluster stops; below zero it has stopped. */
  quorum: z.object({ votes: z.number().int(), of: z.number().int(), needed: z.number().int(), margin: z.number().int(), quorate: z.boolean() }),
  /** Why the count is not sure. */
  doubt: z.string().optional(),
  device: z.object({ host: z.string().optional(), state: z.string(), answers: z.boolean(), votes: z.number().int() }).optional(),
  nodes: z.record(z.string(), Node),
});
type Cluster = z.output<typeof Cluster>;

interface Sight {
  entry: Entry | undefined;
  absence: Absence;
  ballot: Ballot | undefined;
  /** As it pushes it itself: no list of the API tells it. */
  traffic: Traffic;
  started: Memory["started"];
  nowMs: number;
}

const nodeOf = (member: { name: string; online: boolean; address: string | undefined }, { entry, absence, ballot, traffic, started, nowMs }: Sight): Node => {
  const live = member.online ? entry : undefined;
  return compact({
    name: member.name,
    online: member.online,
    votes: weightOf(ballot, member.name) === 1 ? undefined : weightOf(ballot, member.name),
    status: member.online ? (entry?.status ?? "online") : "offline",
    address: member.address,
    cpuPercent: live?.cpu === undefined ? undefined : Math.round(live.cpu * 1000) / 10,
    cpus: entry?.maxcpu,
    memoryBytes: live?.mem,
    memoryTotalBytes: entry?.maxmem,
    diskBytes: live?.disk,
    diskTotalBytes: entry?.maxdisk,
    uptimeSeconds: live?.uptime,
    ...(live === undefined ? {} : traffic),
    startedAt: startOf(started, `node/${member.name}`, live?.uptime, nowMs),
    haState: entry?.hastate,
    ...absence,
  });
};

const quorumOf = ({ nodes, quorate }: Membership, ballot: Ballot | undefined): Cluster["quorum"] => {
  const { votes, of, needed } = countOf(nodes, quorate, ballot);
  // Quorate with fewer votes than a majority of those that are known: whether another may go is then not known, so none may.
  return { votes, of, needed, margin: quorate ? Math.max(0, votes - needed) : Math.min(-1, votes - needed), quorate };
};

/** A node without quorum cannot tell whether it lost the others or they all lost it: where another one has quorum, that one's word holds. */
const membership = async (ctx: Ctx): Promise<Membership> => {
  const own = membershipOf(await ctx.client.get(ctx, "/cluster/status", ClusterRows));
  if (own.quorate || own.of < 2) return own;
  const { answers, aside } = await ctx.client.others(ctx, "/cluster/status", ClusterRows);
  const whole = answers.flatMap((rows) => wholeOf(rows) ?? []).find(({ quorate }) => quorate);
  if (whole === undefined) return own;
  aside("it has no quorum, while another node has");
  return whole;
};

const wholeOf = (rows: z.output<typeof ClusterRows>): Membership | undefined => {
  try {
    return membershipOf(rows);
  } catch (thrown) {
    if (thrown instanceof JarvisError) return undefined;
    throw thrown;
  }
};

/** The figures may lack, the membership may not. */
const read = async (ctx: Ctx): Promise<Cluster> => {
  const [members, answer] = await Promise.all([
    membership(ctx),
    Promise.race([ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal), ctx.pause(PATIENCE_MS).then(() => undefined)]).catch(() => undefined),
  ]);
  const ballot = await ballotKept(ctx, members.nodes);
  const entries = new Map((answer?.entries ?? []).flatMap((entry) => (entry.type === "node" && entry.node !== undefined ? [[entry.node, entry]] : [])));
  const { started } = ctx.client.memory;
  const nodes = await Promise.all(
    members.nodes.map(async (member) => {
      const absence = await absenceOf(ctx, member, { nodes: members.of, online: members.online, quorate: members.quorate });
      return [
        member.name,
        nodeOf(member, {
          entry: entries.get(member.name),
          absence,
          ballot,
          traffic: heapOf(ctx.client).traffic(`node/${member.name.toLowerCase()}`, ctx.now()),
          started,
          nowMs: ctx.now(),
        }),
      ] as const;
    }),
  );
  return compact({
    name: members.name,
    quorum: quorumOf(members, ballot),
    doubt: ballot?.doubt,
    device: ballot?.device === undefined ? undefined : compact({ ...ballot.device }),
    nodes: Object.fromEntries(nodes.sort(([a], [b]) => byText(a, b))),
  });
};

const labelsOf = (node: Node, quorate: boolean): Record<string, string> => {
  const known = Object.entries({ state: node.status, vote: String(node.votes ?? 1), quorate: quorate ? "yes" : "no", addresses: node.address, hastate: node.haState });
  return Object.fromEntries(known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
};

const resourceOf = (node: Node, quorate: boolean): Resource =>
  compact({
    id: `node/${node.name.toLowerCase()}`,
    kind: "node" as const,
    name: node.name,
    status: node.online ? ("up" as const) : ("down" as const),
    startedAt: node.startedAt,
    figures: figuresOf(node),
    labels: labelsOf(node, quorate),
  });

const deviceOf = ({ device, quorum }: Cluster): Resource[] =>
  device === undefined
    ? []
    : [
        {
          id: DEVICE,
          kind: "service",
          name: "QDevice",
          status: device.answers ? "up" : "down",
          labels: { state: device.state, vote: String(device.votes), quorate: quorum.quorate ? "yes" : "no", ...(device.host === undefined ? {} : { addresses: device.host }) },
        },
      ];

export const cluster: Monitor<Config, Client, typeof Cluster> = {
  title: "Cluster",
  every: "10s",
  place: placeAfterReading,
  state: Cluster,
  read,
  resources: (now) => [...Object.values(now.nodes).map((node) => resourceOf(node, now.quorum.quorate)), ...deviceOf(now)],
  alerts: (now, { open }) => [...quorumAlerts(now), ...deviceAlerts(now), ...offlineAlerts(now, open)],
};
