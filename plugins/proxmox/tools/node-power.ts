// proxmox_node_shutdown and proxmox_node_reboot: a node goes down in good order, its guests with it only when that was said. Refuses to lose quorum (hazard 9), a node with running guests or tasks, and one that carries Jarvis or something protected (hazards 2, 33).
import { type Preflight, type Progress, type Sent, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { named } from "../forecast/picture.ts";
import { ballotNow } from "../monitors/ballot.ts";
import { MACHINE } from "../monitors/node-order.ts";
import { ask } from "../probe/ask.ts";
import { Machine } from "../shapes/machine.ts";
import type { Entry } from "../shapes/resources.ts";
import { Tasks } from "../shapes/task.ts";
import { type Leaving, withoutNode } from "../shapes/votes.ts";
import { factOf, mustFact, refused, withFacts } from "./guest-task.ts";
import { freshEntries } from "./locate.ts";
import { busyOf, lookAtNode, membershipNow, nodeInput, nodeTarget, runningOn } from "./node-look.ts";

type Verb = "shutdown" | "reboot";

const MOST_CARRIED = 1000;
const LOOK_AGAIN_MS = 5000;

const Input = z.object({ ...nodeInput, withGuests: z.boolean().optional().describe("Its running guests go down with it; else it is refused while any runs") });
type Input = z.output<typeof Input>;

const isGuest = ({ type, status, template }: Entry): boolean => (type === "qemu" || type === "lxc") && template !== true && (status === "running" || status === "unknown");
const guestWords = (guests: readonly Entry[]): string => named(guests.map(({ name, vmid }) => `${name ?? "guest"} (${vmid})`));

const refuseGuests = (node: string, guests: readonly Entry[], withGuests: boolean): void => {
  if (guests.length > 0 && !withGuests)
    throw refused(
      `${guests.length} guests run on ${node}: ${guestWords(guests)}. Move or shut them down first (proxmox_node_maintenance_check tells which way each can go), or say withGuests.`,
    );
};

/** By the votes there really are; by a count that is not sure only when it says what it lacks. The only node takes nobody's quorum: it may reboot, and nothing could start it again. */
const refuseVotes = (verb: Verb, node: string, { after, of, needed, verdict }: Leaving, doubt: string | undefined): void => {
  if (verdict === "alone" && verb === "shutdown") throw refused(`${node} is the only node: with it goes everything, and nothing here could start it again. Do it at the machine.`);
  if (verdict === "lost") throw refused(`Without ${node} only ${after} of ${of} votes would stay and ${needed} are needed: the whole cluster would stop.`);
  if (verdict === "doubtful")
    throw refused(
      `Whether the cluster would go on without ${node} is not known: ${after} of ${of} votes would stay and ${needed} are needed, but ${doubt ?? "the votes could not be read"}. Try again when that can be read (it needs Sys.Audit on /).`,
    );
};

const votesWords = ({ after, of, verdict }: Leaving, doubt: string | undefined): string =>
  verdict === "alone" ? "the whole house with it until it is back" : `${after} of ${of} votes stay${doubt === undefined ? "" : ` (${doubt})`}`.slice(0, 280);

const preflight = async (ctx: Ctx, verb: Verb, input: Input): Promise<Preflight> => {
  const { preflight: facts, membership, member } = await lookAtNode(ctx, input);
  const node = member.name;
  if (!member.online && verb === "shutdown") return { ...facts, already: `${node} is offline already` };
  if (!member.online) throw refused(`${node} is offline and cannot be rebooted; proxmox_node_wake starts it.`);
  const ballot = await ballotNow(ctx, membership.nodes);
  const quorum = withoutNode(membership.nodes, membership.quorate, ballot, node);
  refuseVotes(verb, node, quorum, ballot?.doubt);
  const [entries, running, machine] = await Promise.all([freshEntries(ctx), runningOn(ctx, node), ask(ctx.client.get(ctx, path`/nodes/${node}/status`, Machine))]);
  const guests = entries.filter((entry) => entry.node === node && isGuest(entry));
  refuseGuests(node, guests, input.withGuests === true);
  if (machine.value?.uptime === undefined)
    throw refused(`${node} does not tell how long it is up (${machine.words ?? "no uptime"}), so whether it went down could not be told afterwards.`);
  const noted = withFacts(facts, { uptimeSeconds: String(machine.value.uptime), guests: guests.map(({ vmid }) => vmid).join(","), votes: votesWords(quorum, ballot?.doubt) });
  return { ...noted, busy: busyOf(running), carries: guests.map(({ vmid }) => `guest/${vmid}`).slice(0, MOST_CARRIED) };
};

/** Up to now without a break since the preflight, up anew, away, or not to be told. */
const stand = async (ctx: Ctx, sent: Sent): Promise<{ state: "same" | "anew" | "away" | "unclear"; uptimeSeconds?: number; words: string }> => {
  const node = mustFact(sent, "node");
  const { nodes } = await membershipNow(ctx);
  if (!nodes.some((member) => member.name === node && member.online)) return { state: "away", words: `${node} is offline.` };
  const { value, words } = await ask(ctx.client.get(ctx, path`/nodes/${node}/status`, Machine));
  const uptimeSeconds = value?.uptime;
  if (uptimeSeconds === undefined) return { state: "unclear", words: `${node} is a member and does not answer (${words ?? "no uptime"}).` };
  const state = uptimeSeconds < Number(mustFact(sent, "uptimeSeconds")) ? "anew" : "same";
  return { state, uptimeSeconds, words: `${node} is online, up for ${uptimeSeconds} s${state === "same" ? " without a break" : ""}.` };
};

const progress = async (ctx: Ctx, verb: Verb, sent: Sent): Promise<Progress> => {
  const { state, words } = await stand(ctx, sent);
  if (state === "away" && verb === "shutdown") return { ended: true, ok: true, text: `${words} Its guests were shut down before.` };
  if (state === "anew") return { ended: true, ok: verb === "reboot", text: verb === "reboot" ? words : `${words} It came back instead of staying off.` };
  return { ended: false, againMs: LOOK_AGAIN_MS, text: words };
};

const Seen = z.object({ uptimeSeconds: z.number() });

const verify = async (ctx: Ctx, verb: Verb, sent: Sent, earlier: Verdict | undefined): Promise<Verdict> => {
  const { state, uptimeSeconds, words } = await stand(ctx, sent);
  if (verb === "shutdown") return { ok: state === "away", words };
  const before = Seen.safeParse(earlier?.ok ? earlier.seen : undefined);
  if (before.success && (uptimeSeconds ?? 0) <= before.data.uptimeSeconds)
    return { ok: false, words: `${words} It started once more since the last look.`, seen: { uptimeSeconds } };
  return { ok: state === "anew", words, ...(uptimeSeconds === undefined ? {} : { seen: { uptimeSeconds } }) };
};

/** Proxmox gives no UPID for it. It is on its way when its guests are being stopped; up without a break and with nothing stopping, it was not told. */
const trace = async (ctx: Ctx, sent: Sent): Promise<Trace> => {
  const node = mustFact(sent, "node");
  const { state, words } = await stand(ctx, sent);
  if (state === "away" || state === "anew") return { found: "effect", words };
  if (state === "unclear") return { found: "unclear", words };
  const since = Math.floor((sent.serverTimeMs ?? 0) / 1000) - 2;
  const { value, words: why } = await ask(ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { source: "all", since, limit: 500 }));
  if (value === undefined) return { found: "unclear", words: `The task list of ${node} could not be read: ${why}`.slice(0, 1000) };
  const leaving = value.find((task) => task.type === "stopall" && task.user === MACHINE);
  if (leaving !== undefined) return { found: "effect", words: `${node} is going down: ${leaving.upid}.` };
  return { found: "absence", words: `${words} Nothing on it is being stopped.` };
};

