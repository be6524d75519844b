// Which path is which answer, with and without a `/v1.xx` in front. It refuses unknown paths and versions in the engine's words; nothing beyond these paths exists.
import type { ServerResponse } from "node:http";
import { act, isAction, type Note } from "./act.ts";
import { API_VERSION, info, MIN_API_VERSION, stats, version } from "./answers/about.ts";
import { inspect } from "./answers/inspect.ts";
import { BadFilter, list } from "./answers/list.ts";
import type { Box } from "./box.ts";
import { Failure } from "./failure.ts";
import { find } from "./find.ts";
import { filtersOf, flag, whole } from "./query.ts";
import { empty, json, text } from "./reply.ts";
import { events, logs, statsEverySecond } from "./streams.ts";
import type { World } from "./world.ts";

const NO_CACHE = { "Cache-Control": "no-cache, no-store, must-revalidate", Pragma: "no-cache" };

export interface Engine extends World {
  readonly boxes: readonly Box[];
  readonly note: Note;
}

const minorOf = (version: string): number => Number(version.split(".")[1]);

/** Takes the version off a path; refuses one that is too new or too old. */
function withoutVersion(path: string): string {
  const match = /^\/v(\d+\.\d+)(\/.*)$/.exec(path);
  if (match === null) return path;
  const [, asked = "", rest = ""] = match;
  if (minorOf(asked) > minorOf(API_VERSION) || !asked.startsWith("1."))
    throw new Failure(400, `client version ${asked} is too new. Maximum supported API version is ${API_VERSION}`);
  if (minorOf(asked) < minorOf(MIN_API_VERSION))
    throw new Failure(400, `client version ${asked} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`);
  return rest;
}

function listAnswer(engine: Engine, query: URLSearchParams): Record<string, unknown>[] {
  try {
    return list(engine.boxes, engine.clock.now(), { all: flag(query, "all"), limit: whole(query, "limit") ?? 0, filters: filtersOf(query) });
  } catch (thrown) {
    if (thrown instanceof BadFilter) throw new Failure(400, thrown.message);
    throw thrown;
  }
}

function read(engine: Engine, path: string, query: URLSearchParams, response: ServerResponse) {
  const nowMs = engine.clock.now();
  if (path === "/_ping") return text(response, "OK", NO_CACHE);
  if (path === "/version") return json(response, 200, version());
  if (path === "/info") return json(response, 200, info(engine.boxes, nowMs));
  if (path === "/events") return events(engine, query, response);
  if (path === "/containers/json") return json(response, 200, listAnswer(engine, query));
  const [, word = "", what = ""] = /^\/containers\/([^/]+)\/(json|logs|stats)$/.exec(path) ?? [];
  if (what === "") throw new Failure(404, "page not found");
  const box = find(engine.boxes, decodeURIComponent(word));
  if (what === "json") return json(response, 200, inspect(box));
  if (what === "logs") return logs(engine, box, query, response);
  const once = query.has("stream") && !flag(query, "stream");
  return once ? json(response, 200, stats(box, nowMs, flag(query, "one-shot"))) : statsEverySecond(engine, box, response);
}

export async function answer(engine: Engine, method: string, url: URL, response: ServerResponse): Promise<void> {
  const path = withoutVersion(url.pathname);
  if (method === "GET" || method === "HEAD") return read(engine, path, url.searchParams, response);
  const [, word = "", action = ""] = /^\/containers\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  if (method !== "POST" || !isAction(action)) throw new Failure(404, "page not found");
  empty(response, await act(engine, find(engine.boxes, decodeURIComponent(word)), action, url.searchParams, engine.note));
}
