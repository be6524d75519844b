// Fills a `config:KEY` wish from a plugin's configuration: walks the value at KEY and picks out destinations, paths or names. Pure.
import type { PermissionName } from "../contract/permission.ts";
import { destination, urlDestination, written } from "./address.ts";

const MOST_DEEP = 6;
const MOST_VALUES = 200;
const LONGEST = 300;

/** At most 200 values; `KEY` is a dotted path. */
export const fromConfig = (name: PermissionName, key: string, config: unknown): string[] => {
  const value = key.split(".").reduce<unknown>((inner, part) => (isRecord(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined), config);
  const found = name === "net" ? destinationsIn(value, 0, true) : stringsIn(value, 0, name === "read" || name === "write");
  return [...new Set(found)].slice(0, MOST_VALUES);
};

export interface ConfiguredPath {
  /** From the configuration's root. */
  readonly keys: readonly string[];
  readonly path: string;
}

/** The files a `config:KEY` wish of `read` names, each with where it stands. Unix sockets are no files: what listens there may come later. */
export const filesIn = (key: string, config: unknown): ConfiguredPath[] => {
  const wanted = new Set(fromConfig("read", key, config));
  const walk = (value: unknown, keys: readonly string[]): ConfiguredPath[] => {
    if (typeof value === "string") return wanted.has(value) && !SOCKET_KEYS.has(keys.at(-1) ?? "") ? [{ keys, path: value }] : [];
    if (typeof value !== "object" || value === null || keys.length > MOST_DEEP + MOST_DEEP) return [];
    return Object.entries(value).flatMap(([name, inner]) => walk(inner, [...keys, name]));
  };
  const keys = key.split(".");
  return walk(
    keys.reduce<unknown>((inner, part) => (isRecord(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined), config),
    keys,
  );
};

const SOCKET_KEYS = new Set(["socket", "socketPath"]);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** `direct`: the value stands at the key itself (or in a list there), so a bare host or a bare path means a destination too. */
const destinationsIn = (value: unknown, depth: number, direct: boolean): string[] => {
  if (depth > MOST_DEEP) return [];
  if (typeof value === "string") return value.length > LONGEST ? [] : destinationOf(value, direct);
  if (Array.isArray(value)) return value.flatMap((inner) => destinationsIn(inner, depth + 1, direct));
  if (!isRecord(value)) return [];
  const own = typeof value.host === "string" ? hostAndPort(value.host, value.port) : [];
  const sockets = [value.socket, value.socketPath].filter((path) => typeof path === "string" && path.startsWith("/")).map((path) => `unix:${path}`);
  return [...own, ...sockets, ...Object.values(value).flatMap((inner) => destinationsIn(inner, depth + 1, false))];
};

const destinationOf = (text: string, direct: boolean): string[] => {
  const socket = /^unix:(?:\/\/)?(\/.*)$/.exec(text)?.[1];
  if (socket !== undefined) return [`unix:${socket}`];
  const found = urlDestination(text) ?? (direct && !text.includes("://") ? destination(text) : undefined);
  if (found !== undefined) return [written(found)];
  return direct && text.startsWith("/") ? [`unix:${text}`] : [];
};

const hostAndPort = (host: string, port: unknown): string[] => {
  const found = urlDestination(host) ?? destination(host);
  if (found === undefined) return [];
  return [written(found.port === undefined && typeof port === "number" ? { ...found, port } : found)];
};

const stringsIn = (value: unknown, depth: number, paths: boolean): string[] => {
  if (depth > MOST_DEEP) return [];
  if (typeof value === "string") return value === "" || value.length > LONGEST || value.includes("\n") || (paths && depth > 0 && !value.startsWith("/")) ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((inner) => stringsIn(inner, depth + 1, paths));
  return isRecord(value) ? Object.values(value).flatMap((inner) => stringsIn(inner, depth + 1, paths)) : [];
};
