// The host: one bad plugin is reported with file and line and skipped; configuration errors name their path; what a plugin answers is parsed.
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Caller } from "../../../core/contract/caller.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import type { HostFaces } from "../../../core/host/faces.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { testHost } from "../../support/host.ts";
import { failure } from "./servers.ts";

const folders: string[] = [];
const hosts: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const GOOD = `import { definePlugin, z } from "jarvis";
export default definePlugin({
  title: "Good", about: "Is good.", config: z.strictObject({ url: z.string().optional() }),
  permissions: { net: ["config:url"], tool: ["other_*"] },
  connect: ({ config }) => ({ url: config.url }),
  monitors: { state: { every: "10s", state: z.object({ n: z.number() }), read: ({ client }) => ({ n: client.url ? 1 : 0 }) } },
  tools: { thing_get: { title: "Get", about: "Gets.", effect: "read", input: z.object({ a: z.string().describe("A") }), run: async (ctx, { a }) => ({ text: a }) } },
  channels: { events: { title: "Events", data: z.object({ a: z.number() }) } },
  widgets: { state: { title: "N", kind: "stat", from: "state", field: "n" } },
});
`;

const build = (plugins: Record<string, string>, options: Partial<Parameters<typeof testHost>[0]> = {}) => {
  const home = mkdtempSync(join(tmpdir(), "jarvis-load-"));
  folders.push(home);
  for (const [id, text] of Object.entries(plugins)) {
    mkdirSync(join(home, id));
    writeFileSync(join(home, id, "plugin.ts"), text);
  }
  const built = testHost({ folders: [home], bundled: Object.keys(plugins), ...options });
  hosts.push(built.host);
  const told = (id: string): string => {
    const info = built.host.list().find((plugin) => plugin.id === id);
    return `${info?.state} ${(info?.error ?? "").replaceAll(`${home}/`, "")}`.trim();
  };
  return { ...built, told };
};

test("a good plugin is connected and bound: tools, monitor, channel, widget, grants", async () => {
  const { host, tools, monitors, channels, told } = build(
    { good: GOOD },
    { configs: { good: { url: "http://127.0.0.1:9" } }, approvals: { denied: () => ({ tool: ["other_*"] }) } },
  );
  await host.start();
  expect(told("good")).toBe("running");
  expect([tools[0]?.name, monitors[0]?.channel, channels, host.widgets()[0]?.id]).toEqual(["good_thing_get", "good/state", ["good/events"], "good/state"]);
  expect(host.list()[0]?.permissions).toEqual({ net: [{ value: "127.0.0.1:9", granted: true }], tool: [{ value: "other_*", granted: false }] });
  expect(host.destinations()).toEqual([{ plugin: "good", value: "127.0.0.1:9" }]);
  expect(await monitors[0]?.read(new AbortController().signal)).toEqual({ n: 1 });
  expect(await tools[0]?.run({ a: "x" }, {}, new AbortController().signal, undefined)).toEqual({ text: "x" });
  await host.stop();
  expect([tools, monitors, channels]).toEqual([[], [], []]);
});

const swap = (from: string | RegExp, to: string): string => GOOD.replace(from, to);

test.each<[string, string, string]>([
  ["throws at import", `import { z } from "jarvis";\n\nthrow new Error("boom");\n`, "failed bad/plugin.ts:3:11 boom"],
  ["does not parse", `const a = 1;\nconst b = ;\n`, "failed bad/plugin.ts:2:11 Unexpected ;"],
  ["imports what is not there", `import { gone } from "jarvis";\nexport default gone;\n`, "failed bad/plugin.ts:1:10 Export named 'gone' not found in module 'jarvis'."],
  ["exports nothing", "export const a = 1;\n", "failed bad/plugin.ts:1:1 there is no default export: write export default definePlugin({ ... })"],
  ["misspells a key", swap('about: "Gets."', 'abuot: "Gets."'), "failed bad/plugin.ts:7:12 tools.thing_get"],
  ["has a bad duration", swap('every: "10s"', 'every: "often"'), "failed bad/plugin.ts:6:24 monitors.state.every: expected a duration"],
  ["draws a field that is not there", swap('field: "n"', 'field: "m"'), "failed bad/plugin.ts:9:64 widgets.state.field: there is no m in the state of state"],
  ["leaves an input without words", swap('.describe("A")', ""), "failed bad/plugin.ts:7:71 tools.thing_get.input: the field a has no description"],
  ["acts without looking", swap('effect: "read"', 'effect: "reversible"'), "failed bad/plugin.ts:7:12 tools.thing_get: effect reversible needs a preflight"],
  ["names a channel like a monitor", swap("channels: { events", "channels: { state"), "failed bad/plugin.ts:8:15 channels.state: a name is a monitor's or a channel's, never both"],
  ["throws in connect", swap("({ url: config.url })", '{\n    throw new Error("no client");\n  }'), "failed bad/plugin.ts:6:15 no client"],
])("a plugin that %s is skipped with file and line, and the rest runs", async (_, bad, words) => {
  const { host, told, logs, tools } = build({ bad, good: GOOD });
  await host.start();
  expect(told("bad")).toStartWith(words);
  expect(told("good")).toBe("running");
  expect(tools.map(({ plugin }) => plugin)).toEqual(["good"]);
  expect(logs.some((line) => line.startsWith("error plugin bad was skipped"))).toBe(true);
});

