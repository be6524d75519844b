// Which path is which answer, with and without a `/v1.xx` in front. It refuses unknown paths and versions in the engine's words, and says of what it has not (builds, swarm, plugins, files out of containers) that it has not.
import { act, isAction } from "./act.ts";
import { API_VERSION, info, MIN_API_VERSION, stats, version } from "./answers/about.ts";
import { historyOf, inspectImage, listImages } from "./answers/images.ts";
import { inspect } from "./answers/inspect.ts";
import { BadFilter, list } from "./answers/list.ts";
import { aboutNetwork } from "./answers/networks.ts";
import { aboutVolume, diskUsage, processes } from "./answers/usage.ts";
import type { Ask } from "./ask.ts";
import { isUp } from "./box.ts";
import * as containers from "./changes/containers.ts";
import * as images from "./changes/images.ts";
import * as networks from "./changes/networks.ts";
import * as volumes from "./changes/volumes.ts";
import * as exec from "./exec.ts";
import { Failure } from "./failure.ts";
import { find } from "./find.ts";
import { filtersOf, flag, whole } from "./query.ts";
import { empty, json, text } from "./reply.ts";
import { events, logs, statsEverySecond } from "./streams.ts";

const NO_CACHE = { "Cache-Control": "no-cache, no-store, must-revalidate", Pragma: "no-cache" };
const NO_SWARM = 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

const minorOf = (version: string): number => Number(version.split(".")[1]);

/** Takes the version off a path; refuses one that is too new or too old. */
export function withoutVersion(path: string): string {
  const match = /^\/v(\d+\.\d+)(\/.*)$/.exec(path);
  if (match === null) return path;
  const [, asked = "", rest = ""] = match;
  if (minorOf(asked) > minorOf(API_VERSION) || !asked.startsWith("1."))
    throw new Failure(400, `client version ${asked} is too new. Maximum supported API version is ${API_VERSION}`);
  if (minorOf(asked) < minorOf(MIN_API_VERSION))
    throw new Failure(400, `client version ${asked} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`);
  return rest;
}

function listAnswer({ engine, query }: Ask): Record<string, unknown>[] {
  try {
    return list(engine.boxes, engine.clock.now(), { all: flag(query, "all"), limit: whole(query, "limit") ?? 0, filters: filtersOf(query) });
  } catch (thrown) {
    if (thrown instanceof BadFilter) throw new Failure(400, thrown.message);
    throw thrown;
  }
}

type Run = (ask: Ask) => unknown;

const boxOf = ({ engine, held: [word = ""] }: Ask) => find(engine.boxes, word);

function statsAnswer(ask: Ask): void {
  const { engine, query, response } = ask;
  const once = query.has("stream") && !flag(query, "stream");
  if (once) json(response, 200, stats(boxOf(ask), engine.clock.now(), flag(query, "one-shot")));
  else statsEverySecond(engine, boxOf(ask), response);
}

function top(ask: Ask): void {
  const box = boxOf(ask);
  if (!isUp(box)) throw new Failure(409, `container ${box.id} is not running`);
  json(ask.response, 200, processes(box, ask.engine.clock.now()));
}

async function move(ask: Ask): Promise<void> {
  const [word = "", action = ""] = ask.held;
  if (!isAction(action)) throw new Failure(404, "page not found");
  empty(ask.response, await act(ask.engine, find(ask.engine.boxes, word), action, ask.query, ask.engine.note));
}

const noSwarm: Run = () => {
  throw new Failure(503, NO_SWARM);
};
const lacks: Run = () => {
  throw new Failure(501, "the lab's engine does not do this");
};

