// Images pulled, tagged, removed and pruned. It refuses what a registry would not give and what containers still use.
import { type Ask, type Engine, yes } from "../ask.ts";
import { isUp } from "../box.ts";
import { CATALOG } from "../catalog.ts";
import { Failure } from "../failure.ts";
import { filtersOf } from "../query.ts";
import { empty, json, stream } from "../reply.ts";
import { digestOf, type Image, imageNamed, makeImage, usersOf } from "../stock.ts";

const REFERENCE = /^[a-z0-9]+([._/:-][a-z0-9]+)*$/i;
const PULL_MS = 2_500;
const STEPS = 3;
const MAX_IMAGES = 500;
const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);
const repositoryOf = (tag: string): string => tag.replace(/:[^:/]+$/, "");
/** Beside those of the house, what the lab's registry has. */
const LIBRARY = ["alpine", "busybox", "caddy", "debian", "hello-world", "httpd", "mariadb", "nginx", "postgres", "python", "redis", "traefik", "ubuntu"];
const KNOWN = new Set([...CATALOG.map(({ image }) => repositoryOf(image)), ...LIBRARY]);

export function imageAt({ stock }: Engine, word: string): Image {
  const image = imageNamed(stock, word);
  if (!image) throw new Failure(404, `No such image: ${word.startsWith("sha256:") || /:[^/]+$/.test(word) ? word : `${word}:latest`}`);
  return image;
}

export async function pull({ engine, query, response }: Ask): Promise<void> {
  const from = query.get("fromImage") ?? "";
  if (!REFERENCE.test(from)) throw new Failure(400, "invalid reference format");
  const tag = query.get("tag") || (/:[^/]+$/.exec(from)?.[0].slice(1) ?? "latest");
  const repository = repositoryOf(from).replace(/^(docker\.io\/)?(library\/)?/, "");
  if (!KNOWN.has(repository))
    throw new Failure(404, `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`);
  const name = `${repository}:${tag}`;
  const there = imageNamed(engine.stock, name);
  const out = stream(response, "application/json", () => undefined);
  const say = (words: Record<string, unknown>): void => out.write(`${JSON.stringify(words)}\r\n`);
  say({ status: `Pulling from ${repository.includes("/") ? repository : `library/${repository}`}`, id: tag });
  const image = there ?? makeImage(name, engine.clock.now());
  if (!there) {
    const layer = short(digestOf(`layer/${image.id}`));
    say({ status: "Pulling fs layer", progressDetail: {}, id: layer });
    for (let step = 1; step <= STEPS; step++) {
      await engine.clock.sleep(PULL_MS / STEPS);
      say({ status: "Downloading", progressDetail: { current: Math.floor((image.sizeBytes * step) / STEPS), total: image.sizeBytes }, id: layer });
    }
    say({ status: "Pull complete", progressDetail: {}, id: layer });
    if (engine.stock.images.length < MAX_IMAGES && !imageNamed(engine.stock, name)) engine.stock.images.push(image);
  }
  say({ status: `Digest: sha256:${digestOf(`manifest/${image.id}`)}` });
  say({ status: `Status: ${there ? "Image is up to date" : "Downloaded newer image"} for ${name}` });
  engine.events.other("image", "pull", name, { name: repository });
  engine.noteOther("image", name, "POST", "/images/create");
  out.end();
}

export function tag({ engine, query, response, held: [word = ""] }: Ask): void {
  const image = imageAt(engine, word);
  const [repository, name] = [query.get("repo") ?? "", query.get("tag") || "latest"];
  if (!REFERENCE.test(repository)) throw new Failure(400, "invalid reference format");
  const whole = `${repository}:${name}`;
  for (const other of engine.stock.images) other.tags = other.tags.filter((one) => one !== whole);
  image.tags.push(whole);
  engine.events.other("image", "tag", image.id, { name: whole });
  engine.noteOther("image", whole, "POST", `/images/${word}/tag`);
  empty(response, 201);
}

function discard(engine: Engine, image: Image): Record<string, string>[] {
  engine.stock.images.splice(engine.stock.images.indexOf(image), 1);
  for (const one of image.tags) engine.events.other("image", "untag", image.id, { name: one });
  engine.events.other("image", "delete", image.id, { name: image.id });
  return [...image.tags.map((one) => ({ Untagged: one })), { Deleted: image.id }];
}

export function remove({ engine, query, response, held: [word = ""] }: Ask) {
  const image = imageAt(engine, word);
  const byTag = image.tags.find((one) => one === word || one === `${word}:latest`);
  const users = usersOf(image, engine.boxes);
  const running = users.find(isUp);
  const path = `/images/${word}`;
  if (byTag !== undefined && image.tags.length > 1) {
    image.tags = image.tags.filter((one) => one !== byTag);
    engine.events.other("image", "untag", image.id, { name: byTag });
    engine.noteOther("image", byTag, "DELETE", path);
    return json(response, 200, [{ Untagged: byTag }]);
  }
  if (running && byTag === undefined)
    throw new Failure(409, `conflict: unable to delete ${short(image.id)} (cannot be forced) - image is being used by running container ${running.id.slice(0, 12)}`);
  const [user] = users;
  if (user && !yes(query, "force"))
    throw new Failure(
      409,
      `conflict: unable to remove repository reference "${word}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short(image.id)}`,
    );
  engine.noteOther("image", word, "DELETE", path);
  if (users.length > 0 && byTag !== undefined) {
    image.tags = [];
    engine.events.other("image", "untag", image.id, { name: byTag });
    return json(response, 200, [{ Untagged: byTag }]);
  }
  json(response, 200, discard(engine, image));
}

/** Those without a tag; with `dangling=false` all that no container uses. */
export function prune({ engine, query, response }: Ask): void {
  const all = ["0", "false"].includes(filtersOf(query).dangling?.[0] ?? "true");
  const unused = engine.stock.images.filter((image) => usersOf(image, engine.boxes).length === 0 && (all || image.tags.length === 0));
  if (unused.length > 0) engine.noteOther("image", "unused", "POST", "/images/prune");
  json(response, 200, {
    ImagesDeleted: unused.length === 0 ? null : unused.flatMap((image) => discard(engine, image)),
    SpaceReclaimed: unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  });
}
