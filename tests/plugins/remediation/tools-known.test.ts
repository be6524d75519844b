// A runbook that names a tool nobody brings is told with its line and armed by nobody; and what is remembered of runbooks has one writer at a time.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Config } from "../../../plugins/remediation/config.ts";
import { parseRunbook } from "../../../plugins/remediation/runbooks/runbook.ts";
import { createMemory, runbookNamed, shelfOf } from "../../../plugins/remediation/runbooks/shelf.ts";
import { confirm, standings } from "../../../plugins/remediation/runbooks/trust.ts";
import { alertsOf, runs } from "../../../plugins/remediation/runs.ts";
import { runbookConfirm } from "../../../plugins/remediation/tools/confirm.ts";
import { testContext } from "../../support/context.ts";

const dir = mkdtempSync(join(tmpdir(), "jarvis-tools-known-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let folders = 0;
const house = (files: Record<string, string>, known: { tools: string[]; waiting: string[] } | undefined) => {
  folders += 1;
  const runbooks = join(dir, String(folders));
  mkdirSync(runbooks);
  const put = (name: string, text: string): void => writeFileSync(join(runbooks, `${name}.md`), text);
  for (const [name, text] of Object.entries(files)) put(name, text);
  let now = known;
  const reading = () => ({ value: now, revision: 1, at: "2026-11-23T10:00:00.000Z", stale: false });
  const context = testContext({
    config: Config.parse({ runbooks }),
    plugin: "remediation",
    state: (): ReturnType<typeof all> => all(),
  });
  const all = () => (now === undefined ? {} : { "core/tools": reading() });
  const ctx = context.withClient(createMemory());
  const learn = (tools: typeof known): void => {
    now = tools;
  };
  return { ctx, put, learn };
};
const runbook = (tool: string): string => `---\ntitle: A start\nneeds: [vmid]\nsteps:\n  - tool: ${tool}\n    input: {vmid: "{vmid}"}\n---\nWhy.\n`;
const TOOLS = { tools: ["farm_guest_stop", "farm_guest_start", "farm_node_wake"], waiting: ["docks"] };

test("a tool nobody brings is an error at its line with what was meant; it is neither listed as good nor confirmed", async () => {
  const { ctx } = house({ slip: runbook("farm_guest_strat"), good: runbook("farm_guest_start") }, TOOLS);
  const { runbooks, broken } = await shelfOf(ctx);
  expect(runbooks.map(({ name }) => name)).toEqual(["good"]);
  expect(broken).toEqual([{ name: "slip", words: "slip.md:5: steps.0.tool: there is no tool farm_guest_strat. Did you mean farm_guest_start?", stands: false }]);
  await expect(runbookNamed(ctx, "slip")).rejects.toThrow("slip.md:5: steps.0.tool: there is no tool");
  await expect(Promise.resolve(runbookConfirm.preflight?.(ctx, { name: "slip" }))).rejects.toThrow("there is no tool");
});

test("a tool of a plugin that is not up yet only waits; that nothing is known of tools accuses nobody", async () => {
  for (const known of [TOOLS, undefined]) {
    const { ctx } = house({ harbour: runbook("docks_crane_lift") }, known);
    expect((await shelfOf(ctx)).broken).toEqual([]);
  }
});

test("an edit that names such a tool leaves the last good text in force; and a plugin that came up without the tool is told", async () => {
  const { ctx, put, learn } = house({ one: runbook("farm_guest_start"), two: runbook("docks_crane_lift") }, TOOLS);
  await shelfOf(ctx);
  put("one", runbook("farm_guest_fly"));
  const { runbooks, broken } = await shelfOf(ctx);
  expect(broken).toMatchObject([{ name: "one", stands: true }]);
  expect(runbooks.find(({ name }) => name === "one")?.steps[0]?.tool).toBe("farm_guest_start");

  learn({ tools: [...TOOLS.tools, "docks_crane_lower"], waiting: [] });
  expect((await shelfOf(ctx)).broken.map(({ name, stands }) => [name, stands])).toEqual([
    ["one", true],
    ["two", false],
  ]);
});

test("a confirmation made while a broken file's text is noted is not lost, nor the text", async () => {
  const { ctx, put } = house({ one: runbook("farm_guest_start"), two: runbook("farm_guest_stop") }, TOOLS);
  await standings(ctx, (await shelfOf(ctx)).runbooks);
  const three = parseRunbook("three", runbook("farm_node_wake"));
  for (let round = 0; round < 5; round += 1) {
    put("one", round % 2 === 0 ? "broken" : runbook("farm_guest_start"));
    await Promise.all([shelfOf(ctx), confirm(ctx, { ...three, name: `three-${round}` }), shelfOf(ctx)]);
  }
  const kept = await ctx.kept();
  expect(kept).toMatchObject({ confirmed: Object.fromEntries([0, 1, 2, 3, 4].map((round) => [`three-${round}`, expect.any(String)])) });
  expect(kept).toMatchObject({ good: { one: runbook("farm_guest_start") }, confirmed: { one: expect.any(String), two: expect.any(String) } });
});

test("a runbook that cannot be read stays told however many runs came after it", async () => {
  const { ctx } = house({ slip: runbook("farm_guest_strat") }, TOOLS);
  const incident = (number: number) => ({
    id: `INC-${number}`,
    resource: "guest/1",
    name: "one",
    title: "one is down",
    severity: "critical",
    status: "resolved",
    cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
    openedAt: new Date(Date.UTC(2027, 0, 1) + number * 60_000).toISOString(),
    callIds: ["c"],
    alert: "farm/barn#guest-stopped#guest/1",
  });
  const incidents = Object.fromEntries(Array.from({ length: 60 }, (_, number) => [`INC-${number}`, incident(number)]));
  const reading = { value: { incidents }, revision: 1, at: "2026-11-23T10:00:00.000Z", stale: false };
  const state: typeof ctx.state = async (pattern) => (pattern === "core/incidents" ? { "core/incidents": reading } : ctx.state(pattern));
  const now = await runs.read({ ...ctx, state });
  expect(now.runs.length).toBe(50);
  expect(alertsOf(now).map(({ title }) => title)).toEqual(["The runbook slip cannot be read"]);
});
