// Whom a command talks to: the Jarvis of this data folder while it lives, else one that JARVIS_HOST or JARVIS_PORT name. Refuses with 69 to try any other that happens to listen.
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import { portHolder } from "../http/port-holder.ts";
import type { Environment } from "../settings.ts";
import { unreachable } from "./exits.ts";
import { keptLine } from "./plain-line.ts";
import { controlPath, isAlive, type RunFile, readRunFile } from "./run-file.ts";

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_PORT = 5278;
const PROBE_MS = 2000;

/** The HTTP side of one Jarvis and what opens it. */
export interface Door {
  readonly url: string;
  readonly token: string | undefined;
  /** The data folder that the token is of; absent: the environment gave it, so it may be anybody's. */
  readonly folder?: string;
}

/** Whether anybody listens on a control socket. A hung one does not. */
export const answersAt = async (unix: string): Promise<boolean> => {
  if (!existsSync(unix)) return false;
  const answer = await fetch("http://localhost/healthz", { unix, signal: AbortSignal.timeout(PROBE_MS) }).catch(() => undefined);
  return answer !== undefined;
};

const tokenOf = (environment: Environment): Omit<Door, "url"> => {
  if (environment.adminToken !== undefined) return { token: environment.adminToken };
  const path = join(environment.data, "cli.token");
  const token = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  return { token: token === "" ? undefined : token, folder: environment.data };
};

export const nobodyThere = (environment: Environment): JarvisError => {
  const port = environment.port ?? DEFAULT_PORT;
  const holder = port === 0 ? undefined : portHolder(port);
  const other = holder === undefined ? "" : ` Port ${port} is held by ${holder}: if that is the Jarvis you mean, name its data folder.`;
  return unreachable(
    `no Jarvis is running for ${environment.data}. Start one with ./jarvis, or say which by JARVIS_DATA (or JARVIS_HOST, JARVIS_PORT and JARVIS_ADMIN_TOKEN for one elsewhere).${other}`,
  );
};

/** Who refuses a token that the environment gave. */
export const tokenUnknown = (url: string): JarvisError =>
  new JarvisError("unauthorised", {
    message: `${url} does not know this token (JARVIS_ADMIN_TOKEN): it is mistyped, taken back, or another Jarvis's. "./jarvis token new" makes one on the machine where that Jarvis runs.`,
  });

/** Who refuses the token that the folder's own wrote is another. */
export const notOurs = (url: string, folder: string): JarvisError =>
  unreachable(
    `what answers at ${url} is not the Jarvis of ${folder}: it does not know this folder's token. Start that one with ./jarvis, or name the other by JARVIS_DATA or JARVIS_ADMIN_TOKEN.`,
  );

/** The run file of this data folder's Jarvis when that lives. In another container its process cannot be seen, but its socket can. */
export const livingRun = async (environment: Environment): Promise<RunFile | undefined> => {
  const run = readRunFile(environment.data);
  if (run === undefined) return undefined;
  return isAlive(run.pid) || (await answersAt(controlPath(environment.data, run))) ? run : undefined;
};

/** Throws 69 when this data folder's does not run and no other is named, 64 where its token would cross the network in the clear. */
export const findDoor = async (environment: Environment): Promise<Door> => {
  const run = await livingRun(environment);
  if (run !== undefined) return { url: run.url, ...tokenOf(environment) };
  if (environment.host === undefined && environment.port === undefined) throw nobodyThere(environment);
  const door = tokenOf(environment);
  if (door.token === undefined) throw nobodyThere(environment);
  const host = environment.host ?? DEFAULT_HOST;
  return { url: keptLine(`http://${isIP(host) === 6 ? `[${host}]` : host}:${environment.port ?? DEFAULT_PORT}`), ...door };
};