test("a plugin that hangs in connect is skipped after 10 s of the wall, and leaves nothing behind", async () => {
  const { host, told } = build({ bad: swap("({ config }) => ({ url: config.url })", "() => new Promise(() => undefined)"), good: GOOD }, { clock: hasty() });
  await host.start();
  expect(told("bad")).toContain("connect took longer than 10 s");
  expect(told("good")).toBe("running");
});

/** A clock whose timers of 10 s come at once. */
const hasty = () => {
  const clock = createClock();
  return { ...clock, after: (ms: number, act: () => void, quiet?: boolean) => clock.after(ms >= 10_000 ? 50 : ms, act, quiet) };
};

test("a wrong section names its dotted path and what was expected; no plugin is connected then", async () => {
  const { host, tools } = build({ good: GOOD, other: GOOD }, { configs: { good: { url: 5 }, other: { ulr: "x" } } });
  const thrown = await failure(host.start());
  expect(thrown instanceof JarvisError ? [thrown.type, thrown.details.issues] : []).toEqual([
    "configuration",
    [
      { path: "plugins.good.url", message: "expected string, received number" },
      { path: "plugins.other.ulr", message: "there is no such key. Did you mean url? Known here: url." },
    ],
  ]);
  expect(tools).toEqual([]);
});

test("a plugin that needs a section and has none is off, in words; a section without its plugin is one warning", async () => {
  const { host, told, logs } = build({ good: swap(".optional()", "") }, { configs: { stranger: {} } });
  await host.start();
  expect(told("good")).toBe("off not configured");
  expect(logs).toEqual([expect.stringMatching(/^warn jarvis.yaml has a section plugins.stranger, but there is no plugin stranger: nothing is done with it\. There are: /)]);
});

const PEM = swap("url: z.string().optional()", 'ca: z.string().describe("path of the CA")')
  .replace('net: ["config:url"]', 'read: ["config:ca"]')
  .replace(
    "({ config }) => ({ url: config.url })",
    'async ({ config, read }) => {\n    if (!(await read(config.ca)).includes("BEGIN")) throw new JarvisError("configuration", { message: "plugins.pem.ca holds no PEM." });\n    return { url: "" };\n  }',
  )
  .replace("{ definePlugin, z }", "{ definePlugin, JarvisError, z }");

test("a file that a section names and nobody can read is said about the section, with what was expected, and nothing connects", async () => {
  const issues = async (ca: string): Promise<unknown> => {
    const thrown = await failure(build({ pem: PEM }, { configs: { pem: { ca } } }).host.start());
    return thrown instanceof JarvisError && thrown.type === "configuration" ? thrown.details.issues : thrown;
  };
  const folder = mkdtempSync(join(tmpdir(), "jarvis-ca-"));
  folders.push(folder);
  expect(await issues(join(folder, "none.pem"))).toEqual([
    { path: "plugins.pem.ca", message: `${folder}/none.pem does not exist. Expected: path of the CA; the user Jarvis runs as must be able to read it` },
  ]);
  expect(await issues(folder)).toEqual([{ path: "plugins.pem.ca", message: expect.stringContaining("is no regular file") }]);
  writeFileSync(join(folder, "words.txt"), "not a certificate");
  expect(await issues(join(folder, "words.txt"))).toEqual([{ path: "plugins.pem.ca", message: "holds no PEM." }]);
});

