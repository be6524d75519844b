// What the engine holds beside containers: images, networks, volumes, and the commands run inside containers. Made from the containers there are; it refuses nothing.
import { createHash } from "node:crypto";
import type { Box } from "./box.ts";
import type { Definition } from "./catalog.ts";

const DAY_MS = 86_400_000;
const MiB = 1_048_576;
export const BUILT_IN = ["bridge", "host", "none"] as const;

export interface Image {
  readonly id: string;
  /** `grafana/grafana:12.2.0`; none: dangling. */
  tags: string[];
  readonly sizeBytes: number;
  readonly createdMs: number;
  readonly command: readonly string[];
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** First three numbers, `172.20.0`; empty on host and none. */
  readonly subnet: string;
  readonly internal: boolean;
  readonly createdMs: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Volume {
  readonly name: string;
  readonly createdMs: number;
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Exec {
  readonly id: string;
  readonly box: Box;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly env: readonly string[];
  running: boolean;
  exitCode: number | null;
  pid: number;
}

export interface Stock {
  readonly images: Image[];
  readonly networks: Network[];
  readonly volumes: Volume[];
  readonly execs: Map<string, Exec>;
}

/** The same for the same words, as an image's digest is for its content. */
export const digestOf = (words: string): string => createHash("sha256").update(words).digest("hex");
/** A figure that belongs to the words: between low and high. */
const figureOf = (words: string, low: number, high: number): number => low + (Number.parseInt(digestOf(words).slice(0, 8), 16) % (high - low));

export const makeImage = (tag: string, createdMs: number, command: readonly string[] = ["sh"]): Image => ({
  id: `sha256:${digestOf(`image/${tag}`)}`,
  tags: [tag],
  sizeBytes: figureOf(`size/${tag}`, 12 * MiB, 780 * MiB),
  createdMs,
  command,
});

export const makeVolume = (name: string, createdMs: number, labels: Readonly<Record<string, string>> = {}): Volume => ({
  name,
  createdMs,
  sizeBytes: figureOf(`volume/${name}`, MiB, 2_000 * MiB),
  labels,
});

const composed = (project: string, kind: "network" | "volume", name: string) => ({ "com.docker.compose.project": project, [`com.docker.compose.${kind}`]: name });

export function createStock(catalog: readonly Definition[], nowMs: number): Stock {
  const createdMs = nowMs - 90 * DAY_MS;
  const network = (name: string, driver: string, subnet: string, labels: Readonly<Record<string, string>> = {}): Network => ({
    id: digestOf(`network/${name}`),
    name,
    driver,
    subnet,
    internal: false,
    createdMs,
    labels,
  });
  const projects = [...new Set(catalog.map(({ project }) => project))];
  const images = [...new Map(catalog.map(({ image, command }) => [image, makeImage(image, createdMs, command)])).values()];
  const volumes = catalog.flatMap(({ project, volumes: words = [] }) =>
    words.map((one) => {
      const [name = ""] = one.split(":");
      return makeVolume(`${project}_${name}`, createdMs, composed(project, "volume", name));
    }),
  );
  const own = projects.map((project, index) => network(`${project}_default`, "bridge", `172.${18 + index}.0`, composed(project, "network", "default")));
  return { images, volumes, networks: [network("bridge", "bridge", "172.17.0"), network("host", "host", ""), network("none", "null", ""), ...own], execs: new Map() };
}

/** The next free place on a network. */
export function attach(network: Network, boxes: readonly Box[]): Box["networks"][number] {
  const taken = new Set(boxes.flatMap(({ networks }) => networks.map(({ address }) => address)));
  let host = 2;
  while (network.subnet !== "" && taken.has(`${network.subnet}.${host}`)) host += 1;
  return { id: network.id, name: network.name, address: network.subnet === "" ? "" : `${network.subnet}.${host}` };
}

export const imageNamed = ({ images }: Pick<Stock, "images">, word: string): Image | undefined => {
  const plain = word.replace(/^sha256:/, "");
  const tagged = /:[^/]+$/.test(word) ? word : `${word}:latest`;
  return images.find(({ tags, id }) => tags.includes(tagged) || id === `sha256:${plain}` || (/^[0-9a-f]{4,}$/.test(plain) && id.startsWith(`sha256:${plain}`)));
};

export const usersOf = (image: Image, boxes: readonly Box[]): Box[] => boxes.filter(({ imageId }) => imageId === image.id);
