// Starts ./jarvis with a house of its own (the stand-in) in a temporary folder on free ports, and ends all of it. For tests only.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { until } from "./until.ts";

const root = join(import.meta.dir, "../..");
const START_MS = 60_000;
const RunFile = z.object({ pid: z.number(), url: z.string() });
const StandIn = z.looseObject({ pid: z.number(), control: z.string(), instance: z.string() });

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface House {
  readonly data: string;
  readonly url: string;
  /** The core's process; SIGKILL it by this. */
  readonly pid: number;
  /** From the process' start to the first answer of /healthz. */
  readonly readyMs: number;
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  standIn(): z.infer<typeof StandIn>;
  /** Runs ./jarvis with words against this house. */
  jarvis(...words: string[]): Promise<Ended>;
  /** Orderly stop of the core; a stand-in that this folder's start began ends with it. */
  stop(): Promise<void>;
}

const environment = (data: string, more: Record<string, string>): Record<string, string | undefined> => ({ ...process.env, JARVIS_DATA: data, JARVIS_PORT: "0", ...more });

export const runJarvis = async (data: string, words: readonly string[], more: Record<string, string> = {}): Promise<Ended> => {
  const child = Bun.spawn([join(root, "jarvis"), ...words], { cwd: root, env: environment(data, more), stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { out, err, code };
};

const read = <T>(path: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
};

const answers = async (url: string): Promise<boolean> => {
  const answer = await fetch(`${url}/healthz`).catch(() => undefined);
  return answer?.ok === true;
};

export const newDataFolder = (): string => mkdtempSync(join(tmpdir(), "jarvis-house-"));

export const removeDataFolder = (data: string): void => rmSync(data, { recursive: true, force: true });

/** Resolves when the core serves. Throws with its words when it ends before that. */
export const startHouse = async (data: string, more: Record<string, string> = {}): Promise<House> => {
  const begun = performance.now();
  const child = Bun.spawn([join(root, "jarvis")], { cwd: root, env: environment(data, more), stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const said = new Response(child.stderr).text();
  const run = await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`./jarvis ended with ${child.exitCode}: ${await said}`);
      const written = read(join(data, "run.json"), RunFile);
      return written?.pid === child.pid && (await answers(written.url)) ? written : undefined;
    },
    { withinMs: START_MS, what: "a serving Jarvis" },
  );
  const readyMs = performance.now() - begun;
  return {
    data,
    url: run.url,
    pid: run.pid,
    readyMs,
    child,
    standIn: () => {
      const written = read(join(data, "lab/lab.json"), StandIn);
      if (!written) throw new Error(`no stand-in is written down in ${data}`);
      return written;
    },
    jarvis: (...words) => runJarvis(data, words, more),
    stop: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
};