const powerOf = (verb: Verb, words: Pick<Tool<Config, Client, typeof Input>, "title" | "about" | "deadlineSeconds">): Tool<Config, Client, typeof Input> => ({
  ...words,
  effect: "destructive",
  input: Input,
  output: z.object({ node: z.string(), guests: z.array(z.number()) }),
  target: nodeTarget,
  preflight: (ctx, input) => preflight(ctx, verb, input),
  run: async (ctx, _, sent) => {
    const node = mustFact(sent, "node");
    const guests = (factOf(sent, "guests") ?? "").split(",").filter(Boolean).map(Number);
    await ctx.client.write(ctx, { method: "POST", path: path`/nodes/${node}/status`, form: { command: verb }, answer: z.unknown() });
    const along = guests.length === 0 ? "nothing runs on it" : `${guests.length} guests go down with it`;
    return { text: `Told ${node} to ${verb === "reboot" ? "reboot" : "shut down"}; ${along}, ${factOf(sent, "votes") ?? "quorum stays"}.`, data: { node, guests } };
  },
  progress: (ctx, _, sent) => progress(ctx, verb, sent),
  verify: (ctx, _, sent, earlier) => verify(ctx, verb, sent, earlier),
  trace: (ctx, _, sent) => trace(ctx, sent),
  verifySeconds: 180,
});

export const nodeShutdown = powerOf("shutdown", {
  title: "Shut a node down",
  about:
    "Powers a node off in good order. Refused while guests run on it unless withGuests is said, and when quorum would be lost. Look at proxmox_node_maintenance_check first. It comes back only by proxmox_node_wake or by hand.",
  deadlineSeconds: 1800,
});

export const nodeReboot = powerOf("reboot", {
  title: "Reboot a node",
  about: "Reboots a node in good order and waits until it is a member again. Refused while guests run on it unless withGuests is said, and when quorum would be lost meanwhile.",
  deadlineSeconds: 3600,
});
