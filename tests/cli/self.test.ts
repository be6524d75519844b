// `self`: what Jarvis runs on and cannot do without, with how it is known and what is refused on it.
import { afterEach, expect, test } from "bun:test";
import { describeSelf } from "../../core/cli/self-words.ts";
import type { SelfStatus } from "../../core/contract/self.ts";
import { createFixture, type Fixture } from "./fixture.ts";

let open: Fixture | undefined;
afterEach(() => open?.stop());

const at = "2026-01-02T03:04:05.000Z";
const self: SelfStatus = {
  state: "guest",
  resources: ["guest/100"],
  words: "Jarvis runs on guest/100 (mgmt).",
  facts: [
    { role: "guest", id: "guest/100", words: "guest/100 (mgmt)", how: "its firmware uuid is its own", at, guarded: "always" },
    { role: "dns", id: "guest/103", words: "guest/103 (adguard), 192.168.1.83", how: "it asks there for names", at, guarded: "disruptive" },
    { role: "gateway", words: "Not known.", how: "no default route among its signs", at, guarded: "no" },
  ],
  lookedAt: at,
};

test("self --json is what status carries of it", async () => {
  open = createFixture({ "status.get": () => ({ mode: "act", killed: false, maintenance: false, sources: [], version: "1.0.0", self, brain: "rules" }) });
  const ran = await open.run(["self", "--json"]);
  expect([ran.code, JSON.parse(ran.out)]).toEqual([0, self]);
});

test("self for people is a fact a line, with what is refused on it and how it is known", () => {
  const lines = describeSelf(self).split("\n");
  expect(lines[0]).toBe("Jarvis runs on guest/100 (mgmt).");
  expect(lines[2]).toMatch(/^ {2}name server +guest\/103 \(adguard\), 192\.168\.1\.83 +never disturbed +it asks there for names, since 2026-01-02 03:04$/);
  expect(lines[3]).toMatch(/gateway +Not known\. +no default route among its signs/);
  expect(lines.at(-1)).toContain("they are every hour");
});
