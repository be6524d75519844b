// proxmox_node_wake: starts a node that is off, by wake-on-LAN. Refuses one that is online or whose own API answers; of one that somebody shut down it tells who, which stops Jarvis unasked (hazard 21).
import { type Preflight, type Progress, type Sent, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { Tasks } from "../shapes/task.ts";
import { mustFact, refused } from "./guest-task.ts";
import { lookAtNode, memberOf, membershipNow, nodeInput, nodeTarget } from "./node-look.ts";

const LOOK_AGAIN_MS = 5000;
/** Orders older than this before it went away are of another time. */
const GOES_WITHIN_MS = 30 * 60_000;
const LEAVES = new Set(["stopall", "shutdown", "reboot"]);

const Input = z.object(nodeInput);
type Input = z.output<typeof Input>;

const Seen = z.object({
  nodes: z.record(z.string(), z.object({ offlineSince: z.string().optional(), leaving: z.object({ at: z.string(), by: z.string() }).optional(), door: z.string().optional() })),
});
type SeenNode = z.output<typeof Seen>["nodes"][string];

type Act = NonNullable<Preflight["lastHumanAct"]>;

/** Who told it to go. Undefined: nobody did. Null: it went before anybody watched, so that nobody did is not known. */
const orderOf = async (ctx: Ctx, node: string, seen: SeenNode | undefined): Promise<Act | null | undefined> => {
  if (seen?.leaving !== undefined) return { at: seen.leaving.at, words: `${seen.leaving.by} told ${node} to go`.slice(0, 300), stop: true };
  const { value } = await ask(ctx.client.get(ctx, "/cluster/tasks", Tasks));
  const sinceMs = seen?.offlineSince === undefined ? undefined : Date.parse(seen.offlineSince);
  const orders = (value ?? []).filter((task) => task.node === node && LEAVES.has(task.type));
  const order = orders.toSorted((a, b) => b.startedAt - a.startedAt).find((task) => sinceMs === undefined || sinceMs - task.startedAt < GOES_WITHIN_MS);
  if (order !== undefined) return { at: new Date(order.startedAt).toISOString(), words: `${order.type} by ${order.user} was the last on ${node}`.slice(0, 300), stop: true };
  return value === undefined || sinceMs === undefined ? null : undefined;
};

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, member } = await lookAtNode(ctx, input);
  if (member.online) return { ...facts, already: `${member.name} is online already` };
  const reading = Seen.safeParse((await ctx.state("proxmox/cluster"))["proxmox/cluster"]?.value);
  const seen = reading.success ? reading.data.nodes[member.name] : undefined;
  if (seen?.door === "answers")
    throw refused(`${member.name} is not off: its own API answers, only the other nodes do not see it. That is its network; waking it would do nothing.`);
  const order = await orderOf(ctx, member.name, seen);
  return { ...facts, ...(order === undefined ? {} : { lastHumanAct: order }) };
};

const isOnline = async (ctx: Ctx, sent: Sent): Promise<boolean> => memberOf(await membershipNow(ctx), mustFact(sent, "node")).online;

const progress = async (ctx: Ctx, sent: Sent): Promise<Progress> =>
  (await isOnline(ctx, sent))
    ? { ended: true, ok: true, text: `${mustFact(sent, "node")} is a member of the cluster again.` }
    : { ended: false, againMs: LOOK_AGAIN_MS, text: `${mustFact(sent, "node")} is not back yet; a server can boot for minutes.` };

const verify = async (ctx: Ctx, sent: Sent): Promise<Verdict> => {
  const ok = await isOnline(ctx, sent);
  return { ok, words: `${mustFact(sent, "node")} is ${ok ? "online." : "still offline: is wake-on-LAN on in its firmware, and is its cable in?"}` };
};

const trace = async (ctx: Ctx, sent: Sent): Promise<Trace> =>
  (await isOnline(ctx, sent))
    ? { found: "effect", words: `${mustFact(sent, "node")} is online.` }
    : { found: "unclear", words: `${mustFact(sent, "node")} is offline, and a wake-up leaves no trace; sending it once more does no harm.` };

export const nodeWake: Tool<Config, Client, typeof Input> = {
  title: "Wake a node",
  about:
    "Sends a wake-on-LAN packet to a node that is off, through another node, and waits until it is back. Its network card must be set in Proxmox (node > System > Options > MAC address for wake on LAN).",
  effect: "reversible",
  input: Input,
  output: z.object({ node: z.string(), card: z.string().optional() }),
  target: nodeTarget,
  preflight,
  run: async (ctx, _, sent) => {
    const node = mustFact(sent, "node");
    const card = await ctx.client.write(ctx, { method: "POST", path: path`/nodes/${node}/wakeonlan`, answer: z.string().optional().catch(undefined) });
    return { text: `Sent a wake-up to ${node}${card === undefined ? "" : ` (${card})`}.`, data: { node, ...(card === undefined ? {} : { card }) } };
  },
  progress: (ctx, _, sent) => progress(ctx, sent),
  verify: (ctx, _, sent) => verify(ctx, sent),
  trace: (ctx, _, sent) => trace(ctx, sent),
  deadlineSeconds: 900,
  verifySeconds: 120,
};
