// Starts Jarvis and ends it in good order on a signal. The only file of the core that acts for itself.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { createApp } from "./app.ts";
import { JarvisError } from "./contract/error.ts";
import { loadConfig } from "./settings/load.ts";
import { readEnvironment } from "./settings.ts";

const ROOT = resolve(import.meta.dir, "..");

interface Options {
  /** Path of the configuration; default JARVIS_CONFIG or ./jarvis.yaml. */
  config?: string;
  /** A file that stands for this machine's identity; the stand-in house hands one over. */
  identity?: string | undefined;
}

const version = (): string => z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))).version;

/** Resolves on SIGTERM or SIGINT; a second signal does not wait. */
const signalled = (): Promise<string> =>
  new Promise((resolved) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolved(name));
  });

/** Resolves when an orderly stop is complete. Throws JarvisError configuration (exit 78) or unavailable (exit 1). */
export const main = async (options: Options = {}): Promise<void> => {
  const environment = readEnvironment();
  const configPath = resolve(options.config ?? environment.config ?? "jarvis.yaml");
  if (!existsSync(configPath)) throw new JarvisError("configuration", { message: `${configPath} does not exist` });
  mkdirSync(environment.data, { recursive: true });
  const ended = signalled();
  const loaded = loadConfig({ path: configPath, get: environment.get });
  const app = await createApp({ environment, loaded, configPath, root: ROOT, version: version(), identityFile: environment.identity ?? options.identity });
  const runFile = join(environment.data, "run.json");
  try {
    const { url, code } = await app.start();
    writeFileSync(`${runFile}.new`, JSON.stringify({ pid: process.pid, url, startedAt: app.clock.iso(), data: app.paths.data, control: app.paths.control }), { mode: 0o600 });
    renameSync(`${runFile}.new`, runFile);
    process.stdout.write(`JARVIS is at ${url}\n${code ? `Your one-time code: ${code} (10 minutes; ./jarvis login prints another)\n` : ""}`);
    if (app.resources.tellers() === 0)
      process.stderr.write(
        `\njarvis: NOTHING IS WATCHED: ${configPath} configures no plugin that looks at a house, so Jarvis sees no node, guest or container and repairs nothing.\n  Add one under "plugins:" (jarvis.example.yaml shows them) and start again.\n`,
      );
    await ended;
  } finally {
    await app.stop();
    rmSync(runFile, { force: true });
  }
};
