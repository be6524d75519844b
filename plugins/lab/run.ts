// `jarvis lab` in the foreground: one line of JSON on stdout, then on until a signal or `jarvis lab stop`. It needs neither its parent nor a stdin.
import { readFileSync } from "node:fs";
import type { RunOptions } from "./options.ts";
import type { Settings } from "./settings.ts";
import { startLab } from "./start.ts";

/** Started with nohup it lives on when its terminal closes; Linux tells the signals a process was given to ignore as bits. */
function ignoresHangUp(): boolean {
  try {
    const bits = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (Number.parseInt(bits.slice(-1), 16) & 1) === 1;
  } catch {
    return false;
  }
}

export async function run(options: RunOptions, settings: Settings): Promise<number> {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  const { promise: asked, resolve: finish } = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => finish());
  if (!ignoresHangUp()) process.on("SIGHUP", () => finish());
  const lab = await startLab(options, settings, () => setImmediate(finish));
  process.stdout.write(`${JSON.stringify(lab.about)}\n`);
  await asked;
  await lab.stop();
  return 0;
}