/** Tried in their order; a star takes one part of the path, two stars as many as there are. */
const ROUTES: readonly (readonly [method: "GET" | "POST" | "DELETE" | "PUT", path: string, run: Run])[] = [
  ["GET", "/_ping", ({ response }) => text(response, "OK", NO_CACHE)],
  ["GET", "/version", ({ response }) => json(response, 200, version())],
  ["GET", "/info", ({ engine, response }) => json(response, 200, info(engine.boxes, engine.stock.images.length, engine.clock.now()))],
  ["GET", "/events", ({ engine, query, response }) => events(engine, query, response)],
  ["GET", "/system/df", ({ engine, response }) => json(response, 200, diskUsage(engine.stock, engine.boxes, engine.clock.now()))],
  ["POST", "/auth", ({ response }) => json(response, 200, { Status: "Login Succeeded", IdentityToken: "" })],
  ["GET", "/containers/json", (ask) => json(ask.response, 200, listAnswer(ask))],
  ["POST", "/containers/create", containers.create],
  ["POST", "/containers/prune", containers.prune],
  ["GET", "/containers/*/json", (ask) => json(ask.response, 200, inspect(boxOf(ask)))],
  ["GET", "/containers/*/logs", (ask) => logs(ask.engine, boxOf(ask), ask.query, ask.response)],
  ["GET", "/containers/*/stats", statsAnswer],
  ["GET", "/containers/*/top", top],
  ["GET", "/containers/*/changes", (ask) => json(ask.response, 200, boxOf(ask) && [{ Path: "/tmp", Kind: 0 }])],
  ["POST", "/containers/*/exec", exec.create],
  ["POST", "/containers/*/pause", containers.pause(true)],
  ["POST", "/containers/*/unpause", containers.pause(false)],
  ["POST", "/containers/*/rename", containers.rename],
  ["POST", "/containers/*/update", containers.update],
  ["POST", "/containers/*/wait", containers.wait],
  ["POST", "/containers/*/resize", (ask) => boxOf(ask) && empty(ask.response, 200)],
  ["GET", "/containers/*/archive", lacks],
  ["PUT", "/containers/*/archive", lacks],
  ["GET", "/containers/*/export", lacks],
  ["POST", "/containers/*/attach", lacks],
  ["DELETE", "/containers/*", containers.remove],
  ["POST", "/containers/*/*", move],
  ["GET", "/exec/*/json", ({ engine, response, held: [id = ""] }) => json(response, 200, exec.aboutExec(exec.execAt(engine, id)))],
  ["POST", "/exec/*/start", exec.start],
  ["POST", "/exec/*/resize", ({ engine, response, held: [id = ""] }) => exec.execAt(engine, id) && empty(response, 200)],
  ["GET", "/images/json", ({ engine, query, response }) => json(response, 200, listImages(engine.stock.images, filtersOf(query)))],
  ["POST", "/images/create", images.pull],
  ["POST", "/images/prune", images.prune],
  ["GET", "/images/**/json", ({ engine, response, held: [name = ""] }) => json(response, 200, inspectImage(images.imageAt(engine, name)))],
  ["GET", "/images/**/history", ({ engine, response, held: [name = ""] }) => json(response, 200, historyOf(images.imageAt(engine, name)))],
  ["POST", "/images/**/tag", images.tag],
  ["DELETE", "/images/**", images.remove],
  [
    "GET",
    "/networks",
    ({ engine, response }) =>
      json(
        response,
        200,
        engine.stock.networks.map((network) => aboutNetwork(network)),
      ),
  ],
  ["POST", "/networks/create", networks.create],
  ["POST", "/networks/prune", networks.prune],
  ["GET", "/networks/*", ({ engine, response, held: [word = ""] }) => json(response, 200, aboutNetwork(networks.networkAt(engine, word), engine.boxes))],
  ["POST", "/networks/*/connect", networks.connect],
  ["POST", "/networks/*/disconnect", networks.disconnect],
  ["DELETE", "/networks/*", networks.remove],
  ["GET", "/volumes", ({ engine, response }) => json(response, 200, { Volumes: engine.stock.volumes.map(aboutVolume), Warnings: null })],
  ["POST", "/volumes/create", volumes.create],
  ["POST", "/volumes/prune", volumes.prune],
  ["GET", "/volumes/*", ({ engine, response, held: [name = ""] }) => json(response, 200, aboutVolume(volumes.volumeAt(engine, name)))],
  ["DELETE", "/volumes/*", volumes.remove],
  ["POST", "/build/prune", ({ response }) => json(response, 200, { CachesDeleted: null, SpaceReclaimed: 0 })],
  ["POST", "/build", lacks],
  ["POST", "/commit", lacks],
  ["GET", "/plugins", ({ response }) => json(response, 200, [])],
  ...["/swarm", "/services", "/nodes", "/tasks", "/secrets", "/configs"].map((path) => ["GET", path, noSwarm] as const),
];

const TABLE = ROUTES.map(([method, path, run]) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll("**", "(.+)").replaceAll("*", "([^/]+)")}$`),
  run,
}));

export async function answer(asked: Omit<Ask, "held">, method: string, url: URL): Promise<void> {
  const path = withoutVersion(url.pathname);
  const wanted = method === "HEAD" ? "GET" : method;
  for (const route of TABLE) {
    const match = route.method === wanted ? route.pattern.exec(path) : null;
    if (match) return void (await route.run({ ...asked, held: match.slice(1).map(decodeURIComponent) }));
  }
  throw new Failure(404, "page not found");
}
