// What acts that run as a Proxmox task share: the place noted a moment ago, the noted time of sending, and the task followed to its end. Between the durable `sending` and the act it asks nothing.
import { JarvisError, type Preflight, type Progress, type Sent, type Undo, z } from "jarvis";
import type { Ctx } from "../context.ts";
import { endedWell } from "../shapes/task.ts";
import { type GuestInput, locateInput, type Place } from "./locate.ts";
import { lookAtTask } from "./task.ts";

export const LOOK_AGAIN_MS = 1000;
const MOST_FACT = 300;

const Noted = z.object({ node: z.string(), sort: z.enum(["qemu", "lxc"]), name: z.string(), uptimeSeconds: z.coerce.number().optional() });
export const notedOf = (sent: Sent): z.output<typeof Noted> | undefined => Noted.safeParse(sent.preflight?.facts).data;

/** One of the tool's own notes from its preflight. */
export const factOf = (sent: Sent, name: string): string | undefined => sent.preflight?.facts?.[name];

/** A note that `run` cannot do without: the pipeline always hands over the preflight's. */
export const mustFact = (sent: Sent, name: string): string => {
  const value = factOf(sent, name);
  if (value === undefined) throw new JarvisError("bug", { message: `The preflight noted no ${name}.`, data: { definitive: true } });
  return value;
};

export const withFacts = (preflight: Preflight, more: Readonly<Record<string, string>>): Preflight => ({
  ...preflight,
  facts: { ...preflight.facts, ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, value.slice(0, MOST_FACT)])) },
});

/** The guest that was acted on, as another tool takes it; undefined: not on record. */
const guestNoted = (sent: Sent): { vmid: number } | undefined => {
  const vmid = /^guest\/(\d+)$/.exec(sent.preflight?.target ?? "")?.[1];
  return vmid === undefined ? undefined : { vmid: Number(vmid) };
};

/** Another tool, on the guest that was acted on. */
export const undoneBy = (sent: Sent, tool: string, more: Readonly<Record<string, unknown>> = {}, words?: string): Undo | undefined => {
  const guest = guestNoted(sent);
  return guest && { tool, input: { ...guest, ...more }, ...(words === undefined ? {} : { words }) };
};

/** A precondition that does not hold: nothing was sent. */
export const refused = (message: string): JarvisError => new JarvisError("unavailable", { message: message.slice(0, 1000), data: { definitive: true } });

/** Where the preflight saw it a moment ago. */
export const placeNoted = async (ctx: Ctx, input: GuestInput, sent: Sent): Promise<Place> => {
  const [noted, guest] = [notedOf(sent), guestNoted(sent)];
  if (noted === undefined || guest === undefined) return locateInput(ctx, input);
  return { ...guest, node: noted.node, sort: noted.sort, name: noted.name };
};

/** Remembers when it was sent, so that a lost reply can be looked for in the node's task list. */
export const noteSending = (ctx: Ctx, place: Place, sent: Sent): void => {
  ctx.client.memory.sent.set(place.vmid, sent.serverTimeMs ?? ctx.client.serverTime(ctx));
};

export interface Ended {
  readonly ok: boolean;
  readonly exit: string | undefined;
}

/** One look at the accepted task; undefined while it runs. Without a UPID Proxmox began none, and it is over. */
export const lookAtEnd = async (ctx: Ctx, sent: Sent): Promise<Ended | undefined> => {
  const upid = sent.result?.upid;
  if (upid === undefined) return { ok: true, exit: undefined };
  const { running, exit } = await lookAtTask(ctx, upid);
  return running ? undefined : { ok: endedWell(exit), exit };
};

/** `what`: "snapshot", for "The snapshot task ended OK." */
export const progressOf = (ended: Ended | undefined, sent: Sent, what: string): Progress => {
  if (ended === undefined) return { ended: false, againMs: LOOK_AGAIN_MS };
  const { ok, exit } = ended;
  if (exit === undefined) return { ended: true, ok, text: sent.result?.text ?? "" };
  if (!ok) return { ended: true, ok, text: `The ${what} task failed: ${exit}.`.slice(0, 4000) };
  return { ended: true, ok, text: `The ${what} task ended ${exit}.`, ...(exit === "OK" ? {} : { warnings: [`the task ended with ${exit}`] }) };
};

export const followTask = async (ctx: Ctx, sent: Sent, what: string): Promise<Progress> => progressOf(await lookAtEnd(ctx, sent), sent, what);
