// Start, stop and restart: one shape, three words. Each reads the facts first, acts on the container's id (a new container of the same name is another one), proves the effect and can find it again after a lost reply.
import { type Context, JarvisError, type Preflight, type Sent, type Tool, type ToolResult, type Trace, type Verdict, z } from "jarvis";
import type { Config } from "../config.ts";
import { act, inspect } from "../engine/calls.ts";
import type { Client } from "../engine/client.ts";
import type { Inspect } from "../engine/shapes.ts";
import { pick, Which } from "../pick.ts";
import { type Action, isDone, Noted, traceOf, verdictOf } from "./proof.ts";

type Ctx = Context<Config, Client>;

const DEFAULT_GRACE_S = 10;
const LONGEST_GRACE_S = 40;
const DEADLINE_S = 75;
const VERIFY_S = 180;

const graceOf = (seen: Inspect): number => Math.min(LONGEST_GRACE_S, Math.max(1, seen.Config.StopTimeout ?? DEFAULT_GRACE_S));

/** What verify and trace compare with. Kept in the call's record, so it outlives a killed core. */
const notedOf = (sent: Sent): Noted | undefined => Noted.safeParse(sent.preflight?.facts).data;

const MOST_TOUCHED = 50;

/** A restart always does something. */
const alreadyOf = (action: Action, resource: string, { Running, Restarting, Status }: Inspect["State"]): string | undefined => {
  if (action === "start" && Status === "running") return `${resource} runs already`;
  return action === "stop" && !Running && !Restarting ? `${resource} is stopped already` : undefined;
};

const preflight = async (ctx: Ctx, which: Which, action: Action): Promise<Preflight> => {
  const { engine, id, name, resource, sharing } = await pick(ctx, which);
  const { inspect: seen, engineMs } = await inspect(ctx, engine.where, id);
  const already = alreadyOf(action, resource, seen.State);
  return {
    target: resource,
    name,
    identity: `container:${id}`,
    ...(action === "start" || sharing.length === 0 ? {} : { touches: sharing.slice(0, MOST_TOUCHED) }),
    status: seen.State.Status.slice(0, 50),
    ...(already === undefined ? {} : { already: already.slice(0, 200) }),
    facts: { id, startedAt: seen.State.StartedAt, finishedAt: seen.State.FinishedAt },
    ...(engineMs === undefined ? {} : { serverTimeMs: engineMs }),
  };
};

const SAME: Readonly<Record<Action, string>> = { start: "It was running already.", stop: "It was stopped already.", restart: "Docker had nothing to do." };
const DONE: Readonly<Record<Action, string>> = { start: "started", stop: "stopped", restart: "restarted" };

/** The container of the preflight and no other. */
const targetOf = async (ctx: Ctx, which: Which, noted: Sent) => {
  const picked = await pick(ctx, which);
  const id = notedOf(noted)?.id;
  if (id !== undefined && id !== picked.id)
    throw new JarvisError("not_found", { message: `${picked.name} is another container now than the one that was looked at (${id.slice(0, 12)}): nothing was done.` });
  return picked;
};

const run = async (ctx: Ctx, which: Which, noted: Sent, action: Action): Promise<ToolResult> => {
  const { engine, id, resource, sharing } = await targetOf(ctx, which, noted);
  const { inspect: seen } = await inspect(ctx, engine.where, id);
  const answer = await act(ctx, engine.where, id, action, graceOf(seen));
  const data = { id, resource, startedAt: seen.State.StartedAt, finishedAt: seen.State.FinishedAt, same: answer === "same" };
  const capped =
    action !== "start" && (seen.Config.StopTimeout ?? 0) > LONGEST_GRACE_S ? [`It asks for ${seen.Config.StopTimeout} s to stop; it was given ${LONGEST_GRACE_S} s.`] : [];
  const cutOff =
    action === "start" || answer === "same" || sharing.length === 0
      ? []
      : [`In its network live ${sharing.slice(0, 5).join(", ")}: they are cut off until they are restarted too.`];
  const warnings = [...cutOff, ...(answer === "same" ? [SAME[action]] : []), ...capped];
  return { text: answer === "same" ? `${resource}: ${SAME[action]}` : `${resource} was ${DONE[action]}.`, data, ...(warnings.length === 0 ? {} : { warnings }) };
};

const Result = z.object({ id: z.string(), startedAt: z.string(), finishedAt: z.string(), same: z.boolean() });

const verify = async (ctx: Ctx, which: Which, sent: Sent, earlier: Verdict | undefined, action: Action): Promise<Verdict> => {
  const before = Result.safeParse(sent.result?.data).data;
  const noted = notedOf(sent);
  const { engine, id } = await pick(ctx, before === undefined ? (noted === undefined ? which : { ...which, container: noted.id }) : { ...which, container: before.id });
  const { inspect: seen } = await inspect(ctx, engine.where, id);
  return verdictOf(action, seen, { startedAt: noted?.startedAt ?? before?.startedAt, same: before?.same ?? false }, earlier);
};

const trace = async (ctx: Ctx, which: Which, sent: Sent, action: Action): Promise<Trace> => {
  const noted = notedOf(sent);
  if (noted === undefined) return { found: "unclear", words: "How the container was before is not on record." };
  const { engine, id } = await pick(ctx, { ...which, container: noted.id });
  const { inspect: seen, engineMs } = await inspect(ctx, engine.where, id);
  const notedMs = sent.serverTimeMs ?? sent.preflight?.serverTimeMs;
  const sinceMs = notedMs === undefined || engineMs === undefined ? undefined : engineMs - notedMs;
  const found = traceOf(action, seen, noted, sinceMs, graceOf(seen));
  return isDone(found) ? { ...found, data: { id, resource: sent.preflight?.target, startedAt: noted.startedAt, finishedAt: noted.finishedAt, same: false } } : found;
};

interface Words {
  readonly title: string;
  readonly about: string;
  readonly effect: "reversible" | "disruptive";
}

export const actingTool = (action: Action, words: Words): Tool<Config, Client, typeof Which> => ({
  ...words,
  input: Which,
  preflight: (ctx, which) => preflight(ctx, which, action),
  run: (ctx, which, noted) => run(ctx, which, noted, action),
  verify: (ctx, which, sent, earlier) => verify(ctx, which, sent, earlier, action),
  trace: (ctx, which, sent) => trace(ctx, which, sent, action),
  undo: (which) => (action === "restart" ? undefined : { tool: action === "start" ? "container_stop" : "container_start", input: { ...which } }),
  deadlineSeconds: DEADLINE_S,
  verifySeconds: VERIFY_S,
});
