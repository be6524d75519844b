// Builds a guest's act that Proxmox carries out as one task: where it was noted, sent once, followed by its UPID, found again by its type. What it looks for before and after is the tool's own.
import type { Preflight, Sent, Tool, Trace, Verdict } from "jarvis";
import { z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { followTask, noteSending, placeNoted } from "./guest-task.ts";
import { type GuestInput, type Place, targetOf } from "./locate.ts";
import { traceOf } from "./trace.ts";

type Words<I extends z.ZodType> = Pick<Tool<Config, Client, I>, "title" | "about" | "effect" | "input" | "deadlineSeconds" | "verifySeconds" | "undo">;

interface Act<I extends z.ZodType<GuestInput>> extends Words<I> {
  /** For its words: "The snapshot task ended OK." */
  readonly what: string;
  /** The task types it may begin. */
  readonly types: readonly string[];
  preflight(ctx: Ctx, input: z.output<I>): Promise<Preflight>;
  /** The one request; answers the UPID, and the words of what was asked. */
  send(ctx: Ctx, place: Place, input: z.output<I>, sent: Sent): Promise<{ upid: string; text: string; data?: Readonly<Record<string, unknown>>; warnings?: string[] }>;
  verify(ctx: Ctx, input: z.output<I>, sent: Sent, earlier: Verdict | undefined): Promise<Verdict>;
  /** Absent: the task list alone is the evidence. */
  trace?(ctx: Ctx, input: z.output<I>, sent: Sent): Promise<Trace>;
}

export const TaskBegun = z.looseObject({ vmid: z.number(), node: z.string(), upid: z.string() });

export const guestAct = <I extends z.ZodType<GuestInput>>({ what, types, preflight, send, verify, trace, ...words }: Act<I>): Tool<Config, Client, I> => ({
  ...words,
  output: TaskBegun,
  target: targetOf,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    noteSending(ctx, place, sent);
    const { upid, text, data, warnings } = await send(ctx, place, input, sent);
    return { text, upid, data: { ...data, vmid: place.vmid, node: place.node, upid }, ...(warnings === undefined ? {} : { warnings }) };
  },
  progress: (ctx, _, sent) => followTask(ctx, sent, what),
  verify,
  trace: trace ?? ((ctx, input, sent) => traceOf(ctx, input, sent, types)),
});
