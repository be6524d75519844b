// What a plugin counts reaches /metrics under its prefix; one that throws or tells nonsense is left out alone.
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheus } from "../../../core/http/metrics.ts";
import { testHost } from "../../support/host.ts";

const stops: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const source = (metrics: string): string => `// A test's plugin.
import { definePlugin, z } from "jarvis";
const State = z.object({ count: z.number() });
export default definePlugin({
  title: "Counter",
  about: "Counts.",
  config: z.object({}),
  connect: () => ({ count: 3 }),
  monitors: { state: { every: "10s", state: State, read: () => ({ count: 1 }) } },
  tools: { it_get: { title: "Get", about: "Gets.", effect: "read", input: z.object({}), run: () => ({ text: "one" }) } },
  widgets: { stat: { kind: "stat", title: "Count", from: "state", field: "count" } },
  metrics: ${metrics},
});
`;

test("each plugin's families are told while it runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-metrics-"));
  const plugins = {
    "my-ups": `(client) => [{ name: "asked_total", help: "Asked.", type: "counter", samples: [{ labels: { path: "/a" }, value: client.count }] }]`,
    throws: `() => { throw new Error("no"); }`,
    nonsense: `() => [{ name: "Bad Name", help: "x", type: "gauge", samples: [] }]`,
  };
  for (const [id, metrics] of Object.entries(plugins)) {
    mkdirSync(join(folder, id));
    writeFileSync(join(folder, id, "plugin.ts"), source(metrics));
  }
  const { host } = testHost({ folders: [folder], bundled: Object.keys(plugins), configs: Object.fromEntries(Object.keys(plugins).map((id) => [id, {}])) });
  stops.push(() => rmSync(folder, { recursive: true }));
  await host.start();
  expect(prometheus(host.metrics())).toBe('# HELP jarvis_my_ups_asked_total Asked.\n# TYPE jarvis_my_ups_asked_total counter\njarvis_my_ups_asked_total{path="/a"} 3\n');
  await host.stop();
  expect(host.metrics()).toEqual([]);
});
