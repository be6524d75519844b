// A core that only watches, the whole house or one guest: nothing is done, what would have been is counted and judged, every door tells it, and only the operator lets it act again.
import { afterEach, expect, test } from "bun:test";
import { until } from "../support/until.ts";
import { byToken, cli } from "./doors.ts";
import { createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";
import { MARK_IT } from "./prescribed.ts";

let house: FixtureHouse;
afterEach(async () => house.stop());

const WITHIN = { withinMs: 20_000 };
const said = async (text: string): Promise<string> => JSON.stringify(await house.operator("chat.send", { text }));

test("what it would have done is counted once, right when the fault outlasts it, and done as soon as the operator lets it", async () => {
  house = await createFixtureHouse({ rate: 40, autonomy: "observe", name: "oddly", prescribed: MARK_IT });
  const shadow = () => house.operator("autonomy.shadow");
  await until(async () => (await shadow()).would === 1, { ...WITHIN, what: "what it would have done" });
  // The tool's own deadlines: a minute for the act, one for its looks.
  const right = await until(async () => ((await shadow()).right === 1 ? shadow() : undefined), { ...WITHIN, what: "the fault to outlast the act" });
  expect(right).toMatchObject({ would: 1, right: 1, wrong: 0, open: 0, acts: [{ by: "fixture/mark-it", tool: "fixture_thing_mark", target: "guest/901", verdict: "right" }] });
  expect(await said("what would you have done?")).toContain("I would have acted once in the last 30 days: 1 right.");
  const shown = await cli(house.data, ["autonomy"]);
  expect(JSON.parse(shown.out)).toMatchObject({ mode: "observe", limits: [], shadow: { would: 1, right: 1 } });

  expect(await said("only watch guest/901")).toContain("Rule 1 holds from now on: with oddly (guest/901) I only watch.");
  await house.operator("autonomy.set", { mode: "act" });
  const kept = await until(async () => (await house.operator("journal.list")).calls.find(({ rule }) => rule === "rule_observe"), {
    ...WITHIN,
    what: "the guest to be left alone by its rule",
  });
  expect(kept.why).toMatch(/^Rule 1 \(chat \d{4}-\d\d-\d\d\) has Jarvis only watch on guest\/901 .*it would have run it/);
  const token = byToken(house.url, (await house.operator("tokens.new", { name: "shadow", scope: "operate" })).token);
  for (const params of [
    { action: "act", target: "guest/901" },
    { action: "observe", target: "guest/902" },
  ])
    expect((await token("rules.add", params)).error?.data?.type).toBe("operator_only");
  expect((await token("autonomy.shadow")).result).toMatchObject({ would: 1 });
  expect(house.effects()).toEqual([]);

  const raised = await cli(house.data, ["autonomy", "act", "--resource", "guest/901"]);
  expect([raised.code, raised.out]).toEqual([0, expect.stringContaining("lets Jarvis act as far as the house lets it on guest/901")]);
  await until(() => house.effects().length > 0, { ...WITHIN, what: "what was prescribed" });
  expect(house.effects()).toEqual(["own"]);
}, 90_000);
