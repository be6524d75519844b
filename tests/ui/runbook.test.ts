// Runbooks in Settings: what is read of a list, which rule is a runbook's mode, and what really holds.
import { expect, test } from "bun:test";
import type { ListedRule } from "../../core/contract/rule.ts";
import { RuleBody } from "../../core/contract/rule.ts";
import { countsAs, found, listingTool, modeRule, modeRuleOf, runbooksOf } from "../../ui/src/lib/runbook/runbook.ts";
import { browserPath } from "../support/chromium.ts";
import { openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { until } from "../support/until.ts";

const LISTED = {
  runbooks: [
    { name: "storage-full", title: "Make room", needs: [], trigger: { alert: ["storage-full"], cause: ["storage"] }, class: "A", effect: "disruptive", standing: "confirmed" },
    { name: "disk-failing", title: "A disk fails", needs: [], trigger: { alert: ["disk-failing"] }, class: "R", effect: "read", standing: "confirmed" },
    { name: "bounce", title: "Bounce it", about: "Restarts a guest", needs: ["vmid"], standing: "new" },
    { name: "broken", title: "Old text of a broken one", needs: [], standing: "confirmed" },
    { nonsense: true },
  ],
  broken: [{ name: "broken", words: "broken.md:4: steps: expected a list.", stands: true }],
};
const rule = (id: string, more: Partial<ListedRule>): ListedRule => ({
  id,
  origin: "chat",
  said: "",
  editable: true,
  tool: "*",
  target: "*",
  caller: "*",
  action: "deny",
  ...more,
});

test("a list is read as it is told; what wants an eye comes first, and what is not understood is left out", () => {
  expect(runbooksOf(LISTED)).toEqual([
    {
      name: "bounce",
      title: "Bounce it",
      answers: "Run by hand.",
      does: "Restarts a guest",
      acts: false,
      remark: "New and not confirmed: each step is asked about.",
    },
    { name: "broken", title: "broken", answers: "Cannot be read.", does: "", acts: false, remark: "broken.md:4: steps: expected a list. Its last good text stays in force." },
    { name: "disk-failing", title: "A disk fails", answers: "Answers disk-failing.", does: "Reported with a plan; nothing is done.", acts: false, remark: undefined },
    { name: "storage-full", title: "Make room", answers: "Answers storage-full, caused by storage.", does: "Done, then reported (disruptive).", acts: true, remark: undefined },
  ]);
  for (const nothing of [undefined, null, 7, {}, { runbooks: "x" }]) expect(runbooksOf(nothing)).toEqual([]);
});

test("the tool that lists them is found by what it is, not by whose", () => {
  const { tools } = quietHouse(0);
  expect(listingTool(tools)).toBeUndefined();
  expect(listingTool([...tools, { name: "cook_runbook_list", title: "", about: "", effect: "read", inputSchema: {} }])).toBe("cook_runbook_list");
});

test("its mode is the last rule about it alone; a rule about one target, some hours or a call is none", () => {
  const rules = [
    rule("1", { caller: "runbook:storage-full, remedy:storage-full", action: "propose" }),
    rule("2", { caller: "runbook:storage-full", action: "observe", target: "guest/101" }),
    rule("3", { caller: "runbook:storage-full", action: "observe", when: "22:00-06:00" }),
    rule("4", { caller: "runbook:storage-full", action: "deny" }),
    rule("5", { caller: "runbook:other", action: "observe" }),
  ];
  expect(modeRuleOf(rules, "storage-full")?.id).toBe("1");
  expect(modeRuleOf(rules, "storage")).toBeUndefined();
  const body = RuleBody.parse(modeRule("storage-full", "Make room", "observe"));
  expect(modeRuleOf([rule("9", body)], "storage-full")?.action).toBe("observe");
});

test("a mode of its own only lowers the house's", () => {
  expect([countsAs("act", "propose"), countsAs("observe", "act"), countsAs(undefined, "act"), countsAs("propose", "observe")]).toEqual(["propose", "observe", "act", "observe"]);
});

test("they are found by any of their words", () => {
  expect(found(runbooksOf(LISTED), "room disruptive").map(({ name }) => name)).toEqual(["storage-full"]);
  expect(found(runbooksOf(LISTED), " ")).toHaveLength(4);
});

const path = browserPath();
test.skipIf(path === undefined)(
  "Settings shows each runbook, finds one, and sets its autonomy by the operator's rules; a rule for a plugin that is not up is kept once that is said; a plugin without any is said",
  async () => {
    const house = quietHouse(Date.now());
    const tool = { name: "cook_runbook_list", title: "List", about: "", effect: "read" as const, inputSchema: {} };
    const many = Array.from({ length: 12 }, (_, index) => ({ name: `spare-${index}`, title: `Spare ${index}`, needs: [], standing: "confirmed" }));
    const deck = await openDeck({ ...house, tools: [...house.tools, tool], answers: { [tool.name]: { ...LISTED, runbooks: [...LISTED.runbooks, ...many] } } });
    try {
      const page = await deck.open("/settings", { width: 390 });
      const panel = page.getByRole("region", { name: "Runbooks" });
      await panel.getByRole("button", { name: "Show all 16" }).waitFor();
      await panel.getByRole("searchbox", { name: "Find a runbook" }).fill("make room");
      const select = panel.getByRole("combobox", { name: "Autonomy of Make room" });
      expect(await select.locator("option:checked").textContent()).toBe("as the house (act)");
      await select.focus();
      await select.selectOption("observe");
      await panel.getByText("Rule 9, dashboard 2026-11-23.").waitFor();
      expect(deck.server.asked.filter(({ method }) => method === "rules.add").map(({ params }) => params)).toEqual([
        { tool: "*", target: "*", caller: "runbook:storage-full, remedy:storage-full", action: "observe", words: "Make room: observe" },
      ]);
      await select.selectOption("");
      await until(() => deck.server.asked.some(({ method }) => method === "rules.remove"), { what: "the rule to be taken back" });
      await panel.getByRole("searchbox").fill("nothing like it");
      await panel.getByText("None of that name.").waitFor();
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      const rules = page.getByRole("region", { name: "Rules" });
      await rules.getByRole("button", { name: "Add" }).click();
      await rules.getByLabel("Tool", { exact: true }).fill("soon_thing_do");
      await rules.getByRole("button", { name: "Add", exact: true }).last().click();
      await rules.getByRole("alert").getByText("There is no tool named soon_thing_do. No rule was made.").waitFor();
      await rules.getByRole("button", { name: "Keep it anyway" }).click();
      await rules.getByRole("button", { name: "Keep it anyway" }).waitFor({ state: "detached" });
      const added = deck.server.asked.filter(({ method }) => method === "rules.add").map(({ params }) => params);
      expect(added.slice(1)).toMatchObject([{ tool: "soon_thing_do" }, { tool: "soon_thing_do", anyway: true }]);
      deck.server.house.tools = house.tools;
      await page.reload();
      await panel.getByText("No plugin that runs brings runbooks.").waitFor();
    } finally {
      await deck.close();
    }
  },
  120_000,
);