test("a socket that is not there yet is no fault of the configuration", async () => {
  const { host, told } = build(
    { good: swap('net: ["config:url"]', 'read: ["config:hosts"]').replace("url: z.string().optional()", "hosts: z.unknown()").replace("config.url", "1") },
    { configs: { good: { hosts: { a: { socket: "/nowhere/docker.sock" } } } } },
  );
  await host.start();
  expect(told("good")).toBe("running");
});

test("the start can be refused once every granted destination is known, before anything connects", async () => {
  const seen: unknown[] = [];
  const permit = (all: readonly unknown[]): void => {
    seen.push(...all);
    throw new JarvisError("configuration", { message: "not loopback" });
  };
  const { host, told } = build({ good: GOOD }, { configs: { good: { url: "https://10.0.0.1" } }, permit });
  expect(await failure(host.start())).toMatchObject({ message: "not loopback" });
  expect(seen).toEqual([{ plugin: "good", value: "10.0.0.1:443" }]);
  expect(told("good")).toBe("off");
});

test("what a plugin answers is parsed, and what it throws is made one of our errors", async () => {
  const cases: [string, string, string][] = [
    ["({ text: 5 })", "bug", "tools.thing_get.run answered something else than promised"],
    ['{ throw new Error("oops"); }', "bug", "plugin.ts:7"],
    ["{ JSON.parse('<html>'); }", "upstream_garbage", "not the JSON"],
    ["{ z.object({ a: z.string() }).parse({}); }", "upstream_garbage", "does not fit"],
    ["new Promise(() => undefined)", "upstream_timeout", "the deadline"],
  ];
  for (const [body, type, words] of cases) {
    const { host, tools } = build({ good: swap("async (ctx, { a }) => ({ text: a })", `async () => ${body}`) });
    await host.start();
    const call = new AbortController();
    const work = failure(tools[0]?.run({ a: "x" }, {}, call.signal, undefined) ?? Promise.resolve());
    if (type === "upstream_timeout") call.abort(new JarvisError("upstream_timeout", { message: "the deadline" }));
    const thrown = await work;
    expect(thrown instanceof JarvisError ? thrown.type : thrown).toBe(type);
    expect(thrown instanceof Error ? thrown.message : "").toContain(words);
  }
});

test("a tool that acts on behalf is told who called it; one for the operator fails for everyone else, tainted words included", async () => {
  const made: unknown[] = [];
  const passing = GOOD.replace('effect: "read"', 'effect: "read", onBehalf: true').replace(
    "async (ctx, { a }) => ({ text: a })",
    'async (ctx) => { await ctx.call("other_thing_get", {}, { runbook: "evening" }); return { text: "made" }; }',
  );
  const call: HostFaces["call"] = async (request) => {
    made.push(request.caller);
    return { callId: "c", state: "succeeded", text: "" };
  };
  const { host, tools } = build({ good: passing }, { faces: { call } });
  await host.start();
  const asker = { caller: { kind: "mcp", id: "desk", scope: "operate", tainted: true }, bound: false } as const;
  const signal = new AbortController().signal;
  expect(await tools[0]?.run({ a: "x" }, {}, signal, undefined, asker)).toEqual({ text: "made" });
  expect(made).toEqual([asker.caller]);

  const own = build({ good: swap('effect: "read"', 'effect: "read", operatorOnly: true') });
  await own.host.start();
  const operator = { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const;
  const run = (caller: Caller): Promise<unknown> => own.tools[0]?.run({ a: "x" }, {}, signal, undefined, { caller, bound: false }) ?? Promise.resolve();
  expect(await run(operator)).toEqual({ text: "x" });
  for (const caller of [
    { ...operator, tainted: true },
    { ...operator, kind: "mcp" },
    { ...operator, scope: "operate" },
    { ...operator, kind: "model" },
  ] satisfies Caller[])
    expect(await failure(run(caller))).toMatchObject({ type: "operator_only" });
  expect(await failure(own.tools[0]?.run({ a: "x" }, {}, signal, undefined) ?? Promise.resolve())).toMatchObject({ type: "operator_only" });
});
