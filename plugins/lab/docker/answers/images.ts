// GET /images/json, /images/NAME/json and its history: what an image is, as the engine words it. It refuses a filter the engine does not know.
import type { Box } from "../box.ts";
import { Failure } from "../failure.ts";
import { digestOf, type Image, usersOf } from "../stock.ts";
import { rfc3339, unixSeconds } from "../time.ts";

const KNOWN = ["dangling", "reference", "label", "before", "since", "until"];

const digestsOf = ({ tags, id }: Image): string[] => [...new Set(tags.map((tag) => `${tag.replace(/:[^:/]+$/, "")}@sha256:${digestOf(`manifest/${id}`)}`))];

export const imageSummary = (image: Image, containers = -1): Record<string, unknown> => ({
  Containers: containers,
  Created: unixSeconds(image.createdMs),
  Id: image.id,
  Labels: null,
  ParentId: "",
  RepoDigests: digestsOf(image),
  RepoTags: image.tags,
  SharedSize: -1,
  Size: image.sizeBytes,
});

/** `grafana/*`, `postgres`, `postgres:16-alpine`. */
const refersTo = (word: string, { tags }: Image): boolean => {
  const pattern = new RegExp(`^${word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}$`);
  return tags.some((tag) => pattern.test(tag) || pattern.test(tag.replace(/:[^:/]+$/, "")));
};

export function listImages(images: readonly Image[], filters: Readonly<Record<string, readonly string[]>>): Record<string, unknown>[] {
  const unknown = Object.keys(filters).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw new Failure(400, `invalid filter '${unknown}'`);
  const dangling = filters.dangling?.[0];
  return images
    .filter((image) => dangling === undefined || ["1", "true"].includes(dangling) === (image.tags.length === 0))
    .filter((image) => filters.reference === undefined || filters.reference.some((word) => refersTo(word, image)))
    .map((image) => imageSummary(image));
}

export const inspectImage = (image: Image): Record<string, unknown> => ({
  Id: image.id,
  RepoTags: image.tags,
  RepoDigests: digestsOf(image),
  Parent: "",
  Comment: "buildkit.dockerfile.v0",
  Created: rfc3339(image.createdMs),
  DockerVersion: "",
  Author: "",
  Config: {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    Cmd: image.command,
    Image: "",
    Volumes: null,
    WorkingDir: "/",
    Entrypoint: null,
    OnBuild: null,
    Labels: null,
  },
  Architecture: "amd64",
  Os: "linux",
  Size: image.sizeBytes,
  GraphDriver: { Data: null, Name: "overlay2" },
  RootFS: { Type: "layers", Layers: [`sha256:${digestOf(`layer/${image.id}`)}`] },
  Metadata: { LastTagTime: rfc3339(image.createdMs) },
});

export const historyOf = (image: Image): Record<string, unknown>[] => [
  { Comment: "buildkit.dockerfile.v0", Created: unixSeconds(image.createdMs), CreatedBy: `CMD ${JSON.stringify(image.command)}`, Id: image.id, Size: 0, Tags: image.tags },
  { Comment: "", Created: unixSeconds(image.createdMs), CreatedBy: "ADD rootfs.tar.gz / # buildkit", Id: "<missing>", Size: image.sizeBytes, Tags: null },
];

export const usageOfImage = (image: Image, boxes: readonly Box[]): Record<string, unknown> => ({ ...imageSummary(image, usersOf(image, boxes).length), SharedSize: 0 });
