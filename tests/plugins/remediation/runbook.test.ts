// Runbooks: what parses, what is refused and where, and that a run stops at the first step that does not succeed.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Asker } from "../../../core/contract/caller.ts";
import type { Context } from "../../../core/contract/context.ts";
import { Config } from "../../../plugins/remediation/config.ts";
import plugin from "../../../plugins/remediation/plugin.ts";
import { frontMatter } from "../../../plugins/remediation/runbooks/front-matter.ts";
import { filled, parseRunbook } from "../../../plugins/remediation/runbooks/runbook.ts";
import { createMemory, type Memory } from "../../../plugins/remediation/runbooks/shelf.ts";
import { alertsOf, runs, runsOf } from "../../../plugins/remediation/runs.ts";
import { runbookConfirm } from "../../../plugins/remediation/tools/confirm.ts";
import { runbookExplain, runbookList, runbookRun } from "../../../plugins/remediation/tools/runbook.ts";
import { createManualClock } from "../../support/clock.ts";
import { testContext } from "../../support/context.ts";

const dir = mkdtempSync(join(tmpdir(), "jarvis-runbooks-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const TWO = `---
title: Two steps
needs: [vmid]
steps:
  - tool: proxmox_guest_start
    input: {vmid: "{vmid}", note: "start {vmid}, please"}
  - tool: proxmox_guest_get
    input: {vmid: "{vmid}"}
---
Because.
`;

describe("a runbook", () => {
  test("fills its holes, keeping the value's own type where the hole is all", () => {
    expect(filled(parseRunbook("two", TWO), { vmid: 101 })[0]).toEqual({ tool: "proxmox_guest_start", input: { vmid: 101, note: "start 101, please" } });
  });
  test("asks for what lacks", () => expect(() => filled(parseRunbook("two", TWO), {})).toThrow("needs vmid"));
  const bad: [string, string, RegExp][] = [
    ["no front matter", "hello", /x\.md: expected front matter/],
    ["a line that is none", "---\ntitle: A\nsteps\n---\n", /x\.md:3: expected key: value/],
    ["an open list", "---\ntitle: [a\n---\n", /x\.md:2: the list does not end/],
    ["an unknown key", "---\ntitle: A\nmode: auto\nsteps:\n  - tool: a_b\n---\n", /x\.md:3: mode: there is no such key/],
    ["no steps", "---\ntitle: A\n---\n", /steps/],
    ["a tool's name that is none", "---\ntitle: A\nsteps:\n  - tool: rm -rf\n---\n", /tool's name/],
  ];
  for (const [what, text, words] of bad) test(`with ${what} is refused`, () => expect(() => parseRunbook("x", text)).toThrow(words));
  test("reads words, numbers, flags and quotes", () => {
    expect(frontMatter('---\na: 1\nb: true\nc: "x: y, z"\nd: [p, "q, r"]\n---\nbody', "x").head).toEqual({ a: 1, b: true, c: "x: y, z", d: ["p", "q, r"] });
  });
});

describe("the tools", () => {
  const config = Config.parse({ runbooks: dir });
  writeFileSync(join(dir, "two.md"), TWO);
  writeFileSync(join(dir, "broken.md"), "hello");
  const person = { caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false }, bound: false } as const;
  const signal = new AbortController().signal;
  const open = (state: "succeeded" | "held") =>
    testContext({ config, plugin: "remediation", call: async ({ tool }) => ({ callId: `call-${tool}`, state: tool.endsWith("start") ? state : "succeeded", text: tool }) });

  test("list what is there, and what cannot be read", async () => {
    const answer = await runbookList.run(open("succeeded").withClient(createMemory()), {}, {});
    expect(answer.text).toContain("two: Two steps");
    expect(answer.text).toContain("broken cannot be read");
    expect((await runbookExplain.run(open("succeeded").withClient(createMemory()), { name: "two" }, {})).text).toContain("1. proxmox_guest_start");
  });

  test("run makes each call in order through the pipeline, and stops at the first that does not succeed", async () => {
    const good = open("succeeded");
    const run = (context: ReturnType<typeof open>) =>
      context.within({ client: createMemory(), signal, asker: person }, (ctx) => runbookRun.run(ctx, { name: "two", with: { vmid: 101 } }, {}));
    await run(good);
    expect(good.calls.map((call) => call.tool)).toEqual(["proxmox_guest_start", "proxmox_guest_get"]);
    const held = open("held");
    await expect(run(held)).rejects.toThrow("step 1 (proxmox_guest_start) is held");
    expect(held.calls).toHaveLength(1);
  });

  test("a step is called by the one who ran it, with the runbook named; unasked, by the runbook", async () => {
    const steps = async (asker: Asker) => {
      const here = open("succeeded");
      await here.within({ client: createMemory(), signal, asker }, (ctx) => runbookRun.run(ctx, { name: "two", with: { vmid: 101 } }, {}));
      return here.calls.map(({ caller, remedy, within }) => ({ caller, remedy, within }))[0];
    };
    expect(await steps(person)).toEqual({ caller: person.caller, remedy: "remediation/two", within: undefined });
    const client = { caller: { kind: "mcp", id: "desk", scope: "operate", tainted: true }, bound: false } as const;
    expect(await steps(client)).toEqual({ caller: client.caller, remedy: "remediation/two", within: undefined });
    const model = { caller: { kind: "model", id: "local", scope: "operate", tainted: true }, bound: false } as const;
    expect(await steps(model)).toEqual({ caller: { kind: "runbook", id: "remediation/two", scope: "operate", tainted: true }, remedy: undefined, within: model });
    const remedy = { caller: { kind: "remedy", id: "x/y", scope: "operate", tainted: false }, bound: true } as const;
    expect(await steps(remedy)).toEqual({ caller: { kind: "runbook", id: "remediation/two", scope: "operate", tainted: false }, remedy: "remediation/two", within: remedy });
  });

  test("whose steps changed asks about each of them until the operator confirms it; prose changes nothing", async () => {
    const memory = mkdtempSync(join(tmpdir(), "jarvis-memory-"));
    const path = join(memory, "two.md");
    const here = testContext({ config: Config.parse({ runbooks: memory }), plugin: "remediation" });
    const within = <T>(act: (ctx: Context<Config, Memory>) => T | Promise<T>): Promise<T> => here.within({ client: createMemory(), signal, asker: person }, act);
    const holds = async (): Promise<(string | undefined)[]> => {
      here.calls.length = 0;
      await within((ctx) => runbookRun.run(ctx, { name: "two", with: { vmid: 101 } }, {}));
      return here.calls.map(({ hold }) => hold);
    };
    const lines = async () => (await within((ctx) => runs.read(ctx))).runs.map(({ words }) => words);
    writeFileSync(path, TWO);
    expect(await lines()).toEqual([]);
    writeFileSync(path, TWO.replace("Because.", "Because of this.").replace("Two steps", "Two good steps"));
    expect(await holds()).toEqual([undefined, undefined]);
    writeFileSync(path, TWO.replace("proxmox_guest_get", "proxmox_guest_stop"));
    expect((await holds())[1]).toContain("has changed since it was confirmed");
    expect(await lines()).toEqual([expect.stringContaining("has changed since it was confirmed")]);
    expect((await within((ctx) => runbookList.run(ctx, {}, {}))).text).toContain("changed since it was confirmed");
    writeFileSync(join(memory, "three.md"), TWO);
    expect(await lines()).toContainEqual(expect.stringContaining("is new"));

    const identity = (await within((ctx) => runbookConfirm.preflight?.(ctx, { name: "two" })))?.identity;
    await within((ctx) => runbookConfirm.run(ctx, { name: "two" }, { preflight: { target: "service/runbook/two", identity: identity ?? null } }));
    expect(await holds()).toEqual([undefined, undefined]);
    await expect(within((ctx) => runbookConfirm.preflight?.(ctx, { name: "two", hash: "00000000" }))).rejects.toThrow("no longer those");

    // One core's memory, so that the last good text stands in for what is broken: nobody stands behind that by a slip.
    const client = createMemory();
    await here.within({ client, signal, asker: person }, (ctx) => runbookList.run(ctx, {}, {}));
    writeFileSync(path, "---\ntitle: [broken\n");
    const slipped = Promise.resolve(here.within({ client, signal, asker: person }, (ctx) => runbookConfirm.preflight?.(ctx, { name: "two" })));
    await expect(slipped).rejects.toThrow(/two\.md.*\nIts last good text stays in force until it can be read\.\nMend the file, then confirm it\./s);
    rmSync(memory, { recursive: true });
  });

  test("that is edited while it runs stops there and says so: what is left of the old text is not done", async () => {
    const memory = mkdtempSync(join(tmpdir(), "jarvis-memory-"));
    const path = join(memory, "two.md");
    const run = async (edit: () => void) => {
      writeFileSync(path, TWO);
      const here = testContext({
        config: Config.parse({ runbooks: memory }),
        plugin: "remediation",
        call: async ({ tool }) => {
          if (tool.endsWith("start")) edit();
          return { callId: `call-${tool}`, state: "succeeded", text: tool };
        },
      });
      const ended = await here
        .within({ client: createMemory(), signal, asker: person }, (ctx) => runbookRun.run(ctx, { name: "two", with: { vmid: 101 } }, {}))
        .then(({ text }) => text, String);
      return { ended, made: here.calls.map(({ tool }) => tool) };
    };
    const changed = await run(() => writeFileSync(path, TWO.replace("proxmox_guest_get", "proxmox_guest_stop")));
    expect(changed.made).toEqual(["proxmox_guest_start"]);
    expect(changed.ended).toContain("Two steps was changed while it ran. I stopped after step 1 of 2");
    const gone = await run(() => rmSync(path));
    expect(gone.made).toEqual(["proxmox_guest_start"]);
    expect(gone.ended).toContain("I stopped after step 1 of 2");
    // Words for people, and a text that cannot be read, change nothing of what it does.
    expect((await run(() => writeFileSync(path, TWO.replace("Because.", "Why not.")))).made.length).toBe(2);
    expect((await run(() => writeFileSync(path, "half a fi"))).made.length).toBe(2);
    rmSync(memory, { recursive: true });
  });

  test("are read whole by the monitor when one came or went, when one is broken, or after five seconds; what is wanted is read when it is wanted", async () => {
    const memory = mkdtempSync(join(tmpdir(), "jarvis-memory-"));
    const clock = createManualClock();
    const here = testContext({ config: Config.parse({ runbooks: memory }), plugin: "remediation", clock });
    const client = createMemory();
    const broken = async () =>
      (await here.within({ client, signal, asker: person }, (ctx) => runs.read(ctx))).runs.filter(({ status }) => status === "unreadable").map(({ name }) => name);
    const looks = async () => {
      const before = client.last;
      await broken();
      return client.last !== before;
    };
    writeFileSync(join(memory, "two.md"), TWO);
    expect(await looks()).toBe(true);
    expect(await looks()).toBe(false);
    writeFileSync(join(memory, "three.md"), "hello");
    expect(await broken()).toEqual(["three"]);
    writeFileSync(join(memory, "three.md"), TWO);
    expect(await broken()).toEqual([]);
    writeFileSync(join(memory, "two.md"), "hello");
    expect(await broken()).toEqual([]);
    expect((await here.within({ client, signal, asker: person }, (ctx) => runbookList.run(ctx, {}, {}))).text).toContain("two cannot be read");
    writeFileSync(join(memory, "two.md"), TWO);
    expect(await looks()).toBe(true);
    expect(await looks()).toBe(false);
    await clock.advance(5_000);
    expect(await looks()).toBe(true);
    rmSync(memory, { recursive: true });
  });

  test("that only reports needs nobody to stand behind it: a new one is no line among the remedies", async () => {
    const memory = mkdtempSync(join(tmpdir(), "jarvis-memory-"));
    const here = testContext({ config: Config.parse({ runbooks: memory }), plugin: "remediation" });
    const lines = async () => (await here.within({ client: createMemory(), signal, asker: person }, (ctx) => runs.read(ctx))).runs.map(({ words }) => words);
    writeFileSync(join(memory, "two.md"), TWO);
    expect(await lines()).toEqual([]);
    writeFileSync(join(memory, "told.md"), "---\ntitle: Tell it\ntrigger: {alert: wan-down}\nclass: R\neffect: read\nplan: Look.\nsays: I tell it.\n---\nWhy.\n");
    expect(await lines()).toEqual([]);
    rmSync(memory, { recursive: true });
  });

  test("live in the memory folder, wherever the operator put it", async () => {
    const memory = mkdtempSync(join(tmpdir(), "jarvis-memory-"));
    mkdirSync(join(memory, "runbooks"));
    writeFileSync(join(memory, "runbooks/two.md"), TWO);
    const here = testContext({ config: Config.parse({}), plugin: "remediation", memory, grants: { read: plugin.permissions?.read ?? [] } });
    expect((await runbookList.run(here.withClient(createMemory()), {}, {})).text).toBe("two: Two steps");
    rmSync(memory, { recursive: true });
  });

  test("a name that leads out of the folder is none", async () => {
    for (const name of ["../operator", "/etc/passwd", "a/b", ""])
      await expect((async () => runbookExplain.run(open("succeeded").withClient(createMemory()), { name }, {}))()).rejects.toThrow("no runbook's name");
  });
});

test("what the remedies did is told from the incidents, newest first, and an odd one hides no other", () => {
  const incident = (id: string, openedAt: string, more: object = {}) => ({
    id,
    resource: "guest/101",
    name: "nextcloud",
    title: "t",
    severity: "critical",
    status: "open",
    cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
    openedAt,
    callIds: ["a"],
    alert: "proxmox/guests#guest-stopped#guest/101",
    ...more,
  });
  const told = runsOf({
    incidents: {
      a: incident("a", "2026-01-01T00:00:00Z"),
      b: incident("b", "2026-01-02T00:00:00Z", { status: "resolved", words: "Fixed." }),
      c: { id: "c" },
      d: incident("d", "2026-01-03T00:00:00Z", { alert: "ups/battery#low#node/home", callIds: [] }),
    },
  });
  expect(told.open).toBe(1);
  expect(told.runs.map((run) => [run.incident, run.words, run.severity])).toEqual([
    ["b", "nextcloud: Fixed.", "info"],
    ["a", "nextcloud: It crashed.", "critical"],
  ]);
  expect(runsOf(undefined)).toEqual({ open: 0, runs: [] });
});

test("a runbook that cannot be read is a warning with its file, its line and what to do, until it can be", () => {
  const line = { resource: "service/runbook/oom", name: "oom", at: "2026-11-23T00:00:00.000Z", severity: "warning" as const, cause: "runbook", calls: 0 };
  const words = "A runbook cannot be read: oom.md:4: steps: expected a list\nIts last good text stays in force until it can be read.";
  const [alert, ...others] = alertsOf({
    open: 0,
    runs: [
      { ...line, words, status: "unreadable" },
      { ...line, words: "It is new.", status: "new" },
    ],
  });
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ key: "runbook-unreadable", resource: "service/runbook/oom", severity: "warning", title: "The runbook oom cannot be read" });
  expect(alert?.why).toBe(
    "A runbook cannot be read: oom.md:4: steps: expected a list. Its last good text stays in force until it can be read. Mend the file and save it: it is read again at once.",
  );
});
