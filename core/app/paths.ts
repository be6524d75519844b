// Where things live: everything under the data folder of the configuration, but what the CLI must find under $JARVIS_DATA. Makes only folders of its own.
import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Environment } from "../settings.ts";

/** Longer unix socket paths do not fit sun_path everywhere (DESIGN 2). */
const LONGEST_SOCKET_BYTES = 100;

export interface Paths {
  /** jarvis.db, journal.db, anchor, lease.db, KILL. */
  data: string;
  /** run.json, cli.token, control.sock. */
  run: string;
  control: string;
}

const socketPath = (folder: string): string => {
  const plain = join(folder, "control.sock");
  if (Buffer.byteLength(plain) <= LONGEST_SOCKET_BYTES) return plain;
  const short = join(tmpdir(), `jarvis-${Bun.hash(folder).toString(36)}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  return join(short, "control.sock");
};

export const choosePaths = (run: string, configPath: string, configuredData: string | undefined): Paths => ({
  data: configuredData === undefined ? run : resolve(dirname(configPath), configuredData),
  run,
  control: socketPath(run),
});

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Where the operator's memory lies, and where this house writes what it remembers: a house that keeps its data in a place of its own writes there too, unless told
 * where, so that a demo leaves nothing in the memory of a real one. So does one whose memory cannot be written.
 */
export const memoryFolders = ({ memory, get }: Pick<Environment, "memory" | "get">, configuredData: string | undefined, data: string): { memory: string; own: string } => {
  const isOwn = (configuredData !== undefined && get("JARVIS_MEMORY") === undefined) || !isWritable(memory);
  const own = isOwn ? join(data, "memory") : memory;
  if (isOwn) mkdirSync(own, { recursive: true });
  return { memory, own };
};
