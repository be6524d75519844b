// The kill switch by hand and by every caller, in one house: the file alone engages within one sending, only the operator's release ends it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { full, randomOf } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { byToken, type Reply } from "./doors.ts";
import { createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

let house: FixtureHouse;
const kill = (): string => join(house.data, "KILL");
const open = async (rate: number): Promise<void> => {
  house = await createFixtureHouse({ rate });
};
afterEach(async () => house.stop());

let count = 0;
const mark = async (target = "guest/901") => {
  count += 1;
  return house.operator("tools.call", { name: "fixture_thing_mark", arguments: { target, nonce: `call ${count}` }, waitSeconds: 0 });
};
const remedyMark = async (target = "guest/901") =>
  house.app.pipeline.call({
    tool: "fixture_thing_mark",
    arguments: { target, nonce: `remedy ${count}` },
    caller: { kind: "remedy", id: "fixture/repair", scope: "operate", tainted: false },
    incident: house.incidentOn(target, { by: "fixture/repair", tool: "fixture_thing_mark" }),
    remedy: "fixture/repair",
    waitSeconds: 0,
  });
const modes = () => house.operator("autonomy.get");
const typeOf = (reply: Reply): string => reply.error?.data?.type ?? "answered";

describe("the file KILL made by hand", () => {
  // A clock at the wall's own pace: the watch for the screen is then slower than anything asked here.
  beforeEach(() => open(1));

  test.each([
    ["", "effects"],
    ["effects\n", "effects"],
    ["pause", "pause"],
    ["all", "all"],
    ["whatever this says", "effects"],
  ])("%j engages %s in the very next step", async (words, level) => {
    writeFileSync(kill(), words);
    expect(await modes()).toMatchObject({ killed: true, killLevel: level });
    expect((await remedyMark()).state).toBe("refused");
    const asked = await mark();
    expect(asked.state === "refused").toBe(level !== "pause");
    await until(async () => (await house.operator("journal.list", {})).calls.every(({ state }) => state !== "sending"), { what: "what runs to have been sent" });
    expect(house.effects().length).toBe(level === "pause" ? 1 : 0);
  });

  test("is on record as soon as one call met it: taken away at once, it still holds", async () => {
    writeFileSync(kill(), "");
    expect((await mark()).state).toBe("refused");
    rmSync(kill());
    expect((await mark()).state).toBe("refused");
    expect(await modes()).toMatchObject({ killed: true, killLevel: "effects" });
    expect(house.effects()).toEqual([]);
  });

  test("a folder by that name holds too", async () => {
    mkdirSync(kill());
    expect((await mark()).state).toBe("refused");
    expect(house.effects()).toEqual([]);
  });

  test("stands until a release by the operator, which takes the file away and lets everything run again", async () => {
    writeFileSync(kill(), "all");
    expect((await mark()).state).toBe("refused");
    expect(await house.operator("release")).toMatchObject({ killed: false });
    expect(existsSync(kill())).toBe(false);
    expect((await mark()).state).toBe("running");
    await until(() => house.effects().length === 1, { what: "the effect" });
  });

  test("made after a release engages anew", async () => {
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(kill(), "");
      expect((await mark()).state).toBe("refused");
      await house.operator("release");
      expect((await modes()).killed).toBe(false);
    }
  });

  test("a data folder that is not there counts as engaged for as long", async () => {
    renameSync(house.data, `${house.data}.away`);
    expect(house.app.switches.view()).toMatchObject({ killed: true, killLevel: "effects" });
    expect((await remedyMark()).state).toBe("refused");
    renameSync(`${house.data}.away`, house.data);
    expect((await modes()).killed).toBe(false);
    expect(house.effects()).toEqual([]);
  });
});

