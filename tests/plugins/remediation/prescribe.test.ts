// From a runbook to what is done about one incident: which one fits, what its slots hold, what stands against it, and that a file which broke leaves its last good text in force.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prescribed } from "../../../core/contract/remedy.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { Config } from "../../../plugins/remediation/config.ts";
import { prescribe } from "../../../plugins/remediation/prescribe.ts";
import { type Known, prescription } from "../../../plugins/remediation/runbooks/prescribe.ts";
import { parseRunbook } from "../../../plugins/remediation/runbooks/runbook.ts";
import { createMemory, shelfOf } from "../../../plugins/remediation/runbooks/shelf.ts";
import { runbookConfirm } from "../../../plugins/remediation/tools/confirm.ts";
import { testContext } from "../../support/context.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "jarvis-prescribe-"));
  folders.push(made);
  return made;
};

const THAW = `---
title: Thaw it
trigger: {alert: guest-frozen, resource: guest/*}
needs: [vmid]
class: A
effect: disruptive
preconditions: [fresh, up, unlocked, no-alert storage-hung]
steps:
  - tool: proxmox_guest_fsfreeze_thaw
    input: {vmid: "{vmid}"}
says: I thaw {name}.
---
Because.
`;

const guest = (change: Partial<LiveResource> = {}): LiveResource => ({
  id: "guest/101",
  kind: "guest",
  name: "nextcloud",
  parent: "node/pve1",
  status: "up",
  vmid: 101,
  guestKind: "vm",
  labels: {},
  stale: false,
  at: "",
  plugin: "proxmox",
  ...change,
});
const about = (change: Partial<Prescribed> = {}): Prescribed => ({
  alert: { key: "guest-frozen", resource: "guest/101", severity: "critical", title: "t" },
  cause: { kind: "backup", words: "w", evidence: [], verdict: "fault" },
  resource: guest(),
  standing: [],
  open: [],
  ...change,
});
const NOTHING: Known = { jobOf: () => undefined, leftOut: new Map<number, number>() };
const made = (text: string, change: Partial<Prescribed> = {}, known = NOTHING) => prescription(parseRunbook("x", text), about(change), known, undefined);

