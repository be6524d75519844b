// The example of plugins/README.md is a plugin: it type-checks, meets the rules, and works against a bridge.
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { testHost } from "../support/host.ts";

const root = join(import.meta.dir, "../..");
const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "plugins/README.md"), "utf8"))?.[1] ?? "";

const stops: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

test("it type-checks with the repository's own settings", () => {
  const path = join(root, "plugins/ups/plugin.ts");
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) => (name === path ? ts.createSourceFile(name, example, ts.ScriptTarget.ESNext) : getSourceFile(name, ...rest));
  const found = ts.getPreEmitDiagnostics(ts.createProgram([path], options, host)).filter(({ file }) => file?.fileName === path);
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  expect(example).toContain("definePlugin");
}, 60_000);

test("it loads by the rules, reads, alerts, acts and verifies", async () => {
  let beeper = "on";
  const bridge = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      if (request.method === "POST") beeper = await request.text();
      return Response.json({ chargePercent: 80, online: false, beeper });
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "jarvis-readme-"));
  mkdirSync(join(folder, "ups"));
  writeFileSync(join(folder, "ups/plugin.ts"), example);
  const { host, monitors, tools } = testHost({ folders: [folder], bundled: ["ups"], configs: { ups: { bridge: bridge.url.origin } } });
  stops.push(
    () => rmSync(folder, { recursive: true }),
    () => bridge.stop(true),
    () => host.stop(),
  );
  await host.start();
  expect(host.list().map(({ state, error }) => [state, error])).toEqual([["running", undefined]]);
  const [[monitor], [tool], { signal }] = [monitors, tools, new AbortController()];
  const now = await monitor?.read(signal);
  expect(monitor?.alerts?.(now, { before: undefined, open: [] })[0]?.title).toBe("On battery, 80 % left");
  expect(await tool?.preflight?.({}, signal)).toEqual({ target: "service/ups", status: "on" });
  await tool?.run({}, {}, signal, undefined);
  expect(await tool?.verify?.({}, {}, undefined, signal)).toEqual({ ok: true, words: "The beeper is off." });
});
