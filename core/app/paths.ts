// Where things live: everything under the data folder of the configuration, but what the CLI must find under $JARVIS_DATA. Pure but for short socket names.
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

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