describe("a runbook's front matter", () => {
  const wrong: [string, string, RegExp][] = [
    ["a class that is none", THAW.replace("class: A", "class: B"), /x\.md:5: class: .*expected A/],
    ["a step's tool that is no name", THAW.replace("proxmox_guest_fsfreeze_thaw", "rm -rf"), /x\.md:9: steps\.0\.tool: expected a tool's name/],
    ["a slot that needs does not name", THAW.replace('"{vmid}"', '"{node}"'), /x\.md:10: steps\.0\.input: uses \{node\}/],
    ["a slot nobody knows", THAW.replace("[vmid]", "[colour]"), /x\.md:4: needs\.0: expected one of vmid/],
    ["a check nobody knows", THAW.replace("[fresh,", "[shiny,"), /x\.md:7: preconditions\.0: expected some of fresh/],
    ["a time that is none", THAW.replace("says:", "deadline: soon\nsays:"), /x\.md:11: deadline: expected a time/],
    ["an act that destroys, done unasked", THAW.replace("effect: disruptive", "effect: destructive"), /x\.md:5: class: is A, and what is destructive/],
    ["a key within a step that there is not", THAW.replace("    input:", "    force: true\n    input:"), /x\.md:10: steps\.0\.force: there is no such key/],
    ["a key given twice", THAW.replace("class: A", "class: A\nclass: R"), /x\.md:6: class is given twice/],
    ["no sentence for the feed", THAW.replace("says: I thaw {name}.\n", ""), /x\.md:1: says: is missing/],
    ["a trigger without an alert", THAW.replace("alert: guest-frozen, ", ""), /x\.md:3: trigger\.alert/],
    ["a bracket left open", THAW.replace("unlocked, no-alert storage-hung]", "unlocked"), /x\.md:7: the list does not end on its line/],
  ];
  test.each(wrong)("with %s is refused at its line", (_, text, words) => expect(() => parseRunbook("x", text)).toThrow(words));
});

describe("the prescription", () => {
  test("holds the tool calls with the slots of the incident's own resource", () =>
    expect(made(THAW)).toMatchObject({
      name: "x",
      class: "act",
      reach: "root",
      says: "I thaw nextcloud.",
      steps: [{ tool: "proxmox_guest_fsfreeze_thaw", input: { vmid: 101 } }],
      verify: { by: "gone" },
    }));
  const waits: [string, Partial<Prescribed>, RegExp][] = [
    ["what is known is old", { resource: guest({ stale: true }) }, /is old/],
    ["the resource is not known", { resource: undefined }, /is old/],
    ["it is not up", { resource: guest({ status: "down" }) }, /is down, not up/],
    ["it is locked", { resource: guest({ labels: { lock: "backup" } }) }, /locked \(backup\)/],
    ["something else comes first", { open: [{ key: "storage-hung", resource: "storage/shared/nas" }] }, /storage\/shared\/nas comes first/],
  ];
  test.each(waits)("waits while %s", (_, change, words) => expect(made(THAW, change).wait).toMatch(words));
  test("waits while a slot is not known: nothing is guessed", () => {
    const text = THAW.replace("[vmid]", "[vmid, job]");
    expect(made(text).wait).toBe("its job is not known now.");
    expect(made(text, {}, { ...NOTHING, jobOf: () => "101-0" }).wait).toBeUndefined();
    expect(made(text, {}, { ...NOTHING, jobOf: () => "101; rm" }).wait).toBe("its job is not known now.");
  });
  test("is made for each fit guest that stands on it, in their start order and no more than it says", () => {
    const text = THAW.replace("guest/*}", "node/*}\ntarget: guests-on-it\nonly: [vm, up, left-out]\nmost: 2");
    const standing = [guest({ id: "guest/103", vmid: 103 }), guest({ id: "guest/101", vmid: 101 }), guest({ id: "guest/102", vmid: 102 }), guest({ id: "guest/104", vmid: 104 })];
    const leftOut = new Map([
      [101, 9],
      [102, 2],
      [103, 1],
    ]);
    const found = made(text, { resource: guest({ id: "node/pve1" }), standing }, { ...NOTHING, leftOut });
    expect(found.reach).toBe("standing");
    expect(found.steps.map(({ input }) => input.vmid)).toEqual([103, 102]);
    expect(made(text, { standing: [guest({ protected: true }), guest({ self: true })] }).wait).toMatch(/none of the guests/);
  });
});

describe("in the house", () => {
  const config = Config.parse({ runbooks: folder() });
  const here = testContext({ config, plugin: "remediation" });
  const memory = createMemory();
  const path = (name: string): string => join(config.runbooks, `${name}.md`);
  const answer = () => prescribe(here.withClient(memory), about());

  test("the one that is meant most narrowly answers, the edit of it at once, and an edit of what it does asks until it is confirmed", async () => {
    writeFileSync(path("thaw"), THAW);
    writeFileSync(path("all-guests"), THAW.replace("guest-frozen, resource: guest/*", "guest-*").replace("Thaw it", "Anything"));
    expect(await answer()).toMatchObject({ name: "thaw", title: "Thaw it" });
    expect((await answer())?.hold).toBeUndefined();
    writeFileSync(path("thaw"), THAW.replace("Thaw it", "Thaw it well"));
    expect(await answer()).toMatchObject({ title: "Thaw it well" });
    expect((await answer())?.hold).toBeUndefined();
    writeFileSync(path("thaw"), THAW.replace("says", "deadline: 20m\nsays"));
    expect((await answer())?.hold).toContain("has changed since it was confirmed");
    const ctx = here.withClient(memory);
    const identity = (await runbookConfirm.preflight?.(ctx, { name: "thaw" }))?.identity ?? null;
    await runbookConfirm.run(ctx, { name: "thaw" }, { preflight: { target: "service/runbook/thaw", identity } });
    expect((await answer())?.hold).toBeUndefined();
  });

  test("a file that no longer parses leaves its last good text in force, says so with its line, and so after a restart", async () => {
    writeFileSync(path("thaw"), THAW.replace("says", "deadline: 20m\nsays").replace("class: A", "class: Z"));
    expect(await answer()).toMatchObject({ name: "thaw", class: "act", deadlineSeconds: 1200 });
    const told = async (known: ReturnType<typeof createMemory>) => (await shelfOf(here.withClient(known))).broken;
    expect(await told(memory)).toEqual([{ name: "thaw", words: expect.stringMatching(/^thaw\.md:5: class: /), stands: true }]);
    const after = createMemory();
    expect(await prescribe(here.withClient(after), about())).toMatchObject({ name: "thaw", deadlineSeconds: 1200 });
    expect((await told(after))[0]?.stands).toBe(true);
    writeFileSync(path("thaw"), THAW);
    expect(await told(after)).toEqual([]);
    expect(await here.bare.kept()).toMatchObject({ good: {} });
  });

  test("a file that was never good stands for nothing, and one that is gone answers no more", async () => {
    writeFileSync(path("bad"), "hello");
    expect((await shelfOf(here.withClient(memory))).broken).toEqual([{ name: "bad", words: expect.stringContaining("bad.md: expected front matter"), stands: false }]);
    rmSync(path("thaw"));
    expect(await answer()).toMatchObject({ name: "all-guests" });
    rmSync(path("all-guests"));
    expect(await answer()).toBeUndefined();
  });
});
