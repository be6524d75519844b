// Ctrl+K jumps to any resource, page or tool; a tool's fields come from its schema, its call goes the way of every button, and a refusal is shown.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { find } from "../../ui/src/lib/jump/find.ts";
import { fieldsOf, inputOf } from "../../ui/src/lib/jump/form.ts";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";

const path = browserPath();
const LONG_MS = 120_000;
const NOW = Date.UTC(2026, 10, 20, 20, 0);

test("the name one begins to type is found first, and what was typed may always be said to Jarvis", () => {
  const { drawn, tools } = quietHouse(NOW);
  const titles = (text: string): string[] => find(text, drawn, tools).map(({ kind, title }) => `${kind} ${title}`);
  expect(titles("next")).toEqual(["thing nextcloud", "say next"]);
  expect(titles("set")[0]).toBe("page Settings");
  expect(titles("reboot guest")).toEqual(["tool Reboot a guest", "say reboot guest"]);
  expect(titles("112")[0]).toBe("thing nextcloud");
  expect(titles("(["), "what is no word finds nothing and breaks nothing").toEqual(["say (["]);
  expect(titles("me-as")[0], "a hyphen is a letter like any other").toBe("say me-as");
  expect(titles("e-2")[0]).toBe("thing pihole-2");
  expect(titles("").slice(0, 6)).toEqual(["page Deck", "page Incidents", "page Chat", "page Plugins", "page Audit", "page Settings"]);
});

test("fields come from the schema, needed ones first, and their text becomes values of its types", () => {
  const schema = {
    properties: {
      note: { type: "string", description: "Why" },
      vmid: { type: "integer" },
      force: { type: "boolean" },
      mode: { enum: ["snapshot", "stop"] },
      tags: { type: "array" },
      keep: { type: "integer", default: 3 },
    },
    required: ["vmid", "keep"],
  };
  const fields = fieldsOf(schema, quietHouse(NOW).drawn);
  expect(fields.map(({ name, sort, needed }) => [name, sort, needed])).toEqual([
    ["vmid", "number", true],
    ["note", "text", false],
    ["force", "yes", false],
    ["mode", "choice", false],
    ["tags", "json", false],
    ["keep", "number", false],
  ]);
  expect(fields[0]?.options).toContainEqual(["112", "nextcloud"]);
  expect(inputOf(fields, { vmid: " 112 ", note: "", force: "yes", mode: "stop", tags: '["a"]' })).toEqual({
    input: { vmid: 112, force: true, mode: "stop", tags: ["a"] },
    wrong: {},
  });
  expect(inputOf(fields, { keep: "many", tags: "a, b" }).wrong).toEqual({
    vmid: "vmid is needed.",
    keep: "keep is a number.",
    tags: 'tags is written as JSON, such as ["one", "two"] or {"name": 1}.',
  });
  expect(fieldsOf(undefined, undefined)).toEqual([]);
});

describe.skipIf(path === undefined)("the jump dialog", () => {
  let deck: Deck;

  const open = async (): Promise<Page> => {
    const page = await deck.open();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    return page;
  };

  beforeAll(async () => {
    deck = await openDeck(quietHouse(Date.now()));
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "opens a resource's sheet and a page by keys alone, and Escape leaves it",
    async () => {
      const page = await open();
      await page.keyboard.type("nextc");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "nextcloud" }).waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("audit");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/audit");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("combobox").waitFor({ state: "detached" });
      await page.close();
    },
    LONG_MS,
  );

  test(
    "calls a tool with its fields, says what is missing, and shows a refusal in its own words",
    async () => {
      const page = await open();
      await page.getByRole("combobox").fill("break something");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Jump to" });
      await dialog.getByRole("button", { name: "Call" }).click();
      await dialog.getByText("name is needed.").waitFor();
      expect(deck.server.asked.filter(({ method }) => method === "tools.call")).toEqual([]);
      await dialog.getByLabel("name needed", { exact: true }).fill("guest-crash");
      await page.keyboard.press("Enter");
      await dialog.getByText("succeeded by operator: Break something: done.").waitFor();
      expect(deck.server.asked.findLast(({ method }) => method === "tools.call")?.params).toMatchObject({ name: "fault_break", arguments: { name: "guest-crash" } });
      await dialog.getByRole("button", { name: "Back" }).click();
      await page.getByRole("combobox").fill("reboot a guest");
      await page.keyboard.press("Enter");
      await dialog.getByLabel("vmid", { exact: true }).fill("100");
      await page.keyboard.press("Enter");
      await dialog.getByText("refused by self: Jarvis itself runs in mgmt: I will not interrupt it.").waitFor();
      await page.close();
    },
    LONG_MS,
  );
});
