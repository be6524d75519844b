// Containers made, renamed, limited, frozen, waited for and removed. It refuses as the engine does: taken names, missing images, removal of what runs.
import { z } from "zod";
import { mountsOf } from "../answers/list.ts";
import { type Ask, type Engine, wordsOf, yes } from "../ask.ts";
import { type Box, freshBox, isUp } from "../box.ts";
import type { Definition } from "../catalog.ts";
import { Failure } from "../failure.ts";
import { find } from "../find.ts";
import * as lifecycle from "../lifecycle.ts";
import { filtersOf } from "../query.ts";
import { empty, json, stream } from "../reply.ts";
import { attach, imageNamed, makeVolume } from "../stock.ts";

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const MAX_CONTAINERS = 500;
const MiB = 1_048_576;
const RESTARTS = ["no", "on-failure", "always", "unless-stopped"] as const;

const Policy = z.object({ Name: z.enum(["", ...RESTARTS]).default(""), MaximumRetryCount: z.number().int().default(0) });
const Words = z.union([z.array(z.string()), z.string().transform((one) => [one])]).nullish();
const Wanted = z.object({
  Image: z.string().default(""),
  Cmd: Words,
  Entrypoint: Words,
  Env: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Healthcheck: z.object({ Test: z.array(z.string()).default([]) }).nullish(),
  HostConfig: z
    .object({
      RestartPolicy: Policy.nullish(),
      NetworkMode: z.string().nullish(),
      Binds: z.array(z.string()).nullish(),
      PortBindings: z.record(z.string(), z.array(z.object({ HostPort: z.string().default("") }))).nullish(),
    })
    .nullish(),
});
type Wanted = z.output<typeof Wanted>;
const Limits = z.object({ RestartPolicy: Policy.nullish(), Memory: z.number().nullish() });

const restartOf = (policy: z.output<typeof Policy> | null | undefined): Definition["restart"] => ({
  name: policy === null || policy === undefined || policy.Name === "" ? "no" : policy.Name,
  retries: policy?.MaximumRetryCount ?? 0,
});

