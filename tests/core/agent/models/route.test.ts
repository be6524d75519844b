// Who answers: the table of the router, cell by cell, and the words that say why.
import { expect, test } from "bun:test";
import { readOverride } from "../../../../core/agent/models/override.ts";
import { type RouteAsked, route, type Standing } from "../../../../core/agent/models/route.ts";

const standing = (more: Partial<Standing> = {}): Standing => ({ contextTokens: 4096, state: "ok", words: "answers", ...more });
const both = { local: standing(), cloud: standing({ contextTokens: 1_000_000 }) };
const asked = (more: Partial<RouteAsked> = {}): RouteAsked => ({ intent: "short", neededTokens: 1500, carries: ["names"], stays: [], ...both, ...more });
const down = (words = "nothing answers there"): Standing => standing({ state: "down", words });

test.each([
  ["what the rules understand needs no model", { intent: "understood" }, "reflex", []],
  ["unless one is asked for", { intent: "understood", wished: "cloud" }, "cloud", ["local"]],
  ["what is short stays in the house", {}, "local", ["cloud"]],
  ["what takes many steps goes to the cloud", { intent: "long" }, "cloud", ["local"]],
  ["what disturbs the house is for the larger model", { effect: "disruptive" }, "cloud", ["local"]],
  ["what only changes what can be changed back is not", { effect: "reversible" }, "local", ["cloud"]],
  ["the persona prefers", { preferred: "cloud" }, "cloud", ["local"]],
  ["the person's own word goes before the persona's", { preferred: "cloud", wished: "local" }, "local", []],
  ["too long for the house", { neededTokens: 9000 }, "cloud", []],
  ["the house is down", { local: down() }, "cloud", []],
  ["the cloud is down", { intent: "long", cloud: down() }, "local", []],
  ["the day's money is spent", { intent: "long", cloud: standing({ spent: "$2.00 of $2.00 are spent" }) }, "local", []],
  ["one not asked yet is asked", { local: standing({ state: "unknown" }) }, "local", ["cloud"]],
  ["both are down", { local: down(), cloud: down() }, "reflex", []],
  ["there is none", { local: undefined, cloud: undefined }, "reflex", []],
  ["names never leave the house", { intent: "long", stays: ["names"] }, "local", []],
  ["names never leave the house, and the house is down", { stays: ["names"], local: down() }, "reflex", []],
  ["not even when they are asked to", { wished: "cloud", stays: ["names"] }, "local", []],
  ["logs stay, and none are carried", { intent: "long", stays: ["logs"] }, "cloud", ["local"]],
  ["@local is never sent to the cloud", { wished: "local", local: down() }, "reflex", []],
  ["only the cloud is there", { local: undefined }, "cloud", []],
] as const)("%s", (_, more, expected, otherwise) => {
  const routed = route(asked({ ...more, stays: "stays" in more ? [...more.stays] : [] }));
  expect([routed.route, [...routed.otherwise]]).toEqual([expected, [...otherwise]]);
  expect(routed.why.length).toBeGreaterThan(10);
});

test("why is told in words a person can act on", () => {
  expect(route(asked({ stays: ["names"], local: down() })).why).toBe(
    "the local model does not answer (nothing answers there), and names never leave the house (models.stays): the rules answer",
  );
  expect(route(asked({ neededTokens: 9000 })).why).toBe("the local model holds 4096 tokens and 9000 are needed, so the cloud model answers");
  expect(route(asked({ local: undefined, cloud: undefined })).why).toBe("no local model is configured: the rules answer");
});

test("@local and @cloud stand in front of the words and are taken off", () => {
  expect(readOverride(" @Local: why?")).toEqual({ wished: "local", text: "why?" });
  expect(readOverride("@cloud, look at it")).toEqual({ wished: "cloud", text: "look at it" });
  expect(readOverride("@clouds are white")).toEqual({ wished: undefined, text: "@clouds are white" });
  expect(readOverride("mail me @local")).toEqual({ wished: undefined, text: "mail me @local" });
});
