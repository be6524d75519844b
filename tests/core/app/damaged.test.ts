// A memory that was damaged keeps nobody from starting: it goes aside, is told in the feed, and Jarvis asks before it disturbs anything.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createApp } from "../../../core/app.ts";
import { loadConfig } from "../../../core/settings/load.ts";

const root = resolve(import.meta.dir, "../../..");
const folder = mkdtempSync(join(tmpdir(), "jarvis-damaged-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("what is no database any more goes aside, and the house stands all the same", async () => {
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "jarvis.db"), "this was a database before the lights went out".repeat(200));
  const configPath = join(folder, "jarvis.yaml");
  writeFileSync(configPath, "autonomy: act\nplugins: {}\n");
  const get = (): undefined => undefined;
  const app = await createApp({
    environment: {
      host: undefined,
      port: 0,
      config: undefined,
      data,
      memory: join(folder, "memory"),
      personas: join(root, "personas"),
      plugins: [],
      adminToken: undefined,
      clockRate: undefined,
      identity: undefined,
      holdAt: undefined,
      ci: false,
      home: folder,
      get,
    },
    loaded: loadConfig({ path: configPath, get }),
    configPath,
    root,
    version: "0.0.0-test",
    write: () => undefined,
  });
  expect(readdirSync(data).filter((name) => name.startsWith("jarvis.db.corrupt-")).length).toBe(1);
  expect(app.feed.list(5).map(({ words }) => words.slice(0, 31))).toEqual(["What I remembered was damaged a"]);
  expect(app.switches.view().mode).toBe("propose");
  await app.stop();
});