function nameFor({ boxes, random }: Engine, asked: string | null): string {
  if (asked === null || asked === "") return `quiet_${random.hex(6)}`;
  if (!NAME.test(asked)) throw new Failure(400, `Invalid container name (${asked}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  const name = asked.replace(/^\//, "");
  const holder = boxes.find(({ made }) => made.name === name);
  if (holder)
    throw new Failure(
      409,
      `Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  return name;
}

/** Kind words of what a stranger's image prints and how it ends: nobody wrote them down for it. */
function definitionOf(name: string, wanted: Wanted, command: readonly string[]): Definition {
  const { HostConfig, Healthcheck, Env, Labels } = wanted;
  const [kind, ...check] = Healthcheck?.Test ?? [];
  const ports = Object.entries(HostConfig?.PortBindings ?? {}).flatMap(([inside, out]) =>
    out.map(({ HostPort }): [number, number] => [Number.parseInt(inside, 10), Number(HostPort)]),
  );
  return {
    name,
    image: wanted.Image,
    project: "",
    labels: Labels ?? {},
    command,
    env: Env ?? [],
    ports,
    restart: restartOf(HostConfig?.RestartPolicy),
    ...(kind?.startsWith("CMD") ? { health: check.join(" ") } : {}),
    exitOnTerm: 143,
    stopMs: 400,
    memoryMiB: 24,
    cpu: 0.01,
    volumes: (HostConfig?.Binds ?? []).filter((bind) => !bind.startsWith("/")),
    hello: ["started"],
    last: "fatal: out of luck",
  };
}

export function create(ask: Ask): void {
  const { engine, query, response } = ask;
  const wanted = wordsOf(ask, Wanted);
  const image = imageNamed(engine.stock, wanted.Image);
  if (!image) throw new Failure(404, `No such image: ${/:[^/]+$/.test(wanted.Image) ? wanted.Image : `${wanted.Image}:latest`}`);
  const name = nameFor(engine, query.get("name"));
  if (engine.boxes.length >= MAX_CONTAINERS) throw new Failure(500, `the lab keeps at most ${MAX_CONTAINERS} containers`);
  const given = [...(wanted.Entrypoint ?? []), ...(wanted.Cmd ?? [])];
  const mode = wanted.HostConfig?.NetworkMode ?? "default";
  const network = engine.stock.networks.find(({ name: one, id }) => one === (mode === "default" ? "bridge" : mode) || id === mode);
  if (!network) throw new Failure(404, `network ${mode} not found`);
  const box = freshBox(
    definitionOf(name, wanted, given.length === 0 ? image.command : given),
    { imageId: image.id, networks: [attach(network, engine.boxes)] },
    engine.clock.now(),
    engine.random,
  );
  for (const { Name } of mountsOf(box)) if (!engine.stock.volumes.some(({ name: one }) => one === Name)) engine.stock.volumes.push(makeVolume(String(Name), engine.clock.now()));
  engine.boxes.push(box);
  engine.events.add(box, "create");
  engine.note(box, "POST", "/containers/create");
  json(response, 201, { Id: box.id, Warnings: [] });
}

function drop(engine: Engine, box: Box): void {
  lifecycle.destroy(engine, box);
  engine.boxes.splice(engine.boxes.indexOf(box), 1);
  for (const follower of box.followers) follower(undefined);
}

export function remove({ engine, query, response, held: [word = ""] }: Ask): void {
  const box = find(engine.boxes, word);
  if ((isUp(box) || box.status === "restarting") && !yes(query, "force"))
    throw new Failure(
      409,
      `cannot remove container "/${box.made.name}": container is ${box.paused ? "paused and must be unpaused first" : `${box.status}: stop the container before removing or force remove`}`,
    );
  engine.note(box, "DELETE", `/containers/${box.made.name}`);
  drop(engine, box);
  empty(response, 204);
}

export function prune({ engine, query, response }: Ask): void {
  const until = filtersOf(query).until?.[0];
  if (until !== undefined && !/^\d/.test(until)) throw new Failure(400, `failed to parse value as time or duration: "${until}"`);
  const stopped = engine.boxes.filter((box) => box.status === "exited" || box.status === "created");
  for (const box of stopped) {
    engine.note(box, "POST", "/containers/prune");
    drop(engine, box);
  }
  json(response, 200, { ContainersDeleted: stopped.map(({ id }) => id), SpaceReclaimed: stopped.length * 2 * MiB });
}

export function rename({ engine, query, response, held: [word = ""] }: Ask): void {
  const box = find(engine.boxes, word);
  const asked = query.get("name") ?? "";
  if (asked === "") throw new Failure(400, "Neither old nor new names may be empty");
  if (asked.replace(/^\//, "") === box.made.name) throw new Failure(400, "Renaming a container with the same name as its current name");
  const [before, name] = [box.made.name, nameFor(engine, asked)];
  // Compose goes on by its labels, whatever the name.
  engine.note(box, "POST", `/containers/${before}/rename`);
  box.made = { ...box.made, name };
  engine.events.add(box, "rename", { oldName: `/${before}` });
  empty(response, 204);
}

export function update(ask: Ask): void {
  const {
    engine,
    response,
    held: [word = ""],
  } = ask;
  const box = find(engine.boxes, word);
  const { RestartPolicy } = wordsOf(ask, Limits);
  engine.note(box, "POST", `/containers/${box.made.name}/update`);
  if (RestartPolicy) box.made = { ...box.made, restart: restartOf(RestartPolicy) };
  engine.events.add(box, "update");
  json(response, 200, { Warnings: [] });
}

export const pause =
  (paused: boolean) =>
  ({ engine, response, held: [word = ""] }: Ask): void => {
    const box = find(engine.boxes, word);
    if (!isUp(box)) throw new Failure(409, `Container ${box.id} is not running`);
    if (lifecycle.pause(engine, box, paused) === "same")
      throw paused ? new Failure(409, `Container ${box.id} is already paused`) : new Failure(500, `Container ${box.id} is not paused`);
    engine.note(box, "POST", `/containers/${box.made.name}/${paused ? "pause" : "unpause"}`);
    empty(response, 204);
  };

/** Answers its head at once and the exit code when there is one. */
export function wait({ engine, query, response, held: [word = ""] }: Ask) {
  const box = find(engine.boxes, word);
  const condition = query.get("condition") ?? "not-running";
  let leave = (): void => {};
  const out = stream(response, "application/json", () => leave());
  const tell = (): void => {
    out.write(`${JSON.stringify({ StatusCode: box.exitCode })}\n`);
    out.end();
  };
  if (condition === "not-running" && !isUp(box)) return tell();
  const follower = (line: unknown): void => {
    if (line === undefined && (condition !== "removed" || !engine.boxes.includes(box))) tell();
  };
  box.followers.add(follower);
  leave = () => box.followers.delete(follower);
}
