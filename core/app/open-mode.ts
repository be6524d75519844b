// Open mode (no login) and a fast clock are for a house that cannot be reached and reaches nothing: decides whether this one is. Pure.
import { isAbsolute, relative, resolve } from "node:path";

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

interface ModelPlaces {
  local?: { baseUrl: string } | undefined;
  cloud?: { baseUrl?: string | undefined; provider: string } | undefined;
}

/** Where models are asked: a cloud model without an address of its own is on the internet. */
export const modelDestinations = ({ local, cloud }: ModelPlaces): { plugin: string; value: string }[] => [
  ...(local === undefined ? [] : [{ plugin: "models.local", value: new URL(local.baseUrl).host }]),
  ...(cloud === undefined ? [] : [{ plugin: "models.cloud", value: cloud.baseUrl === undefined ? cloud.provider : new URL(cloud.baseUrl).host }]),
];

export interface Reach {
  /** Where the server listens. */
  host: string;
  dataFolder: string;
  /** Every granted network destination of every plugin, and of the models: `host:port`, `host`, or `unix:PATH`. */
  destinations: readonly { plugin: string; value: string }[];
}

const hostOf = (value: string): string => (value.startsWith("[") ? value.slice(0, value.indexOf("]") + 1) : (value.split(":")[0] ?? value));

const under = (folder: string, path: string): boolean => {
  const way = relative(resolve(folder), resolve(path));
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
};

/** The first thing that is not inside, in words; undefined when all is. `sockets`: folders the stand-in's short sockets may use. */
export const reachesOutside = ({ host, dataFolder, destinations }: Reach, sockets: readonly string[] = []): string | undefined => {
  if (!isLoopback(host)) return `server.host is ${host}, which is not loopback`;
  for (const { plugin, value } of destinations) {
    if (value.startsWith("unix:")) {
      const path = value.slice("unix:".length);
      if (![dataFolder, ...sockets].some((folder) => under(folder, path))) return `${plugin} may reach the socket ${path}, which is not under ${dataFolder}`;
    } else if (!isLoopback(hostOf(value))) return `${plugin} may reach ${value}, which is not loopback`;
  }
  return undefined;
};
