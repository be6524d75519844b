// The main job, end to end, over the real processes: a crash is found, told apart, fixed, checked and reported; what was meant is left alone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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
