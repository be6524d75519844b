// What is remembered of runbooks: an entry that makes no sense costs itself alone, and never makes a first start of it, at which all that lies there would be stood behind.
import { expect, test } from "bun:test";
import { Config } from "../../../plugins/remediation/config.ts";
import { parseRunbook } from "../../../plugins/remediation/runbooks/runbook.ts";
import { createMemory } from "../../../plugins/remediation/runbooks/shelf.ts";
import { confirm, standings } from "../../../plugins/remediation/runbooks/trust.ts";
import { testContext } from "../../support/context.ts";

const runbook = (name: string) => parseRunbook(name, `---\ntitle: A start\nneeds: [vmid]\nsteps:\n  - tool: farm_guest_start\n    input: {vmid: "{vmid}"}\n---\nWhy.\n`);
const [ONE, TWO, THREE] = [runbook("one"), runbook("two"), runbook("three")];
const ctx = () => testContext({ config: Config.parse({}), plugin: "remediation" }).withClient(createMemory());

test("one bad entry is asked about anew, and the others keep their word", async () => {
  const here = ctx();
  await standings(here, [ONE, TWO]);
  const kept = JSON.parse(JSON.stringify(await here.kept()));
  await here.keep({ ...kept, confirmed: { ...kept.confirmed, one: 5 }, good: { slip: ["no text"], fine: "a text" } });
  expect([...(await standings(here, [ONE, TWO, THREE]))]).toEqual([
    ["one", "new"],
    ["two", "confirmed"],
    ["three", "new"],
  ]);
  await confirm(here, ONE);
  expect(await here.kept()).toEqual({ confirmed: { two: expect.any(String), one: expect.any(String) }, good: { fine: "a text" } });
  expect([...(await standings(here, [ONE, TWO])).values()]).toEqual(["confirmed", "confirmed"]);
});

test.each([[{ confirmed: "all of them" }], [{ confirmed: ["one", "two"] }], [{ confirmed: null }], ["garbage"], [[1]], [7]])(
  "%j is no first start: nobody stands behind anything",
  async (document) => {
    const here = ctx();
    await here.keep(document);
    expect([...(await standings(here, [ONE, TWO])).values()]).toEqual(["new", "new"]);
  },
);

test("nothing kept, or texts of broken files alone, is a first start", async () => {
  for (const document of [undefined, { good: { slip: 4 } }]) {
    const here = ctx();
    if (document !== undefined) await here.keep(document);
    expect([...(await standings(here, [ONE])).values()]).toEqual(["confirmed"]);
  }
});
