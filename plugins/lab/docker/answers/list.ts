// GET /containers/json: the summary of each container and its filters. It refuses a filter the engine does not know, as the engine does.
import { type Box, labelsOf } from "../box.ts";
import { roughly, unixSeconds } from "../time.ts";
import { modeOf, networkOf } from "./network.ts";

const KNOWN = ["status", "name", "id", "label", "health", "ancestor", "exited", "network", "volume", "before", "since", "publish", "expose", "is-task", "isolation"];

export class BadFilter extends Error {}

function statusWords(box: Box, nowMs: number): string {
  if (box.status === "created") return "Created";
  if (box.status === "exited") return `Exited (${box.exitCode}) ${roughly(nowMs - box.finishedMs)} ago`;
  if (box.status === "restarting") return `Restarting (${box.exitCode}) ${roughly(nowMs - box.finishedMs)} ago`;
  const up = `Up ${roughly(nowMs - box.startedMs)}`;
  if (box.paused) return `${up} (Paused)`;
  if (box.health === undefined) return up;
  return box.health.status === "starting" ? `${up} (health: starting)` : `${up} (${box.health.status})`;
}

const commandOf = (words: readonly string[]): string => words.map((word) => (/[\s"]/.test(word) ? `'${word}'` : word)).join(" ");

function summary(box: Box, nowMs: number): Record<string, unknown> {
  const up = box.status === "running";
  return {
    Id: box.id,
    Names: [`/${box.made.name}`],
    Image: box.made.image,
    ImageID: box.imageId,
    Command: commandOf(box.made.command),
    Created: unixSeconds(box.createdMs),
    Ports: up ? (box.made.ports ?? []).map(([inside, outside]) => ({ IP: "0.0.0.0", PrivatePort: inside, PublicPort: outside, Type: "tcp" })) : [],
    Labels: labelsOf(box.made),
    State: box.paused ? "paused" : box.status,
    Status: statusWords(box, nowMs),
    HostConfig: { NetworkMode: modeOf(box) },
    NetworkSettings: { Networks: networkOf(box) },
    Mounts: mountsOf(box),
  };
}

/** Compose puts its project before the name. */
export const volumeOf = ({ made }: Pick<Box, "made">, name: string): string => (made.labels === undefined ? `${made.project}_${name}` : name);

export function mountsOf(box: Box): Record<string, unknown>[] {
  return (box.made.volumes ?? []).map((words) => {
    const [name = "", inside = ""] = words.split(":");
    const volume = volumeOf(box, name);
    return { Type: "volume", Name: volume, Source: `/var/lib/docker/volumes/${volume}/_data`, Destination: inside, Driver: "local", Mode: "z", RW: true, Propagation: "" };
  });
}

function fits(box: Box, filters: Readonly<Record<string, readonly string[]>>): boolean {
  const any = (key: string, test: (value: string) => boolean): boolean => filters[key] === undefined || filters[key].length === 0 || filters[key].some(test);
  return (
    any("status", (word) => word === (box.paused ? "paused" : box.status)) &&
    any("name", (word) => new RegExp(word).test(box.made.name) || new RegExp(word).test(`/${box.made.name}`)) &&
    any("id", (word) => box.id.startsWith(word)) &&
    any("ancestor", (word) => box.made.image === word || box.made.image.split(":")[0] === word || box.imageId.endsWith(word)) &&
    any("exited", (word) => box.status === "exited" && String(box.exitCode) === word) &&
    any("health", (word) => (box.health?.status ?? "none") === word) &&
    any("network", (word) => box.networks.some(({ name, id }) => name === word || id.startsWith(word))) &&
    any("volume", (word) => mountsOf(box).some(({ Name, Destination }) => Name === word || Destination === word)) &&
    any("label", (word) => {
      const [key = "", value] = word.split("=", 2);
      const labels = labelsOf(box.made);
      return labels[key] !== undefined && (value === undefined || labels[key] === value);
    })
  );
}

interface Question {
  all: boolean;
  limit: number;
  filters: Readonly<Record<string, readonly string[]>>;
}

/** Newest first, as the engine sorts them. */
export function list(boxes: readonly Box[], nowMs: number, { all, limit, filters }: Question): Record<string, unknown>[] {
  const unknown = Object.keys(filters).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw new BadFilter(`Invalid filter '${unknown}'`);
  const everything = all || limit > 0 || filters.status !== undefined;
  const chosen = boxes.filter((box) => (everything || box.status === "running" || box.status === "restarting") && fits(box, filters)).sort((a, b) => b.createdMs - a.createdMs);
  return (limit > 0 ? chosen.slice(0, limit) : chosen).map((box) => summary(box, nowMs));
}
