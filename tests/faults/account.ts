// What a house did, counted from outside it: the lab's own book beside the journal's file. Shares no code with the core: a mistake there must not hide itself here. For tests only.
import { z } from "zod";
import { hasEnded, type Written } from "./journal-file.ts";

const Effect = z.object({
  seq: z.number(),
  time: z.string(),
  user: z.string(),
  method: z.string(),
  path: z.string(),
  target: z.string(),
  upid: z.string().optional(),
  exit: z.string().optional(),
});
const Effects = z.object({ effects: z.array(Effect) });
type Effect = z.output<typeof Effect>;

export const effectsOf = (answer: unknown): Effect[] => Effects.parse(answer).effects;

const Truth = z.object({
  guests: z.array(z.object({ vmid: z.number(), status: z.string(), node: z.string(), kind: z.string() })),
  docker: z.array(z.object({ name: z.string(), id: z.string(), status: z.string() })),
});

/** Whether the thing really runs, as the lab itself knows. */
export const standing = (state: unknown, target: string): boolean => {
  const { guests, docker } = Truth.parse(state);
  const name = target.split("/").at(-1);
  return target.startsWith("guest/")
    ? guests.some((guest) => String(guest.vmid) === name && guest.status === "running")
    : docker.some((box) => box.name === name && box.status === "running");
};

/** Proxmox's path of a guest. */
export const guestPath = (state: unknown, target: string): string => {
  const guest = Truth.parse(state).guests.find(({ vmid }) => `guest/${vmid}` === target);
  return guest ? `/nodes/${guest.node}/${guest.kind}/${guest.vmid}` : "";
};

export const containerId = (state: unknown, target: string): string => Truth.parse(state).docker.find((box) => box.name === target.split("/").at(-1))?.id ?? "";

/** The two processes read one clock; what is left is the time a reading takes, at the rates tests live at. */
const SKEW_MS = 100;
const UNDONE = /^(?:refused|denied|expired|aborted)$/;

export interface Account {
  /** Acknowledged and not in the journal, or never ended, or not exactly once, or ended as not done although it was. */
  readonly lost: string[];
  /** A second effect of one call. */
  readonly duplicates: string[];
  /** An effect that no durable `sending` preceded. */
  readonly unjournaled: string[];
  /** Succeeded without its effect, or by a task that did not end well, or told so and written otherwise. */
  readonly falseSuccesses: string[];
  readonly unresolved: string[];
}

interface Facts {
  readonly calls: readonly Written[];
  /** Only what Jarvis's own users did. */
  readonly effects: readonly Effect[];
  /** What a client was told of a call, by its id: the outside word. */
  readonly told: ReadonlyMap<string, string>;
}

/** Each effect to the call that was last sent on its target by then: one act at a time holds a target. */
const attribute = ({ calls, effects }: Facts): { caused: Map<string, Effect[]>; orphans: Effect[] } => {
  const caused = new Map<string, Effect[]>();
  const orphans: Effect[] = [];
  for (const effect of effects) {
    const atMs = Date.parse(effect.time) + SKEW_MS;
    const [call] = calls.filter(({ target, sentMs }) => target === effect.target && sentMs !== null && sentMs <= atMs).sort((a, b) => (b.sentMs ?? 0) - (a.sentMs ?? 0));
    if (call === undefined || call.sendings !== 1) orphans.push(effect);
    else caused.set(call.callId, [...(caused.get(call.callId) ?? []), effect]);
  }
  return { caused, orphans };
};

const wordsOf = (effect: Effect): string => `${effect.time} ${effect.method} ${effect.path} by ${effect.user}`;
const nameOf = (call: Written): string => `${call.callId} ${call.tool} ${call.target} ${call.state}: ${call.text ?? ""}`;

export const account = (facts: Facts): Account => {
  const { caused, orphans } = attribute(facts);
  const known = new Map(facts.calls.map((call) => [call.callId, call]));
  const found: Account = { lost: [], duplicates: [], unjournaled: orphans.map(wordsOf), falseSuccesses: [], unresolved: [] };
  for (const [callId, word] of facts.told) {
    const call = known.get(callId);
    if (call === undefined) found.lost.push(`${callId} was acknowledged as ${word} and is not in the journal`);
    if (word === "succeeded" && call?.state !== "succeeded") found.falseSuccesses.push(`${callId} was told as succeeded and is ${call?.state}`);
  }
  for (const call of facts.calls) {
    const own = caused.get(call.callId) ?? [];
    const undone = UNDONE.test(call.state) || (call.state === "failed" && call.text?.includes("never applied") === true);
    if (!hasEnded(call) || call.ends !== 1 || call.reports !== 1) found.lost.push(`${nameOf(call)} (${call.ends} ends, ${call.reports} reports)`);
    if (undone && own.length > 0) found.lost.push(`${nameOf(call)}, and yet ${own.map(wordsOf).join(", ")}`);
    if (own.length > 1) found.duplicates.push(`${nameOf(call)}: ${own.map(wordsOf).join(", ")}`);
    if (call.state === "unresolved") found.unresolved.push(nameOf(call));
    if (call.state !== "succeeded" || call.sentMs === null) continue;
    if (own.length === 0) found.falseSuccesses.push(`${nameOf(call)}, and nothing happened`);
    const other = own.find(({ upid, exit }) => (exit !== undefined && exit !== "OK") || (call.upid !== null && upid !== undefined && upid !== call.upid));
    if (other) found.falseSuccesses.push(`${nameOf(call)}, and its task ${other.upid} ended ${other.exit}`);
  }
  return found;
};

export const CLEAN: Account = { lost: [], duplicates: [], unjournaled: [], falseSuccesses: [], unresolved: [] };
