// Who holds a TCP port, as far as Linux tells us: /proc/net/tcp and the sockets of the processes we may look into. Answers words or nothing.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";

const tried = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const listeningInodes = (port: number): Set<string> => {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => (tried(() => readFileSync(path, "utf8")) ?? "").split("\n").slice(1));
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return new Set(rows.filter(([, local = "", , state]) => state === LISTENING && local.endsWith(`:${wanted}`)).map((row) => row[9] ?? ""));
};

const holds = (pid: string, inodes: ReadonlySet<string>): boolean =>
  (tried(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some((fd) => {
    const link = tried(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "";
    return inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "");
  });

/** "nginx (pid 812)", or undefined when it cannot be known. */
export const portHolder = (port: number): string | undefined => {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pids = (tried(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => holds(candidate, inodes));
  if (pid === undefined) return undefined;
  const name = tried(() => readFileSync(`/proc/${pid}/comm`, "utf8"))?.trim();
  return name === undefined ? `pid ${pid}` : `${name} (pid ${pid})`;
};
