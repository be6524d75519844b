// The core that the kill switch's bench measures: its own process, the fixture as its only plugin, acts in a steady stream when told to, its loop loaded and its plugin hung where asked.
// Usage: bun tests/bench/kill-switch-core.ts FOLDER '{"loaded": true, "hung": true}'   (lines on stdin: how many calls, over how many ms; one line back when they are asked)
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { createApp } from "../../core/app.ts";
import { loadConfig } from "../../core/settings/load.ts";
import type { Environment } from "../../core/settings.ts";

const root = resolve(import.meta.dir, "../..");
const HANGING = 8;
/** Four fifths of the loop's time. */
const SPIN_MS = 8;
const EVERY_MS = 10;
const Order = z.object({ calls: z.number(), overMs: z.number() });
const [folder = "", options = "{}"] = process.argv.slice(2);
const { loaded, hung } = z.object({ loaded: z.boolean(), hung: z.boolean() }).parse(JSON.parse(options));

const tree = join(folder, "tree");
mkdirSync(join(tree, "plugins/fixture"), { recursive: true });
for (const name of ["core", "personas"]) symlinkSync(join(root, name), join(tree, name));
copyFileSync(join(import.meta.dir, "fixture/plugin.ts"), join(tree, "plugins/fixture/plugin.ts"));
writeFileSync(join(tree, "plugins/bundled.json"), JSON.stringify(["fixture"]));
const configPath = join(folder, "jarvis.yaml");
writeFileSync(configPath, JSON.stringify({ autonomy: "act", self: "outside", plugins: { fixture: { sends: join(folder, "sends"), hung } } }));
const data = join(folder, "data");
mkdirSync(data, { recursive: true });
const environment: Environment = {
  host: undefined,
  port: 0,
  config: undefined,
  data,
  memory: join(folder, "memory"),
  personas: join(tree, "personas"),
  plugins: [],
  adminToken: undefined,
  clockRate: undefined,
  identity: undefined,
  holdAt: undefined,
  ci: false,
  home: folder,
  get: () => undefined,
};
const app = await createApp({
  environment,
  loaded: loadConfig({ path: configPath, get: environment.get }),
  configPath,
  root: tree,
  version: "0.0.0-bench",
  write: (line) => void (/ error (?!the journal cannot be written)/.test(line) ? process.stderr.write(`${line}\n`) : undefined),
});
await app.start();

let count = 0;
const ask = async (tool: string): Promise<void> => {
  count += 1;
  const caller = { kind: "script", id: `bench-${count}`, scope: "operate", tainted: false } as const;
  await app.pipeline.call({ tool, arguments: { target: `guest/${count}` }, caller, waitSeconds: 0 }).catch(() => undefined);
};

if (hung) for (let index = 0; index < HANGING; index += 1) await ask("fixture_thing_hang");
const spin = (): void => {
  const untilMs = performance.now() + SPIN_MS;
  while (performance.now() < untilMs);
};
if (loaded) setInterval(spin, EVERY_MS);

process.on("SIGTERM", () => void app.stop().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ control: app.paths.control, data: app.paths.data })}\n`);
for await (const line of console) {
  if (line === "") break;
  const { calls, overMs } = Order.parse(JSON.parse(line));
  const began = performance.now();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < calls; index += 1) {
    asked.push(ask("fixture_thing_send"));
    await Bun.sleep(Math.max(0, began + (overMs * (index + 1)) / calls - performance.now()));
  }
  await Promise.all(asked);
  process.stdout.write('{"asked": true}\n');
}
