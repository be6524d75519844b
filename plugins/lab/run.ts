// `jarvis lab` in the foreground: one line of JSON on stdout, then on until a signal or `jarvis lab stop`. It needs neither its parent nor a stdin.
import type { RunOptions } from "./options.ts";
import type { Settings } from "./settings.ts";
import { startLab } from "./start.ts";

export async function run(options: RunOptions, settings: Settings): Promise<number> {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  const { promise: asked, resolve: finish } = Promise.withResolvers<void>();
  process.on("SIGTERM", () => finish());
  process.on("SIGINT", () => finish());
  const lab = await startLab(options, settings, () => setImmediate(finish));
  process.stdout.write(`${JSON.stringify(lab.about)}\n`);
  await asked;
  await lab.stop();
  return 0;
}
