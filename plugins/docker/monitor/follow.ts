// Follows the engines' event streams and gives a new whole state at once after what matters. Runs until a stream ends; the host starts it again.
import type { Context } from "jarvis";
import type { Config } from "../config.ts";
import type { Client } from "../engine/client.ts";
import { type ContainerEvent, FOLLOWED, isFollowed, readEvent, sinceOf } from "../engine/events.ts";
import { createLines } from "../engine/lines.ts";
import { openStream } from "../engine/reach.ts";
import type { Engine } from "../engine/survey.ts";
import { pictureOf, recall } from "./picture.ts";
import type { State } from "./state.ts";

type Ctx = Context<Config, Client>;

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 30_000;

const questionOf = (engine: Engine): Record<string, string> => {
  const last = engine.events.last();
  return { filters: JSON.stringify({ type: ["container"], event: FOLLOWED }), ...(last === undefined ? {} : { since: sinceOf(last) }) };
};

const take = async (ctx: Ctx, engine: Engine, lines: readonly string[]): Promise<Set<string>> => {
  const touched = new Set<string>();
  const fresh = lines
    .map((line) => readEvent(line, engine.where.name))
    .filter((event): event is ContainerEvent => event !== undefined && isFollowed(event.action) && engine.events.note(event));
  for (const event of fresh) {
    touched.add(event.id);
    await ctx.publish("events", event);
  }
  return touched;
};

/** One engine's stream, once: subscribe first, then list, so that nothing falls between the two. */
const followOnce = async (ctx: Ctx, engine: Engine, changed: () => void): Promise<void> => {
  const stream = await openStream(ctx, engine.where, { path: "/events", query: questionOf(engine) });
  const lines = createLines();
  try {
    engine.events.begins(ctx.now());
    engine.doubt();
    await engine.survey(ctx);
    changed();
    for (let bytes = await stream.next(); bytes !== undefined; bytes = await stream.next()) {
      const touched = await take(ctx, engine, lines.push(bytes));
      if (touched.size === 0) continue;
      await engine.look(ctx, touched);
      changed();
    }
  } finally {
    engine.events.ends();
    await stream.close();
  }
};

/** Beside others, an engine that fails is tried again by itself: its trouble must not cut the others' streams. */
const followOn = async (ctx: Ctx, engine: Engine, changed: () => void): Promise<void> => {
  for (let waitMs = RETRY_FIRST_MS; !ctx.signal.aborted; waitMs = Math.min(RETRY_LAST_MS, waitMs * 2)) {
    const startedMs = ctx.now();
    try {
      await followOnce(ctx, engine, changed);
    } catch (thrown) {
      ctx.log(`the events of ${engine.where.name} broke off`, { words: thrown instanceof Error ? thrown.message : "unknown" });
    }
    if (ctx.now() - startedMs > RETRY_LAST_MS) waitMs = RETRY_FIRST_MS;
    await ctx.pause(waitMs);
  }
};

export const follow = async (ctx: Ctx, emit: (state: State) => void): Promise<void> => {
  const { engines } = ctx.client;
  const changed = (): void => emit(pictureOf(ctx.client, ctx.now()));
  await recall(ctx);
  const [only] = engines;
  if (only === undefined) return untilAborted(ctx);
  if (engines.length === 1) return followOnce(ctx, only, changed);
  await Promise.all(engines.map((engine) => followOn(ctx, engine, changed)));
};

const IDLE_MS = 60_000;

/** No engine is configured: there is nothing to follow and nothing to fail. */
const untilAborted = async (ctx: Ctx): Promise<void> => {
  while (!ctx.signal.aborted) await ctx.pause(IDLE_MS);
};