describe("amid a burst of calls", () => {
  beforeEach(() => open(20));

  test(
    "nothing asked for after the file is there has an effect, and nothing is sent after it",
    async () => {
      const random = randomOf("kill amid a burst");
      const rounds = full ? 200 : 20;
      for (let round = 0; round < rounds; round += 1) {
        const before: string[] = [];
        const after: string[] = [];
        const burst = 6;
        const at = Math.floor(random() * burst);
        const asked: Promise<unknown>[] = [];
        for (let index = 0; index < burst; index += 1) {
          if (index === at) writeFileSync(kill(), random() < 0.5 ? "" : "all");
          const nonce = `${round}/${index}`;
          (index < at ? before : after).push(nonce);
          asked.push(house.operator("tools.call", { name: "fixture_thing_mark", arguments: { target: `guest/90${[1, 4, 5, 6][index % 4]}`, nonce }, waitSeconds: 300 }));
          if (random() < 0.5) await asked.at(-1);
        }
        await Promise.all(asked);
        expect(house.effects().filter((nonce) => after.includes(nonce))).toEqual([]);
        // Each of those asked for before it either ran to its end or never left.
        const { calls } = await house.operator("journal.list", { limit: 1000 });
        const states = calls.filter((call) => before.some((nonce) => JSON.stringify(call.arguments).includes(`"${nonce}"`))).map(({ state }) => state);
        expect(states.filter((state) => state === "succeeded").length).toBe(house.effects().filter((nonce) => before.includes(nonce)).length);
        expect(states.every((state) => ["succeeded", "refused", "aborted", "failed"].includes(state))).toBe(true);
        await house.operator("release");
      }
    },
    full ? 1_800_000 : 120_000,
  );
});

describe("engaging and letting go", () => {
  beforeEach(() => open(20));

  test("an operate token engages and lowers; a read token neither; only the operator releases and raises", async () => {
    const tokens = Object.fromEntries(
      await Promise.all((["read", "operate"] as const).map(async (scope) => [scope, (await house.operator("tokens.new", { name: `kill ${scope}`, scope })).token] as const)),
    );
    const as = (scope: string) => byToken(house.url, tokens[scope] ?? "");
    expect(typeOf(await as("read")("kill"))).toBe("scope");
    expect(typeOf(await as("read")("autonomy.set", { mode: "observe" }))).toBe("scope");
    expect(await modes()).toMatchObject({ killed: false, mode: "act" });
    expect(typeOf(await as("operate")("kill", { level: "pause", reason: "a script saw smoke" }))).toBe("answered");
    expect(typeOf(await as("operate")("autonomy.set", { mode: "observe" }))).toBe("answered");
    for (const scope of ["read", "operate"]) {
      expect(typeOf(await as(scope)("release"))).toBe("operator_only");
      expect(typeOf(await as(scope)("autonomy.set", { mode: "act" }))).toBe("operator_only");
    }
    expect(await modes()).toMatchObject({ killed: true, killLevel: "pause", mode: "observe" });
    await house.operator("release");
    // Letting go raises nothing.
    expect(await modes()).toMatchObject({ killed: false, mode: "observe" });
  });

  test("a lighter level never softens a heavier one", async () => {
    await house.operator("kill", { level: "all" });
    for (const level of ["pause", "effects"]) expect(await house.operator("kill", { level })).toMatchObject({ killLevel: "all" });
    writeFileSync(kill(), "pause");
    expect(await modes()).toMatchObject({ killLevel: "all" });
    await house.operator("release");
    await house.operator("kill", { level: "pause" });
    writeFileSync(kill(), "effects");
    expect(await modes()).toMatchObject({ killLevel: "effects" });
  });

  test("pause refuses what is unasked and nothing else", async () => {
    await house.operator("kill", { level: "pause" });
    expect(await remedyMark("guest/904")).toMatchObject({ state: "refused", rule: "paused" });
    expect((await mark()).state).toBe("running");
    await until(() => house.effects().length === 1, { what: "the operator's effect" });
  });

  test("no tool releases, raises, approves or mints: there is none that could", async () => {
    const { tools } = await house.operator("tools.list");
    expect(tools.filter(({ name }) => /release|autonomy|approve|token|kill|policy|protect/.test(name))).toEqual([]);
  });
});
