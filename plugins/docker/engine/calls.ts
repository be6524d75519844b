// The questions asked of an engine and what their answers must look like. Each throws JarvisError; nothing here remembers or decides.
import { z } from "jarvis";
import { nonsense } from "./failure.ts";
import { type Reach, request, type Where } from "./reach.ts";
import { Inspect, Stats, Summary, Version } from "./shapes.ts";

const MAX_CONTAINERS = 1_000;

const parsed = <S extends z.ZodType>(schema: S, body: string, where: Where, what: string): z.output<S> => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw nonsense(where.words, `${what} is not JSON: ${body.slice(0, 80)}`);
  }
  const fits = schema.safeParse(value);
  if (fits.success) return fits.data;
  const issue = fits.error.issues[0];
  throw nonsense(where.words, `${what} does not look like Docker's: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
};

export const version = async (ctx: Reach, where: Where): Promise<Version> => parsed(Version, (await request(ctx, where, { path: "/version" })).body, where, "the version");

/** Every container, running or not. */
export const list = async (ctx: Reach, where: Where): Promise<Summary[]> => {
  const answer = await request(ctx, where, { path: "/containers/json", query: { all: "1" } });
  return parsed(z.array(Summary), answer.body, where, "the list of containers").slice(0, MAX_CONTAINERS);
};

/** `engineMs`: the engine's own clock, when its answer told. */
export const inspect = async (ctx: Reach, where: Where, id: string): Promise<{ inspect: Inspect; engineMs: number | undefined; body: string }> => {
  const answer = await request(ctx, where, { path: `/containers/${id}/json` });
  return { inspect: parsed(Inspect, answer.body, where, `container ${id.slice(0, 12)}`), engineMs: answer.serverTimeMs, body: answer.body };
};

export const stats = async (ctx: Reach, where: Where, id: string): Promise<z.output<typeof Stats>> => {
  const answer = await request(ctx, where, { path: `/containers/${id}/stats`, query: { stream: "false", "one-shot": "true" } });
  return parsed(Stats, answer.body, where, `the figures of ${id.slice(0, 12)}`);
};

const REPLY_MARGIN_MS = 15_000;
const START_MS = 30_000;

/** Answers "done", or "same" where there was nothing to do (304). `graceSeconds`: between SIGTERM and SIGKILL. */
export const act = async (ctx: Reach, where: Where, id: string, action: "start" | "stop" | "restart", graceSeconds: number): Promise<"done" | "same"> => {
  const query = action === "start" ? {} : { query: { t: String(graceSeconds) } };
  const timeoutMs = action === "start" ? START_MS : graceSeconds * 1_000 + REPLY_MARGIN_MS;
  const answer = await request(ctx, where, { method: "POST", path: `/containers/${id}/${action}`, ...query, timeoutMs }, [204, 304]);
  return answer.status === 304 ? "same" : "done";
};
