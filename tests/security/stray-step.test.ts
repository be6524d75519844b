// A runbook whose step is not about its incident does nothing, in a whole running core: neither by its own file's words, nor when a call comes to the pipeline past all that looks at them before.
import { afterEach, expect, test } from "bun:test";
import { until } from "../support/until.ts";
import { createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";
import { MARK_IT } from "./prescribed.ts";

let house: FixtureHouse;
afterEach(async () => house.stop());

const WITHIN = { withinMs: 15_000 };
const incident = () => until(async () => (await house.operator("incidents.list")).incidents.find(({ resource }) => resource === "guest/901"), { ...WITHIN, what: "the incident" });
const byRunbook = (incident: string, tool: string, target: string) =>
  house.app.pipeline.call({
    tool,
    arguments: { target, nonce: `${tool} ${target}` },
    caller: { kind: "runbook", id: "fixture/mark-it", scope: "operate", tainted: false },
    incident,
    remedy: "fixture/mark-it",
  });

test("a step that names another guest is left alone, said and handed to a person", async () => {
  house = await createFixtureHouse({
    rate: 40,
    name: "oddly",
    prescribed: { ...MARK_IT, steps: [{ tool: "fixture_thing_mark", input: { target: "guest/904", nonce: "stray" } }] },
  });
  const { id } = await incident();
  const escalated = await until(
    async () => {
      const found = await house.operator("incidents.get", { id });
      return found.status === "escalated" ? found : undefined;
    },
    { ...WITHIN, what: "the incident to be handed over" },
  );
  expect(escalated.words).toContain("would touch guest/904, and this is about guest/901");
  expect((await house.operator("journal.list")).calls).toEqual([]);
  expect(await byRunbook(id, "fixture_thing_mark", "guest/904")).toMatchObject({
    state: "refused",
    rule: "off_incident",
    text: expect.stringContaining("Nobody prescribed anything"),
  });
  expect(house.effects()).toEqual([]);
}, 60_000);

test("what was prescribed is done; its calls for another guest, with another tool, or for an incident that is over are refused and leave nothing", async () => {
  house = await createFixtureHouse({ rate: 40, name: "oddly", prescribed: MARK_IT });
  const { id } = await incident();
  await until(() => house.effects().length > 0, { ...WITHIN, what: "what was prescribed" });
  expect(await byRunbook(id, "fixture_thing_mark", "guest/904")).toMatchObject({ state: "refused", rule: "off_incident", text: expect.stringContaining("guest/904") });
  expect(await byRunbook(id, "fixture_thing_shake", "guest/901")).toMatchObject({ state: "refused", rule: "off_incident" });
  expect(await byRunbook("INC-9999", "fixture_thing_mark", "guest/901")).toMatchObject({
    state: "refused",
    rule: "incident_over",
    text: expect.stringContaining("There is no incident INC-9999"),
  });
  expect(house.effects()).toEqual(["own"]);
  const { calls } = await house.operator("journal.list");
  expect(calls.filter(({ rule }) => rule === "off_incident" || rule === "incident_over").map(({ state, decision }) => [state, decision])).toEqual([
    ["refused", "deny"],
    ["refused", "deny"],
    ["refused", "deny"],
  ]);
}, 60_000);
