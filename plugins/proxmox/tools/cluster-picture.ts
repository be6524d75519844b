// Reads the cluster whole for a forecast. What cannot be read is told as unread; a membership that cannot be read throws, as nothing can be said without it.

import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import type { Affinity, GuestNow, NodeNow, Picture, Replica, StoreNow } from "../forecast/picture.ts";
import { ballotNow } from "../monitors/ballot.ts";
import { ask } from "../probe/ask.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { factsOf, GuestConfig } from "../shapes/guest.ts";
import { type Ha, HaRows, haOf } from "../shapes/ha.ts";
import type { Entry } from "../shapes/resources.ts";
import { Definitions, isShared } from "../shapes/store.ts";
import { boundHere, devicesHere } from "./guest-disks.ts";
import { affinitiesOf } from "./ha-rules.ts";
import { freshEntries } from "./locate.ts";
import { replicasOf } from "./replication.ts";

const MOST_CONFIGS = 200;

type Tied = Pick<GuestNow, "storages" | "bound" | "addresses">;

/** Of a node that is away its guests' last known configuration stands in, as far as it is remembered. */
const tiesOf = async (ctx: Ctx, entry: Entry): Promise<Tied> => {
  const { vmid = 0, node = "" } = entry;
  const sort = entry.type === "lxc" ? "lxc" : "qemu";
  const { value } = await ask(ctx.client.get(ctx, path`/nodes/${node}/${sort}/${vmid}/config`, GuestConfig));
  if (value !== undefined) {
    const { storages, addresses } = factsOf(sort, value);
    return { storages, addresses: addresses.map((address) => address.split("/")[0] ?? address), bound: [...boundHere(value), ...devicesHere(value)] };
  }
  const known = ctx.client.memory.facts.get(vmid)?.facts;
  return { storages: known?.storages, addresses: known?.addresses ?? [], bound: [] };
};

const guestOf = (entry: Entry, ha: Ha | undefined, ties: Tied | undefined): GuestNow[] => {
  const { vmid, node, type } = entry;
  if (vmid === undefined || node === undefined || (type !== "qemu" && type !== "lxc")) return [];
  const service = ha?.services.find((one) => one.vmid === vmid);
  return [
    {
      vmid,
      node,
      name: entry.name ?? `guest ${vmid}`,
      kind: type === "qemu" ? "vm" : "ct",
      running: entry.status === "running" || entry.status === "unknown",
      template: entry.template ?? false,
      memoryTotalBytes: entry.maxmem,
      storages: ties?.storages,
      bound: ties?.bound ?? [],
      addresses: ties?.addresses ?? [],
      ha: service === undefined ? undefined : { state: service.state, wanted: service.wanted },
    },
  ];
};

const storesOf = (definitions: ReturnType<typeof Definitions.parse>, entries: readonly Entry[]): StoreNow[] =>
  definitions
    .filter((store) => store.disable !== true)
    .map((store) => ({
      name: store.storage,
      type: store.type,
      shared: isShared(store),
      nodes: store.nodes,
      server: store.server,
      available: entries.flatMap((entry) => (entry.type === "storage" && entry.storage === store.storage && entry.status === "available" && entry.node ? [entry.node] : [])),
    }));

/** `node`: whose guests are looked at one by one. */
export const clusterPicture = async (ctx: Ctx, node: string): Promise<Picture> => {
  const { client } = ctx;
  const [membership, entries, ha, rules, stores, replication] = await Promise.all([
    client.get(ctx, "/cluster/status", ClusterRows).then(membershipOf),
    freshEntries(ctx),
    ask(client.get(ctx, "/cluster/ha/status/current", HaRows).then(haOf)),
    ask(affinitiesOf(ctx)),
    ask(client.get(ctx, "/storage", Definitions)),
    ask(replicasOf(ctx)),
  ]);
  const ballot = await ballotNow(ctx, membership.nodes);
  const own = entries.filter((entry) => entry.node === node && (entry.type === "qemu" || entry.type === "lxc") && entry.template !== true).slice(0, MOST_CONFIGS);
  const ties = new Map(await Promise.all(own.map(async (entry) => [entry.vmid, await tiesOf(ctx, entry)] as const)));
  const nodes = membership.nodes.map((member): NodeNow => {
    const entry = entries.find((one) => one.type === "node" && one.node === member.name);
    return { ...member, memoryBytes: member.online ? entry?.mem : undefined, memoryTotalBytes: entry?.maxmem, lrm: ha.value?.lrms.find((lrm) => lrm.node === member.name)?.mode };
  });
  const unread = Object.entries({ "what HA keeps": ha, "HA's rules": rules, "the storages": stores, replication: replication }).flatMap(([what, { words }]) =>
    words === undefined ? [] : [`${what} could not be read (${words.replace(/\.$/, "")})`],
  );
  return {
    atMs: client.serverTime(ctx),
    quorate: membership.quorate,
    ballot,
    nodes,
    guests: entries.flatMap((entry) => guestOf(entry, ha.value, ties.get(entry.vmid))),
    stores: storesOf(stores.value ?? [], entries),
    affinities: (rules.value ?? []) satisfies Affinity[],
    replicas: (replication.value ?? []) satisfies Replica[],
    unread: [...unread, ...(ballot?.doubt === undefined ? [] : [`whether the votes are right: ${ballot.doubt}`])],
  };
};
