// The main job, end to end, over the real processes: a crash is found, told apart, fixed, checked and reported; what was meant is left alone.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const PATIENCE = { withinMs: 60_000 };
let house: House;
beforeAll(async () => {
  house = await startHouse({ speed: 20 });
  await until(async () => (await house.rpc("state.get")).resources.filter((resource) => resource.kind === "guest" && resource.status === "up").length > 10, {
    ...PATIENCE,
    what: "the guests to be seen",
  });
}, 90_000);
afterAll(async () => house?.stop());

const incidentOf = async (resource: string) => (await house.rpc("incidents.list")).incidents.find((incident) => incident.resource === resource);

describe("a guest that crashed", () => {
  test("is found, attributed with evidence, started once, verified and reported", async () => {
    await house.lab.break("guest-crash", "guest/101");
    const incident = await until(
      async () => {
        const found = await incidentOf("guest/101");
        return found?.status === "resolved" ? found : undefined;
      },
      { ...PATIENCE, what: "the incident to be resolved" },
    );
    expect(incident.cause.kind).toBe("crash");
    expect(incident.cause.evidence.length).toBeGreaterThan(0);

    const { calls } = await house.rpc("journal.list");
    const ours = calls.filter((call) => call.target === "guest/101");
    expect(ours.map((call) => call.state)).toEqual(["succeeded"]);
    expect(ours[0]).toMatchObject({ caller: { kind: "remedy" }, incident: incident.id, decision: "allow" });
    expect(ours[0]?.upid).toStartWith("UPID:");

    const { entries } = await house.rpc("feed.list");
    expect(entries.filter((entry) => entry.incident === incident.id).map((entry) => entry.kind)).toEqual(["fixed", "acting", "found"]);
    const detail = await house.rpc("incidents.get", { id: incident.id });
    expect(detail.timeline.map((entry) => entry.step)).toEqual(["detected", "diagnosed", "acted", "verifying", "report"]);
    expect(Object.keys(detail.scene).length).toBeGreaterThan(1);
  }, 90_000);
});

describe("a stop that was meant", () => {
  test.each([
    ["guest-user-stop", "guest/102", "user"],
    ["guest-powered-off-inside", "guest/106", "guest"],
    ["backup-running", "guest/105", "backup"],
  ])(
    "%s of %s is left alone as %s, and said so",
    async (fault, target, kind) => {
      await house.lab.break(fault, target);
      const entry = await until(async () => (await house.rpc("feed.list")).entries.find((one) => one.resource === target), { ...PATIENCE, what: "a word about it" });
      expect(entry).toMatchObject({ kind: "left-alone", cause: { kind } });
      expect(entry.cause?.evidence.length).toBeGreaterThan(0);
      expect((await house.rpc("journal.list")).calls.filter((call) => call.target === target)).toEqual([]);
      expect(await incidentOf(target)).toBeUndefined();
    },
    90_000,
  );
});

describe("the report", () => {
  test("of the day tells the act with its proof and how it is undone, and what was left alone; the chat tells the same", async () => {
    const [act] = (await house.rpc("journal.list")).calls.filter((call) => call.target === "guest/101");
    const report = await house.rpc("report.get");
    expect(report).toMatchObject({ period: "day", complete: false });
    const lines = (name: string) => report.sections.find((section) => section.name === name)?.lines ?? [];
    const line = lines("done").find(({ callIds }) => callIds.includes(act?.callId ?? ""));
    const details = Object.fromEntries((line?.details ?? []).map(({ label, words }) => [label, words]));
    expect(details.Proof).toMatch(/^\d\d:\d\d:\d\d holds: .*; \d\d:\d\d:\d\d holds: /);
    expect(details.Took).toMatch(/from found to fixed$/);
    expect(details.Undo).toBe(`./jarvis call proxmox_guest_shutdown '{"vmid":101}'`);
    expect(lines("left-alone").flatMap(({ details: of }) => of.filter(({ label }) => label === "On").map(({ words }) => words))).toEqual(
      expect.arrayContaining(["guest/102", "guest/106", "guest/105"]),
    );
    expect(report.markdown).toContain(`call \`${act?.callId}\``);
    expect(await house.rpc("chat.send", { text: "daily report" })).toMatchObject({ route: "reflex", text: expect.stringContaining(line?.words ?? "no line") });
    await expect(house.rpc("report.get", { date: "2199-01-01" })).rejects.toThrow("bad_input: date: the day of 2199-01-01 has not begun yet.");
  }, 30_000);

  test("that fell due while Jarvis was down is written at the next start, once", async () => {
    const journal = join(house.folder, "memory/journal");
    const path = join(house.data, "jarvis.db");
    const nowMs = Date.parse((await house.rpc("time.sync")).time);
    const due = await house.rpc("report.get", { date: "last" });
    await house.stopCore();
    const database = new Database(path);
    const KEY = "reports.next";
    const kept = database.query<{ value: string }, [string]>("SELECT value FROM settings WHERE key = ?").get(KEY);
    const plan = z.looseObject({ rule: z.string() }).parse(JSON.parse(kept?.value ?? "null"));
    database.query("UPDATE settings SET value = ? WHERE key = ?").run(JSON.stringify({ ...plan, sinceMs: nowMs - 100_000_000, nextMs: Date.parse(due.to) }), KEY);
    database.close();
    for (let start = 0; start < 2; start += 1) {
      await house.startCore();
      // What was begun is ended before it is.
      await house.stopCore();
      const files = readdirSync(journal);
      expect(files.filter((name) => !name.includes("W"))).toEqual([`${due.date}.md`]);
      expect(readFileSync(join(journal, `${due.date}.md`), "utf8")).toStartWith(`# Jarvis: ${due.date}\n`);
    }
  }, 60_000);
});
