// proxmox_guest_start, _shutdown, _stop, _reboot: one POST with the act token, its task followed to the end, the guest looked at twice. Reboot is Proxmox's own verb:
// its single qmreboot task can be traced after a lost reply, which a stop and a start of our own could not be as one call.
import { type Sent, type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { endedWell } from "../shapes/task.ts";
import { baseOf } from "./base.ts";
import { type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, type Place, targetOf } from "./locate.ts";
import { preflightOf } from "./preflight.ts";
import { lookAtTask } from "./task.ts";
import { traceOf } from "./trace.ts";
import { verifyRunning, verifyStopped } from "./verify.ts";

type Verb = "start" | "shutdown" | "stop" | "reboot";

const LOOK_AGAIN_MS = 1000;
const DEFAULT_PATIENCE_S = 60;
const DOING: Readonly<Record<Verb, string>> = { start: "start", shutdown: "shut down", stop: "stop", reboot: "reboot" };
const HA_TASK: Readonly<Partial<Record<Verb, string>>> = { start: "hastart", shutdown: "hastop", stop: "hastop" };

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
const Patient = z
  .object({ ...guestInput, timeoutSeconds: z.number().int().min(1).max(300).optional().describe("How long the guest is given to shut down, 60 unless said") })
  .refine(oneOfBoth, ONE_OF_BOTH);
const Data = z.object({ vmid: z.number(), node: z.string(), upid: z.string() });

const typesOf = (verb: Verb): string[] => [`qm${verb}`, `vz${verb}`, HA_TASK[verb]].filter((type) => type !== undefined);

const Noted = z.object({ node: z.string(), sort: z.enum(["qemu", "lxc"]), name: z.string(), uptimeSeconds: z.coerce.number().optional() });
const notedOf = (sent: Sent) => Noted.safeParse(sent.preflight?.facts).data;

/** Where the preflight saw it a moment ago; nothing else is asked between the durable `sending` and the act. */
const placeOf = async (ctx: Ctx, input: GuestInput, sent: Sent): Promise<Place> => {
  const [noted, vmid] = [notedOf(sent), /^guest\/(\d+)$/.exec(sent.preflight?.target ?? "")?.[1]];
  if (noted === undefined || vmid === undefined) return locateInput(ctx, input);
  return { vmid: Number(vmid), node: noted.node, sort: noted.sort, name: noted.name };
};

const send = async (ctx: Ctx, verb: Verb, input: GuestInput & { timeoutSeconds?: number | undefined }, noted: Sent) => {
  const place = await placeOf(ctx, input, noted);
  ctx.client.memory.sent.set(place.vmid, noted.serverTimeMs ?? ctx.client.serverTime(ctx));
  const patience = verb === "shutdown" || verb === "reboot" ? { timeout: input.timeoutSeconds ?? DEFAULT_PATIENCE_S } : {};
  const upid = await ctx.client.post(ctx, `${baseOf(place)}/status/${verb}`, patience);
  return { text: `Asked ${place.node} to ${DOING[verb]} ${place.name} (${place.vmid}).`, upid, data: { vmid: place.vmid, node: place.node, upid } };
};

const progress = async (ctx: Ctx, sent: Sent, verb: Verb) => {
  const upid = sent.result?.upid;
  if (upid === undefined) return { ended: true as const, ok: true, text: "" };
  const { running, exit } = await lookAtTask(ctx, upid);
  if (running) return { ended: false as const, againMs: LOOK_AGAIN_MS };
  const ok = endedWell(exit);
  return {
    ended: true as const,
    ok,
    text: ok ? `The ${verb} task ended ${exit}.` : `The ${verb} task failed: ${exit}.`,
    ...(ok && exit !== "OK" ? { warnings: [`the task ended with ${exit}`] } : {}),
  };
};

/** A guest up for less than this before its reboot cannot be told apart by its uptime alone. */
const YOUNG_SECONDS = 30;
const uptimeBefore = (sent: Sent): number | undefined => {
  const known = notedOf(sent)?.uptimeSeconds;
  return known !== undefined && known > YOUNG_SECONDS ? known : undefined;
};

const common = (verb: Verb) => ({
  output: Data,
  target: targetOf,
  progress: (ctx: Ctx, _: GuestInput, sent: Sent) => progress(ctx, sent, verb),
  trace: (ctx: Ctx, input: GuestInput, sent: Sent) => traceOf(ctx, input, sent, typesOf(verb)),
});

export const guestStart: Tool<Config, Client, typeof Input> = {
  ...common("start"),
  title: "Start a guest",
  about: "Starts a stopped VM or container and checks that it keeps running. By vmid or by name. Not for one that runs already.",
  effect: "reversible",
  input: Input,
  preflight: (ctx, input) => preflightOf(ctx, input, { memory: true }),
  run: (ctx, input, noted) => send(ctx, "start", input, noted),
  verify: (ctx, input, _, earlier) => verifyRunning(ctx, input, earlier),
  deadlineSeconds: 120,
};

export const guestShutdown: Tool<Config, Client, typeof Patient> = {
  ...common("shutdown"),
  title: "Shut a guest down",
  about: "Asks a guest's system to power off in good order and waits until it has. Prefer this to proxmox_guest_stop.",
  effect: "disruptive",
  input: Patient,
  preflight: (ctx, input) => preflightOf(ctx, input, { memory: false }),
  run: (ctx, input, noted) => send(ctx, "shutdown", input, noted),
  verify: (ctx, input) => verifyStopped(ctx, input),
  deadlineSeconds: 360,
};

export const guestStop: Tool<Config, Client, typeof Input> = {
  ...common("stop"),
  title: "Stop a guest hard",
  about: "Cuts a guest's power at once; unsaved data is lost. Only when proxmox_guest_shutdown did not work.",
  effect: "disruptive",
  input: Input,
  preflight: (ctx, input) => preflightOf(ctx, input, { memory: false }),
  run: (ctx, input, noted) => send(ctx, "stop", input, noted),
  verify: (ctx, input) => verifyStopped(ctx, input),
};

export const guestReboot: Tool<Config, Client, typeof Patient> = {
  ...common("reboot"),
  title: "Reboot a guest",
  about: "Shuts a running guest down in good order and starts it again, then checks that it keeps running.",
  effect: "disruptive",
  input: Patient,
  preflight: (ctx, input) => preflightOf(ctx, input, { memory: false, pastHa: true }),
  run: (ctx, input, noted) => send(ctx, "reboot", input, noted),
  verify: (ctx, input, sent, earlier) => verifyRunning(ctx, input, earlier, uptimeBefore(sent)),
  deadlineSeconds: 420,
  verifySeconds: 120,
};
