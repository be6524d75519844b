// proxmox_guest_start, _shutdown, _stop, _reboot: one POST with the act token, its task followed to the end, the guest looked at twice. Reboot is Proxmox's own verb:
// its single qmreboot task can be traced after a lost reply, which a stop and a start of our own could not be as one call.
import { JarvisError, type Preflight, type Progress, type Sent, type Tool, type Undo, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { withBackup } from "./backup-fact.ts";
import { baseOf } from "./base.ts";
import { lookAtEnd, notedOf, noteSending, placeNoted, progressOf, undoneBy } from "./guest-task.ts";
import { type GuestInput, guestInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { preflightOf, type Wants } from "./preflight.ts";
import { traceOf } from "./trace.ts";
import { verifyRunning, verifyStopped } from "./verify.ts";

type Verb = "start" | "shutdown" | "stop" | "reboot";

/** What the four do not share. `makes`: what is looked for afterwards; `same`: Proxmox's own word that it was so already. */
interface Way {
  readonly doing: string;
  readonly makes: "running" | "stopped";
  readonly wants: Wants;
  readonly haTask?: string;
  readonly same?: RegExp;
  /** What it had not written is lost, and what it was writing may be. */
  readonly loses?: true;
}

/** An agent that is not running is something else. */
const ALREADY_RUNS = /\b(?:VM|CT) \d+ (?:is )?already running/i;
const DOWN_ALREADY = /\b(?:VM|CT) \d+ (?:is )?not running/i;

const WAYS: Readonly<Record<Verb, Way>> = {
  start: { doing: "start", makes: "running", wants: { memory: true, makes: "running" }, haTask: "hastart", same: ALREADY_RUNS },
  shutdown: { doing: "shut down", makes: "stopped", wants: { memory: false, makes: "stopped" }, haTask: "hastop", same: DOWN_ALREADY },
  stop: { doing: "stop", makes: "stopped", wants: { memory: false, makes: "stopped" }, haTask: "hastop", same: DOWN_ALREADY, loses: true },
  reboot: { doing: "reboot", makes: "running", wants: { memory: false, pastHa: true } },
};

const DEFAULT_PATIENCE_S = 60;

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
const Patient = z
  .object({ ...guestInput, timeoutSeconds: z.number().int().min(1).max(300).optional().describe("How long the guest is given to shut down, 60 unless said") })
  .refine(oneOfBoth, ONE_OF_BOTH);
/** No `upid`: Proxmox began no task, since there was nothing to do. */
const Data = z.object({ vmid: z.number(), node: z.string(), upid: z.string().optional() });

const typesOf = (verb: Verb): string[] => [`qm${verb}`, `vz${verb}`, WAYS[verb].haTask].filter((type) => type !== undefined);

const wasSo = (verb: Verb, words: string): boolean => WAYS[verb].same?.test(words) === true;

/** Somebody was faster between the last look and this request: no failure, and still looked at twice. */
const sameOf = (verb: Verb, name: string, words: string) => ({ text: `${name} was ${WAYS[verb].makes} already (${words}).`.slice(0, 4000), warnings: [words.slice(0, 500)] });

const send = async (ctx: Ctx, verb: Verb, input: GuestInput & { timeoutSeconds?: number | undefined }, noted: Sent) => {
  const place = await placeNoted(ctx, input, noted);
  noteSending(ctx, place, noted);
  const patience = verb === "shutdown" || verb === "reboot" ? { timeout: input.timeoutSeconds ?? DEFAULT_PATIENCE_S } : {};
  const data = { vmid: place.vmid, node: place.node };
  try {
    const upid = await ctx.client.post(ctx, `${baseOf(place)}/status/${verb}`, patience);
    return { text: `Asked ${place.node} to ${WAYS[verb].doing} ${place.name} (${place.vmid}).`, upid, data: { ...data, upid } };
  } catch (thrown) {
    if (thrown instanceof JarvisError && thrown.type === "upstream" && wasSo(verb, thrown.message)) return { ...sameOf(verb, place.name, thrown.message), data };
    throw thrown;
  }
};

const progress = async (ctx: Ctx, sent: Sent, verb: Verb): Promise<Progress> => {
  const ended = await lookAtEnd(ctx, sent);
  const exit = ended?.exit ?? "";
  if (ended?.ok === false && wasSo(verb, exit)) return { ended: true, ok: true, ...sameOf(verb, notedOf(sent)?.name ?? sent.preflight?.target ?? "It", exit) };
  return progressOf(ended, sent, verb);
};

/** A guest up for less than this before its reboot cannot be told apart by its uptime alone. */
const YOUNG_SECONDS = 30;
const uptimeBefore = (sent: Sent): number | undefined => {
  const known = notedOf(sent)?.uptimeSeconds;
  return known !== undefined && known > YOUNG_SECONDS ? known : undefined;
};

const UNDO: Readonly<Record<Verb, ((sent: Sent) => Undo | undefined) | undefined>> = {
  start: (sent) => undoneBy(sent, "guest_shutdown"),
  shutdown: (sent) => undoneBy(sent, "guest_start"),
  stop: (sent) => undoneBy(sent, "guest_start", {}, "What it had not saved is lost."),
  reboot: undefined,
};

type Words<I extends z.ZodType> = Pick<Tool<Config, Client, I>, "title" | "about" | "effect" | "deadlineSeconds" | "verifySeconds"> & { input: I };

const look = async (ctx: Ctx, verb: Verb, input: GuestInput): Promise<Preflight> => {
  const { wants, loses } = WAYS[verb];
  const facts = await preflightOf(ctx, input, wants);
  return loses && facts.already === undefined ? withBackup(ctx, facts) : facts;
};

const powerTool = <I extends z.ZodType<GuestInput & { timeoutSeconds?: number | undefined }>>(verb: Verb, words: Words<I>): Tool<Config, Client, I> => ({
  ...words,
  output: Data,
  target: targetOf,
  preflight: (ctx, input) => look(ctx, verb, input),
  run: (ctx, input, noted) => send(ctx, verb, input, noted),
  progress: (ctx, _, sent) => progress(ctx, sent, verb),
  verify: (ctx, input, sent, earlier) =>
    WAYS[verb].makes === "stopped" ? verifyStopped(ctx, input) : verifyRunning(ctx, input, earlier, verb === "reboot" ? uptimeBefore(sent) : undefined),
  trace: (ctx, input, sent) => traceOf(ctx, input, sent, typesOf(verb)),
  undo: (_, sent) => UNDO[verb]?.(sent),
});

export const guestStart = powerTool("start", {
  title: "Start a guest",
  about: "Starts a stopped VM or container and checks that it keeps running. By vmid or by name. Not for one that runs already.",
  effect: "reversible",
  input: Input,
  deadlineSeconds: 120,
});

export const guestShutdown = powerTool("shutdown", {
  title: "Shut a guest down",
  about: "Asks a guest's system to power off in good order and waits until it has. Prefer this to proxmox_guest_stop.",
  effect: "disruptive",
  input: Patient,
  deadlineSeconds: 360,
});

export const guestStop = powerTool("stop", {
  title: "Stop a guest hard",
  about: "Cuts a guest's power at once; unsaved data is lost. Only when proxmox_guest_shutdown did not work.",
  effect: "disruptive",
  input: Input,
});

export const guestReboot = powerTool("reboot", {
  title: "Reboot a guest",
  about: "Shuts a running guest down in good order and starts it again, then checks that it keeps running.",
  effect: "disruptive",
  input: Patient,
  deadlineSeconds: 420,
  verifySeconds: 120,
});
