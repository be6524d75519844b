// Runs a granted program: exactly the one named, no shell, an environment of granted variables only, bounded in time and output.
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { allows, type Grant } from "./grant.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 60_000;
const MOST_OUTPUT_BYTES = 1024 * 1024;
const MOST_ARGUMENTS = 100;

interface Options {
  readonly grant: Grant;
  readonly clock: Clock;
  readonly env: (name: string) => string | undefined;
}

export type Run = Context<unknown, unknown>["run"];

export const createRun =
  ({ grant, clock, env }: Options) =>
  (signal: () => AbortSignal): Run =>
  async (command, { timeoutMs = DEFAULT_TIMEOUT_MS, stdin = "" } = {}) => {
    const [program, ...rest] = command;
    if (!allows(grant, "run", program))
      throw new JarvisError("permission", { message: `This plugin was not granted run: ${program}.`, data: { permission: "run", value: program } });
    if (rest.length > MOST_ARGUMENTS) throw new JarvisError("bad_input", { message: `A program takes at most ${MOST_ARGUMENTS} arguments.` });
    const found = Bun.which(program, { PATH });
    if (found === null) throw new JarvisError("unavailable", { message: `The program ${program} is not installed here.` });
    signal().throwIfAborted();
    const child = Bun.spawn([found, ...rest], { stdin: Buffer.from(stdin), stdout: "pipe", stderr: "pipe", env: environment(grant, env) });
    let overrun: JarvisError | undefined;
    const end = (error: JarvisError): void => {
      overrun ??= error;
      child.kill("SIGKILL");
    };
    const limit = Math.min(LONGEST_TIMEOUT_MS, Math.max(1, timeoutMs));
    const stopWaiting = clock.after(limit, () => end(new JarvisError("upstream_timeout", { message: `${program} did not end within ${limit / 1000} s and was killed.` })));
    const abandon = (): void => end(new JarvisError("unavailable", { message: `${program} was stopped: the call was cancelled.` }));
    signal().addEventListener("abort", abandon, { once: true });
    const flood = (): void => end(new JarvisError("upstream_garbage", { message: `${program} printed more than ${MOST_OUTPUT_BYTES} bytes.` }));
    try {
      const [stdout, stderr, code] = await Promise.all([collected(child.stdout, flood), collected(child.stderr, flood), child.exited]);
      if (overrun !== undefined) throw overrun;
      return { code, stdout, stderr };
    } finally {
      stopWaiting();
      signal().removeEventListener("abort", abandon);
    }
  };

const environment = (grant: Grant, env: Options["env"]): Record<string, string> => {
  const variables: Record<string, string> = { PATH, LANG: "C.UTF-8" };
  for (const { value, granted } of grant.wishes.env) {
    const held = granted ? env(value) : undefined;
    if (held !== undefined) variables[value] = held;
  }
  return variables;
};

const collected = async (stream: ReadableStream<Uint8Array>, flood: () => void): Promise<string> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > MOST_OUTPUT_BYTES) {
      flood();
      break;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
};
