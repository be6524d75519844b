// Finds the one container a person or a program means: by name, resource id, whole id or the start of an id. It refuses what could be two.
import { JarvisError, z } from "jarvis";
import { list } from "./engine/calls.ts";
import type { Client } from "./engine/client.ts";
import type { Reach } from "./engine/reach.ts";
import type { Summary } from "./engine/shapes.ts";
import type { Engine } from "./engine/survey.ts";
import { pictureOf } from "./monitor/picture.ts";

export const Which = z.object({
  container: z.string().min(1).max(255).describe("Name, resource id (container/HOST/NAME), id or the start of an id"),
  host: z.string().min(1).max(40).optional().describe("The Docker host's name in the configuration; needed only when two hosts have a container of that name"),
});
export type Which = z.output<typeof Which>;

export interface Picked {
  readonly engine: Engine;
  readonly id: string;
  readonly name: string;
  /** `container/HOST/NAME`. */
  readonly resource: string;
  /** Resource ids of the containers that live in its network: stopping it cuts them off, and starting it does not bring them back. */
  readonly sharing: readonly string[];
}

type Asking = Reach & { readonly client: Client };

const LEAST_PREFIX = 4;
const MOST_CANDIDATES = 10;

const nameOf = (summary: Summary): string => (summary.Names?.[0] ?? summary.Id.slice(0, 12)).replace(/^\//, "");

/** The resource id the monitor gave it, so that both always agree; a container it has not seen yet is named as it will be. */
const resourceOf = (engine: Engine, summary: Summary): string => `container/${engine.where.name}/${engine.slugOf(summary.Id) ?? nameOf(summary).toLowerCase()}`;

const candidatesOn = async (ctx: Reach, engine: Engine): Promise<Picked[]> => {
  const all = await list(ctx, engine.where);
  const livesIn = (one: Summary, other: Summary): boolean => [`container:${other.Id}`, `container:${nameOf(other)}`].includes(one.HostConfig?.NetworkMode ?? "");
  return all.map((summary) => ({
    engine,
    id: summary.Id,
    name: nameOf(summary),
    resource: resourceOf(engine, summary),
    sharing: all.filter((one) => livesIn(one, summary)).map((one) => resourceOf(engine, one)),
  }));
};

/** Of an engine that is silent what was last seen on it: enough to know that a name may be its, not to touch anything there. */
const rememberedOn = (ctx: Asking, engine: Engine): Picked[] =>
  Object.values(pictureOf(ctx.client, ctx.now()).containers)
    .filter(({ host }) => host === engine.where.name)
    .map(({ id, name, resource }) => ({ engine, id, name, resource, sharing: [] }));

/** The best kind of match wins: exact name, exact id, the name in other letters, the start of an id. */
const matching = (candidates: readonly Picked[], word: string): readonly Picked[] => {
  const lower = word.toLowerCase();
  const kinds: ((one: Picked) => boolean)[] = [
    (one) => one.name === word,
    (one) => one.id === lower || one.resource === lower,
    (one) => one.name.toLowerCase() === lower,
    (one) => lower.length >= LEAST_PREFIX && /^[0-9a-f]+$/.test(lower) && one.id.startsWith(lower),
  ];
  for (const fits of kinds) {
    const found = candidates.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
};

const enginesFor = (client: Client, host: string | undefined): readonly Engine[] => {
  if (client.engines.length === 0) throw new JarvisError("configuration", { message: "No Docker host is configured: add plugins.docker.hosts to jarvis.yaml." });
  if (host === undefined) return client.engines;
  const found = client.engines.filter((engine) => engine.where.name === host.toLowerCase());
  if (found.length > 0) return found;
  throw new JarvisError("not_found", { message: `There is no Docker host ${host.slice(0, 40)}; there are: ${client.engines.map((engine) => engine.where.name).join(", ")}.` });
};

/** Asks the engines themselves, so that a container made a second ago is found and a removed one is not. */
export const pick = async (ctx: Asking, which: Which): Promise<Picked> => {
  const engines = enginesFor(ctx.client, which.host ?? /^container\/([^/]+)\//i.exec(which.container)?.[1]);
  const answers = await Promise.allSettled(engines.map((engine) => candidatesOn(ctx, engine)));
  const candidates = answers.flatMap((answer, index) => (answer.status === "fulfilled" ? answer.value : engines.slice(index, index + 1).flatMap((one) => rememberedOn(ctx, one))));
  const found = matching(candidates, which.container);
  const [only] = found;
  const silent = only === undefined ? undefined : answers[engines.indexOf(only.engine)];
  if (silent?.status === "rejected" && found.length === 1) throw silent.reason;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) {
    const names = found.slice(0, MOST_CANDIDATES).map((one) => `${one.resource} (${one.id.slice(0, 12)})`);
    throw new JarvisError("ambiguous", { message: `${which.container} could be ${names.join(" or ")}: say which, by host or by id.`, data: { candidates: names } });
  }
  // With an engine silent, "there is none" would be a guess.
  const failed = answers.find((answer) => answer.status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  throw new JarvisError("not_found", { message: `There is no container ${which.container} on ${engines.map((engine) => engine.where.name).join(", ")}.` });
};
