// The facts the policy decides by before a guest is touched, all read fresh from the node. What cannot be learned is null, which refuses; nothing is changed.
import type { Preflight } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { Current, type Facts, factsOf, GuestConfig, stateOf } from "../shapes/guest.ts";
import { memoryFreeOf, NodeMemory } from "../shapes/node.ts";
import { Tasks } from "../shapes/task.ts";
import { baseOf } from "./base.ts";
import { lastHumanAct } from "./human-act.ts";
import { atPlace, type GuestInput, locateInput, type Place } from "./locate.ts";
import { isConsole } from "./node-look.ts";

const TASKS = 50;
const MOST_BUSY = 50;
const MOST_ADDRESSES = 50;

/** What the act needs of the node beside the guest's own state. */
export interface Wants {
  /** It will take the guest's memory of the node. */
  memory: boolean;
  /** Proxmox carries it out itself even where HA keeps the guest (start, stop and shutdown become orders to HA); `running`: only then. */
  pastHa?: boolean | "running";
  /** What it brings about, where that can be so already. A reboot always does something. */
  makes?: "running" | "stopped";
}

/** Where HA keeps the guest, its order counts as well: a guest that just went down under `started` is about to come back. */
const HA_WORD = { running: "started", stopped: "stopped" } as const;

/** What runs on the guest right now may be on its way to change this: then it is not so already. */
const alreadyOf = (current: Current, name: string, makes: Wants["makes"], busy: number): string | undefined => {
  if (makes === undefined || busy > 0 || stateOf(current) !== makes) return undefined;
  if (current.ha?.managed === true && current.ha.state !== HA_WORD[makes]) return undefined;
  return makes === "running" ? `${name} runs already` : `${name} is stopped already`;
};

const memoryFreeAfter = async (ctx: Ctx, place: Place, current: Current): Promise<number | null> => {
  const node = await ask(ctx.client.get(ctx, path`/nodes/${place.node}/status`, NodeMemory));
  const total = node.value?.memory.total;
  const free = node.value === undefined ? undefined : memoryFreeOf(node.value);
  if (total === undefined || free === undefined || total <= 0 || current.maxmem === undefined) return null;
  const takes = current.status === "running" ? 0 : current.maxmem;
  return Math.max(0, (free - takes) / total);
};

const read = async (ctx: Ctx, place: Place, wants: Wants) => {
  const { client } = ctx;
  const current = await client.get(ctx, `${baseOf(place)}/status/current`, Current);
  const [config, tasks, members, free] = await Promise.all([
    ask(client.get(ctx, `${baseOf(place)}/config`, GuestConfig)),
    ask(client.get(ctx, path`/nodes/${place.node}/tasks`, Tasks, { vmid: place.vmid, source: "all", limit: TASKS })),
    ask(client.get(ctx, "/cluster/status", ClusterRows).then(membershipOf)),
    wants.memory ? memoryFreeAfter(ctx, place, current) : undefined,
  ]);
  return { current, config, tasks, members, free };
};

export interface Look {
  readonly preflight: Preflight;
  readonly place: Place;
  readonly current: Current;
  /** Undefined when it could not be read; the preflight refuses disturbing acts then, as the identity is unknown. */
  readonly config: GuestConfig | undefined;
}

/** The facts for the policy, and beside them what they were read from, for tools that must look at more. */
export const lookAtGuest = async (ctx: Ctx, input: GuestInput, wants: Wants): Promise<Look> => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (_, at) => read(ctx, at, wants));
  const { current, config, tasks, members, free } = value;
  const facts: Facts | undefined = config.value === undefined ? undefined : factsOf(place.sort, config.value);
  const lock = current.lock ?? facts?.lock;
  const running = tasks.value?.filter((task) => task.exit === undefined && !isConsole(task)) ?? [];
  // A task list that cannot be read could hide a running backup: that counts as busy.
  const busy =
    tasks.value === undefined ? [{ what: `unreadable task list (${tasks.words})`.slice(0, 100), id: "unknown" }] : running.map((task) => ({ what: task.type, id: task.upid }));
  const managed = current.ha?.managed ?? false;
  const act =
    tasks.value === undefined
      ? null
      : lastHumanAct(tasks.value, { ours: ctx.client.identity.own, begun: ctx.client.memory.begun, managed, skewMs: ctx.client.serverTime(ctx) - ctx.now() });
  const already = alreadyOf(current, (current.name ?? place.name).slice(0, 150), wants.makes, busy.length);
  const past = managed && (wants.pastHa === true || (wants.pastHa === "running" && current.status === "running"));
  const preflight: Preflight = {
    target: `guest/${place.vmid}`,
    name: (current.name ?? place.name).slice(0, 200),
    identity: facts?.identity ?? null,
    ...(facts === undefined ? {} : { addresses: facts.addresses.slice(0, MOST_ADDRESSES).map((address) => address.slice(0, 100)) }),
    parent: `node/${place.node.toLowerCase()}`,
    status: stateOf(current).slice(0, 50),
    ...(already === undefined ? {} : { already }),
    ...(lock === undefined ? {} : { lock: lock.slice(0, 50) }),
    busy: busy.slice(0, MOST_BUSY),
    quorate: members.value?.quorate ?? null,
    ha: { managed, ...(past ? { past: true } : {}), ...(current.ha?.state === undefined ? {} : { state: current.ha.state.slice(0, 50) }) },
    template: current.template ?? facts?.template ?? false,
    protection: facts?.protection ?? false,
    ...(free === undefined ? {} : { memoryFreeAfter: free }),
    ...(act === undefined ? {} : { lastHumanAct: act }),
    facts: {
      node: place.node,
      sort: place.sort,
      name: place.name.slice(0, 200),
      ...(current.status === "running" && current.uptime !== undefined ? { uptimeSeconds: String(current.uptime) } : {}),
    },
    serverTimeMs: ctx.client.serverTime(ctx),
  };
  return { preflight, place: { ...place, name: current.name ?? place.name }, current, config: config.value };
};

export const preflightOf = async (ctx: Ctx, input: GuestInput, wants: Wants): Promise<Preflight> => (await lookAtGuest(ctx, input, wants)).preflight;
