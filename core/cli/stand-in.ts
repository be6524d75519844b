// Finds or starts the process that stands in for a house when there is no configuration, and ends it if this folder's start began it.
// Knows only the agreed files: DIR/NAME.json (pid, control, config, instance, startedBy, identity); it refuses to trust one whose control API does not answer its word.
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { portHolder } from "../http/port-holder.ts";
import type { Clock } from "../lib/clock.ts";
import { root } from "./which-config.ts";

const READY_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;
const ANSWER_WITHIN_MS = 2_000;
const STOP_WITHIN_MS = 5_000;
const LOG_TAIL_LINES = 8;
/** It takes its control API's port and some after it. */
const MOST_PORTS = 16;
const BEGUN_BY = "start";

const Written = z.looseObject({
  pid: z.number().int().positive(),
  control: z.string(),
  config: z.string(),
  instance: z.string().min(1),
  startedBy: z.string().optional(),
  identity: z.string().optional(),
});
type Written = z.infer<typeof Written>;

interface Options {
  readonly plugin: string;
  readonly data: string;
  /** Of its control API; 0 takes free ones. */
  readonly port: number;
  readonly clock: Clock;
  readonly say: (text: string) => void;
}

export interface StandIn {
  readonly config: string;
  /** A file that says what machine the simulated house takes this one for. */
  readonly identity: string | undefined;
  /** True when this call started it. */
  readonly begun: boolean;
  /** Ends it, but only when a start of this data folder began it. */
  stop(): Promise<void>;
}

const read = (folder: string, plugin: string): Written | undefined => {
  try {
    return Written.parse(JSON.parse(readFileSync(join(folder, `${plugin}.json`), "utf8")));
  } catch {
    return undefined;
  }
};

const answers = async (written: Written): Promise<boolean> => {
  try {
    const answer = await fetch(written.control, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return z.object({ instance: z.literal(written.instance) }).safeParse(await answer.json()).success;
  } catch {
    return false;
  }
};

const findAlive = async (folder: string, plugin: string): Promise<Written | undefined> => {
  const written = read(folder, plugin);
  return written && (await answers(written)) ? written : undefined;
};

/** What to do when a port of its own was the reason: who holds which, and that they move with Jarvis's. */
const portWords = (first: number): string => {
  if (first === 0) return "";
  const ports = Array.from({ length: MOST_PORTS }, (_, index) => first + index);
  const held = ports.map((port) => ({ port, by: portHolder(port) })).find(({ by }) => by !== undefined);
  const who = held === undefined ? "" : `Port ${held.port} is taken by ${held.by}. `;
  return `\n  ${who}It takes the ports from ${first} on: another JARVIS_PORT moves them with Jarvis's own.`;
};

const launch = async ({ plugin, port, clock }: Options, folder: string): Promise<Written> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `${plugin}.log`);
  const output = openSync(log, "w", 0o600);
  const child = Bun.spawn([process.execPath, join(root, "plugins", plugin, "cli.ts"), "--dir", folder, "--port", String(port), "--started-by", BEGUN_BY], {
    cwd: root,
    stdio: ["ignore", output, output],
    detached: true,
  });
  child.unref();
  for (const deadline = clock.now() + READY_WITHIN_MS; clock.now() < deadline; await clock.pause(LOOK_EVERY_MS)) {
    const alive = await findAlive(folder, plugin);
    if (alive) return alive;
    if (child.exitCode !== null) break;
  }
  const tail = readFileSync(log, "utf8").trim().split("\n").slice(-LOG_TAIL_LINES).join("\n  ");
  child.kill();
  throw new JarvisError("unavailable", { message: `the ${plugin} did not start (its words are in ${log}):\n  ${tail}${portWords(port)}` });
};

const end = async (folder: string, plugin: string, clock: Clock): Promise<void> => {
  const alive = await findAlive(folder, plugin);
  if (alive?.startedBy !== BEGUN_BY) return;
  process.kill(alive.pid, "SIGTERM");
  for (const deadline = clock.now() + STOP_WITHIN_MS; clock.now() < deadline; await clock.pause(LOOK_EVERY_MS)) if (!(await answers(alive))) return;
};

export const ensureStandIn = async (options: Options): Promise<StandIn> => {
  const { plugin, data, clock, say } = options;
  const folder = join(data, plugin);
  const found = await findAlive(folder, plugin);
  if (!found) say(`jarvis: there is no jarvis.yaml, so this is the ${plugin}: a simulated house; nothing of yours is touched.`);
  const written = found ?? (await launch(options, folder));
  return { config: written.config, identity: written.identity, begun: !found, stop: () => end(folder, plugin, clock) };
};
