// What an engine told about one container before now: the events remembered from the stream, and the engine's own last 256, put together; and how far back nothing is missing.
import { byText } from "jarvis";
import { type ContainerEvent, isFollowed, readEvent } from "./events.ts";
import { type Reach, request } from "./reach.ts";
import type { Engine } from "./survey.ts";

/** The engine keeps this many events, health checks' included, and forgets them when it restarts. */
const ENGINE_KEEPS = 256;
const BEGINNING = "1";
/** A stop's signal comes at most this long before the end it brought about. */
const STOP_TAKES_MS = 120_000;
const SAME_MS = 2_000;

export interface Past {
  /** Oldest first, of this container only. */
  readonly events: readonly ContainerEvent[];
  /** Can no event of a stop that ended then have been missed? */
  coversSince(endedMs: number): boolean;
}

const timeMs = (event: ContainerEvent): number => Date.parse(event.at);

export const past = async (ctx: Reach, engine: Engine, id: string): Promise<Past> => {
  const known = engine.events.of(id).at(-1);
  // The engine's clock may run ahead of ours: what the stream told already must lie inside.
  const until = (Math.max(ctx.now(), known === undefined ? 0 : timeMs(known) + 2) / 1_000).toFixed(3);
  // Unfiltered: only so does the number of events tell whether older ones fell out.
  const answer = await request(ctx, engine.where, { path: "/events", query: { since: BEGINNING, until } });
  const lines = answer.body.split("\n").filter((line) => line !== "");
  const kept = lines.map((line) => readEvent(line, engine.where.name)).filter((event): event is ContainerEvent => event !== undefined);
  const oldestMs = oldest(lines);
  const mine = kept.filter((event) => event.id === id && isFollowed(event.action));
  const remembered = engine.events.of(id).filter((event) => !mine.some((known) => known.nano === event.nano && known.action === event.action));
  const events = [...remembered, ...mine].sort((a, b) => a.nano.length - b.nano.length || byText(a.nano, b.nano));
  const coversSince = (endedMs: number): boolean => {
    const followedMs = engine.events.coveredSinceMs();
    if (followedMs !== undefined && followedMs <= endedMs - STOP_TAKES_MS) return true;
    const hasEnd = mine.some((event) => event.action === "die" && Math.abs(timeMs(event) - endedMs) <= SAME_MS);
    const reachesBack = lines.length < ENGINE_KEEPS || oldestMs <= endedMs - STOP_TAKES_MS;
    return hasEnd && reachesBack;
  };
  return { events, coversSince };
};

const oldest = (lines: readonly string[]): number => Number(/"time":(\d{9,11})\b/.exec(lines[0] ?? "")?.[1] ?? Number.POSITIVE_INFINITY) * 1_000;
