// Volumes made, removed and pruned. It refuses removal of one a container has mounted, running or not.
import { z } from "zod";
import { aboutVolume, mountersOf } from "../answers/usage.ts";
import { type Ask, type Engine, wordsOf, yes } from "../ask.ts";
import { Failure } from "../failure.ts";
import { filtersOf } from "../query.ts";
import { empty, json } from "../reply.ts";
import { makeVolume, type Volume } from "../stock.ts";

const MAX_VOLUMES = 500;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const ANONYMOUS = "com.docker.volume.anonymous";
const Wanted = z.object({ Name: z.string().default(""), Labels: z.record(z.string(), z.string()).nullish() });

export function volumeAt({ stock }: Engine, word: string): Volume {
  const volume = stock.volumes.find(({ name }) => name === word);
  if (!volume) throw new Failure(404, `get ${word}: no such volume`);
  return volume;
}

export function create(ask: Ask) {
  const { engine, response } = ask;
  const { Name, Labels } = wordsOf(ask, Wanted);
  const name = Name === "" ? engine.random.hex(64) : Name;
  if (!NAME.test(name))
    throw new Failure(
      400,
      `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  const there = engine.stock.volumes.find((one) => one.name === name);
  if (there) return json(response, 201, aboutVolume(there));
  if (engine.stock.volumes.length >= MAX_VOLUMES) throw new Failure(500, `the lab keeps at most ${MAX_VOLUMES} volumes`);
  const volume = makeVolume(name, engine.clock.now(), Name === "" ? { [ANONYMOUS]: "" } : (Labels ?? {}));
  engine.stock.volumes.push(volume);
  engine.events.other("volume", "create", name, { driver: "local" });
  engine.noteOther("volume", name, "POST", "/volumes/create");
  json(response, 201, aboutVolume(volume));
}

function discard(engine: Engine, volume: Volume): void {
  engine.stock.volumes.splice(engine.stock.volumes.indexOf(volume), 1);
  engine.events.other("volume", "destroy", volume.name, { driver: "local" });
}

export function remove({ engine, query, response, held: [word = ""] }: Ask) {
  const known = engine.stock.volumes.some(({ name }) => name === word);
  if (!known && yes(query, "force")) return empty(response, 204);
  const volume = volumeAt(engine, word);
  const users = mountersOf(volume, engine.boxes);
  if (users.length > 0) throw new Failure(409, `remove ${word}: volume is in use - [${users.map(({ id }) => id).join(", ")}]`);
  engine.noteOther("volume", word, "DELETE", `/volumes/${word}`);
  discard(engine, volume);
  empty(response, 204);
}

/** Nameless ones; with `all=true` every one that no container mounts. */
export function prune({ engine, query, response }: Ask): void {
  const all = ["1", "true"].includes(filtersOf(query).all?.[0] ?? "false");
  const unused = engine.stock.volumes.filter((volume) => mountersOf(volume, engine.boxes).length === 0 && (all || volume.labels[ANONYMOUS] !== undefined));
  for (const volume of unused) {
    engine.noteOther("volume", volume.name, "POST", "/volumes/prune");
    discard(engine, volume);
  }
  json(response, 200, { VolumesDeleted: unused.length === 0 ? null : unused.map(({ name }) => name), SpaceReclaimed: unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
}
