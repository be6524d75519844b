// What the machine says of its way out: its default gateway and whom it asks for names. Reads files; never asks the network.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const MOST_SERVERS = 5;

/** Undefined: not there, empty, or not to be read. */
export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
};

interface Route {
  readonly name: string;
  readonly gateway: string;
  readonly metric: number;
}

/** As /proc/net/route writes it: hex, the last byte first. */
const dotted = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");

/** The route that is taken when no other fits: of several the cheapest. */
export const defaultRoute = (root: string): Route | undefined => {
  const rows = (readText(join(root, "proc/net/route")) ?? "").split("\n").map((line) => line.split("\t"));
  const routes = rows.flatMap(([name, destination, gateway, , , , metric]) =>
    name !== undefined && destination === "00000000" && gateway !== undefined ? [{ name, gateway: dotted(gateway), metric: Number(metric ?? 0) }] : [],
  );
  return routes.toSorted((a, b) => a.metric - b.metric)[0];
};

const serversIn = (path: string): string[] =>
  (readText(path) ?? "")
    .split("\n")
    .flatMap((line) => /^\s*nameserver\s+([0-9A-Fa-f.:]+)/.exec(line)?.[1] ?? [])
    .slice(0, MOST_SERVERS);

/** Behind an address of this machine there is a forwarder; whom systemd's asks it writes down, whom another's asks is not known from here. */
const FORWARDER = "127.0.0.53";

export const nameServers = (root: string): string[] => {
  const listed = serversIn(join(root, "etc/resolv.conf"));
  if (!listed.includes(FORWARDER)) return listed;
  const behind = serversIn(join(root, "run/systemd/resolve/resolv.conf"));
  return behind.length > 0 ? behind : listed;
};
