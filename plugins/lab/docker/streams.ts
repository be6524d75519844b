// The answers that do not end by themselves: /events, followed logs and streaming stats. Each ends with its client, its `until`, or the container.
import type { ServerResponse } from "node:http";
import { stats } from "./answers/about.ts";
import { chooseLines, frame, type LogQuestion, wantsLine } from "./answers/logs.ts";
import type { Box, LogLine } from "./box.ts";
import { type EngineEvent, printEvent, wants } from "./events.ts";
import { Failure } from "./failure.ts";
import { filtersOf, flag } from "./query.ts";
import { stream } from "./reply.ts";
import { readTime } from "./time.ts";
import type { World } from "./world.ts";

const STATS_EVERY_MS = 1_000;

export function events(world: World, query: URLSearchParams, response: ServerResponse) {
  const nowMs = world.clock.now();
  const filters = filtersOf(query);
  const sinceMs = readTime(query.get("since"), nowMs);
  const untilMs = readTime(query.get("until"), nowMs);
  let leave = (): void => {};
  const out = stream(response, "application/json", () => leave());
  const tell = (event: EngineEvent): void => {
    if (wants(filters, event) && event.atMs >= (sinceMs ?? 0) && event.atMs <= (untilMs ?? Number.POSITIVE_INFINITY)) out.write(printEvent(event));
  };
  if (sinceMs !== undefined || untilMs !== undefined) for (const event of world.events.past()) tell(event);
  if (untilMs !== undefined && untilMs <= nowMs) return out.end();
  const unfollow = world.events.follow(tell);
  const cancel = untilMs === undefined ? () => {} : world.clock.after(untilMs - nowMs, () => out.end());
  leave = () => {
    unfollow();
    cancel();
  };
}

function logQuestion(query: URLSearchParams, nowMs: number): LogQuestion {
  const stdout = flag(query, "stdout");
  const stderr = flag(query, "stderr");
  if (!stdout && !stderr) throw new Failure(400, "Bad parameters: you must choose at least one stream");
  const tail = /^\d+$/.test(query.get("tail") ?? "") ? Number(query.get("tail")) : undefined;
  return { stdout, stderr, timestamps: flag(query, "timestamps"), sinceMs: readTime(query.get("since"), nowMs), untilMs: readTime(query.get("until"), nowMs), tail };
}

const MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

export function logs(world: World, box: Box, query: URLSearchParams, response: ServerResponse) {
  const question = logQuestion(query, world.clock.now());
  let leave = (): void => {};
  const out = stream(response, MULTIPLEXED, () => leave());
  for (const line of chooseLines(box, question)) out.write(frame(line, question.timestamps));
  if (!flag(query, "follow") || box.status !== "running") return out.end();
  const follower = (line: LogLine | undefined) => {
    if (line === undefined) return out.end();
    if (wantsLine(question, line)) out.write(frame(line, question.timestamps));
  };
  box.followers.add(follower);
  leave = () => box.followers.delete(follower);
}

export function statsEverySecond(world: World, box: Box, response: ServerResponse) {
  let cancel = (): void => {};
  const out = stream(response, "application/json", () => cancel());
  const tell = (): void => out.write(`${JSON.stringify(stats(box, world.clock.now(), false))}\n`);
  tell();
  cancel = world.clock.every(STATS_EVERY_MS, tell);
}
