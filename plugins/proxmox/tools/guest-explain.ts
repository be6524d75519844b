// proxmox_guest_explain: how a guest stands and why, each sentence with where it was read. Reads only; what could not be read is said to be unknown, never left out.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { type Asked, ask } from "../probe/ask.ts";
import { factsOf, kindOf, stateOf } from "../shapes/guest.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import { burden, pressureOf } from "../shapes/pressure.ts";
import { endedWell, type Task, Tasks } from "../shapes/task.ts";
import { agentBase, noAgent } from "./agent-answer.ts";
import { type Attempt, lastAttempt } from "./backup-attempts.ts";
import { baseOf } from "./base.ts";
import { boundHere, devicesHere } from "./guest-disks.ts";
import { guestInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { type Look, lookAtGuest } from "./preflight.ts";
import { ageWords, type Snapshots, snapshotsOf } from "./snapshots.ts";

const TASKS = 50;
const DAY_MS = 86_400_000;
const MOST_FAILED = 3;
const OLD_SNAPSHOT_S = 30 * 86_400;

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
const Line = z.object({ words: z.string(), source: z.string() });
type Line = z.output<typeof Line>;
const Pending = looseRows(z.object({ key: z.string().max(100), pending: z.unknown().optional(), delete: z.unknown().optional(), value: looseText }));

interface Told {
  readonly look: Look;
  readonly tasks: Asked<Task[]>;
  readonly pending: Asked<z.output<typeof Pending>>;
  readonly snapshots: Asked<Snapshots>;
  readonly backup: Asked<Attempt | undefined>;
  readonly agent: Asked<unknown> | undefined;
  /** Epoch ms of the cluster. */
  readonly nowMs: number;
}

const DOWN = /^(?:qm|vz)(?:stop|shutdown|suspend|pause|destroy)$|^hastop$/;
const UP = /^(?:qm|vz)(?:start|reboot|reset|resume)$|^hastart$/;

const agoOf = (nowMs: number, atMs: number): string => `${ageWords((nowMs - atMs) / 1000)} ago`;

function* standing({ look, nowMs, tasks }: Told): Generator<Line> {
  const { current, place, preflight } = look;
  const state = stateOf(current);
  const source = `${baseOf(place)}/status/current`;
  const uptime = state === "stopped" || current.uptime === undefined ? "" : `, up for ${ageWords(current.uptime)}`;
  yield { words: `${place.name} (${kindOf(place.sort)} ${place.vmid}) is ${state} on ${place.node}${uptime}.`, source };
  if (state === "io-error") yield { words: "QEMU paused it on an input/output error: its storage is full or does not answer. It can be resumed once that is mended.", source };
  const waits = burden(pressureOf(current));
  if (waits !== undefined) yield { words: waits, source };
  if (tasks.value === undefined) yield { words: `Who started or stopped it last is unknown: ${tasks.words}`, source: path`/nodes/${place.node}/tasks` };
  const last = tasks.value?.find((task) => (state === "stopped" ? DOWN : UP).test(task.type) && (task.exit === undefined || endedWell(task.exit)));
  if (last !== undefined) yield { words: `${last.user} ran ${last.type} ${agoOf(nowMs, last.startedAt)}.`, source: last.upid };
  else if (state === "stopped" && tasks.value !== undefined)
    yield {
      words: "No task in its node's list stopped it: it went down from inside, crashed, or was stopped longer ago than the list reaches.",
      source: path`/nodes/${place.node}/tasks`,
    };
  const human = preflight.lastHumanAct;
  if (human !== undefined && human !== null)
    yield {
      words: `The last act of a person: ${human.words}, ${human.at}${human.stop ? ". It stays stopped until a person starts it" : ""}.`,
      source: path`/nodes/${place.node}/tasks`,
    };
}

function* hindrances({ look, tasks, nowMs }: Told): Generator<Line> {
  const { preflight, place, config } = look;
  const source = `${baseOf(place)}/config`;
  const busy = preflight.busy ?? [];
  for (const task of busy) yield { words: `${task.what} is running on it.`, source: task.id };
  if (preflight.lock !== undefined)
    yield {
      words: `It is locked (${preflight.lock})${busy.length > 0 ? ", which the running task holds" : ", and no task on its node holds the lock: it may be stale (proxmox_guest_unlock tells the proof)"}.`,
      source,
    };
  if (preflight.ha?.managed === true)
    yield { words: `HA keeps it (state ${preflight.ha.state ?? "unknown"}): it is started and stopped by orders to HA.`, source: "/cluster/ha/status/current" };
  if (preflight.template === true) yield { words: "It is a template: it is copied, never started.", source };
  if (config === undefined) yield { words: "Its configuration could not be read, so its settings are unknown.", source };
  else {
    const { onboot, protection } = factsOf(place.sort, config);
    yield { words: onboot ? "It starts with its node." : "It does not start with its node (onboot is off).", source };
    if (protection) yield { words: "Its protection flag is set: nothing that destroys is done to it.", source };
    const fixed = [...devicesHere(config), ...boundHere(config)];
    if (fixed.length > 0) yield { words: `It is bound to ${place.node} by ${fixed.join(", ")} and cannot move as it is.`, source };
  }
  const failed = tasks.value?.filter((task) => task.exit !== undefined && !endedWell(task.exit) && nowMs - task.startedAt < DAY_MS) ?? [];
  for (const task of failed.slice(0, MOST_FAILED)) yield { words: `${task.type} failed ${agoOf(nowMs, task.startedAt)}: ${task.exit ?? ""}`, source: task.upid };
}

function* belongings({ look, pending, snapshots, backup, agent, nowMs }: Told): Generator<Line> {
  const { place } = look;
  const base = baseOf(place);
  const waiting = pending.value?.filter((row) => row.pending !== undefined || row.delete !== undefined).map((row) => row.key) ?? [];
  if (pending.value === undefined) yield { words: `Which settings wait for a restart is unknown: ${pending.words}`, source: `${base}/pending` };
  else if (waiting.length > 0) yield { words: `These settings take effect at its next start: ${waiting.join(", ")}.`, source: `${base}/pending` };
  if (snapshots.value === undefined) yield { words: `Its snapshots are unknown: ${snapshots.words}`, source: `${base}/snapshot` };
  else if (snapshots.value.all.length > 0) {
    const oldest = snapshots.value.all.at(-1);
    const age = oldest?.at === undefined ? undefined : nowMs / 1000 - oldest.at;
    const old = age !== undefined && age > OLD_SNAPSHOT_S ? "; old ones grow and slow it down" : "";
    yield {
      words: `It has ${snapshots.value.all.length} snapshots${age === undefined ? "" : `, the oldest ${oldest?.name ?? ""} ${ageWords(age)} old${old}`}.`,
      source: `${base}/snapshot`,
    };
  }
  const runs = path`/nodes/${place.node}/tasks`;
  if (backup.words !== undefined) yield { words: `Its last backup run is unknown: ${backup.words}`, source: runs };
  else if (backup.value === undefined) yield { words: "No backup of it is among its node's last runs.", source: runs };
  else {
    const { outcome, why, task } = backup.value;
    yield { words: `Its last backup run ${agoOf(nowMs, task.startedAt)}: ${outcome}${why === undefined ? "" : ` (${why})`}.`, source: task.upid };
  }
  if (agent !== undefined)
    yield { words: agent.words === undefined ? "Its guest agent answers." : `Its guest agent does not answer: ${agent.words}`, source: `${agentBase(place)}/info` };
}

/** All that can be said, most telling first. Pure. */
export const explain = (told: Told): Line[] =>
  [...standing(told), ...hindrances(told), ...belongings(told)].map(({ words, source }) => ({ words: words.slice(0, 1000), source: source.slice(0, 300) }));

const gather = async (ctx: Ctx, look: Look): Promise<Told> => {
  const { place } = look;
  const { client } = ctx;
  const [tasks, pending, snapshots, backup, agent] = await Promise.all([
    ask(client.get(ctx, path`/nodes/${place.node}/tasks`, Tasks, { vmid: place.vmid, source: "all", limit: TASKS })),
    ask(client.get(ctx, `${baseOf(place)}/pending`, Pending)),
    ask(snapshotsOf(ctx, place)),
    ask(lastAttempt(ctx, place.node, place.vmid)),
    noAgent(look) === undefined ? ask(client.get(ctx, `${agentBase(place)}/info`, z.unknown())) : undefined,
  ]);
  return { look, tasks, pending, snapshots, backup, agent, nowMs: client.serverTime(ctx) };
};

export const guestExplain: Tool<Config, Client, typeof Input> = {
  title: "Explain a guest",
  about:
    "Tells how one guest stands and why: its state and who brought it about, what runs on or locks it, HA, settings that wait, snapshots, the last backup, its agent; each with its source. Start here for any question about one guest.",
  effect: "read",
  input: Input,
  output: z.object({ vmid: z.number(), name: z.string(), node: z.string(), status: z.string(), lines: z.array(Line) }),
  target: targetOf,
  run: async (ctx, input) => {
    const look = await lookAtGuest(ctx, input, { memory: false });
    const lines = explain(await gather(ctx, look));
    const { place } = look;
    const text = lines.map(({ words, source }) => `${words} [${source}]`).join("\n");
    return { text: text.slice(0, 30_000), data: { vmid: place.vmid, name: place.name, node: place.node, status: stateOf(look.current), lines } };
  },
};
