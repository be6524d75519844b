// The lab's reader of the environment, the only place of the lab that looks there: JARVIS_DATA and JARVIS_PORT. It refuses a port that is no port.
import { join, resolve } from "node:path";

const DEFAULT_PORT = 5278;
const CONTROL_OFFSET = 10;
const MAX_PORT = 65_535;

export interface Settings {
  /** Where a lab lives when `--dir` is not given: `$JARVIS_DATA/lab`. */
  dir: string;
  /** The control API's port when `--port` is not given: JARVIS_PORT + 10. */
  controlPort: number;
}

export function readSettings(env: Record<string, string | undefined> = process.env): Settings {
  const port = Number(env.JARVIS_PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT - CONTROL_OFFSET) throw new RangeError(`JARVIS_PORT is no port: ${env.JARVIS_PORT}`);
  return { dir: join(resolve(env.JARVIS_DATA ?? "./data"), "lab"), controlPort: port + CONTROL_OFFSET };
}
