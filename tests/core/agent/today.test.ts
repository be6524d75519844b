// What was done, told as a person would: names and plain verbs, unknowns first, each sentence with its evidence; and what is not seen is not called well.
import { describe, expect, test } from "bun:test";
import { overview, type View, wrong } from "../../../core/agent/reflex/answers.ts";
import { today } from "../../../core/agent/reflex/today.ts";
import type { Call } from "../../../core/contract/call.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";

const NOW = "2026-11-22T21:54:00.000Z";
const resource = (id: string, name: string, stale = false): LiveResource => ({
  id,
  name,
  kind: id.startsWith("guest") ? "guest" : "container",
  status: "up",
  stale,
  at: "2026-11-22T21:50:00.000Z",
  plugin: "farm",
});
const house = [resource("guest/101", "nextcloud"), resource("container/home/nginx", "nginx")];
const view = (more: Partial<View>): View => ({
  nowMs: Date.parse(NOW),
  persona: Persona.parse({ name: "T" }),
  resources: house,
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
  ...more,
});
let count = 0;
const call = (tool: string, target: string, state: Call["state"], at: string, more: Partial<Call> = {}): Call => {
  count += 1;
  return {
    callId: `call-${count}`,
    tool,
    arguments: {},
    target,
    identity: null,
    effect: "disruptive",
    caller: { kind: "remedy", id: "a/b", scope: "operate", tainted: false },
    decision: "allow",
    rule: "allowed",
    state,
    createdAt: `2026-11-22T${at}:30.000Z`,
    ...more,
  };
};
const operator = { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const;

describe("what did you do today", () => {
  test("names things and says plain verbs, no tool and no id", () => {
    const said = today(view({ calls: [call("farm_guest_start", "guest/101", "succeeded", "10:41")] }));
    expect(said.text).toContain("- I started nextcloud at 10:41, and it held.");
    expect(said.text).not.toMatch(/farm_|guest\/|call-/);
    expect(said.evidence).toEqual([{ claim: "I started nextcloud at 10:41, and it held.", source: expect.stringContaining("journal call-"), at: "2026-11-22T10:41:30.000Z" }]);
  });

  test("is grouped: what nobody knows first, then what failed, apart from what was refused", () => {
    const { text } = today(
      view({
        calls: [
          call("boats_container_restart", "container/home/nginx", "succeeded", "12:00", { caller: operator }),
          call("farm_guest_shutdown", "guest/101", "denied", "11:30", { text: "A person said no." }),
          call("farm_guest_start", "guest/101", "failed", "11:00", { text: "Its storage is full." }),
          call("farm_guest_start", "guest/102", "unresolved", "10:00", { text: "The reply was lost." }),
          call("farm_guest_reboot", "guest/101", "held", "09:00"),
        ],
        feed: [{ id: "f", at: "2026-11-22T08:00:00.000Z", kind: "left-alone", resource: "guest/101", words: "I left nextcloud alone: ana stopped it." }],
      }),
    );
    expect(text.split("\n")).toEqual([
      "The last day, in UTC: 1 not known how it ended, 1 failed, 1 waits for you, 1 done, 1 not done, 1 left alone.",
      "Not known how it ended:",
      "- I tried to start guest 102 at 10:00, and do not know how it ended: The reply was lost.",
      "Failed:",
      "- I tried to start nextcloud at 11:00, and it failed: Its storage is full.",
      "Waits for you:",
      "- I would reboot nextcloud and wait for your word, asked at 09:00.",
      "Done:",
      "- I restarted nginx at 12:00, as you asked, and it held.",
      "Not done:",
      "- I did not shut down nextcloud at 11:30: A person said no.",
      "Left alone:",
      "- I left nextcloud alone: ana stopped it. (08:00)",
    ]);
  });

  test("the same done often is one sentence, and a long day stays short", () => {
    const often = ["10:00", "11:00", "12:00"].map((at) => call("farm_guest_start", "guest/101", "succeeded", at));
    expect(today(view({ calls: often })).text).toContain("- I started nextcloud 3 times, last at 12:00, and it held.");
    const many = Array.from({ length: 60 }, (_, index) => call("farm_guest_start", `guest/${300 + index}`, "succeeded", "10:00"));
    const { text, evidence } = today(view({ calls: many }));
    expect([text.split("\n").length, evidence.length]).toEqual([11, 8]);
    expect(text).toContain("- and 52 more.");
  });

  test("looks are no deeds, nor is yesterday", () => {
    const calls = [
      call("farm_guest_get", "guest/101", "succeeded", "10:00", { effect: "read" }),
      call("farm_guest_start", "guest/101", "succeeded", "10:00", { createdAt: "2026-11-20T10:00:00.000Z" }),
    ];
    expect(today(view({ calls }))).toEqual({ text: "Nothing in the last day. I only watched.", evidence: [] });
  });

  test("a giving up is told as what needs a person", () => {
    const feed: View["feed"] = [
      { id: "f", at: "2026-11-22T08:00:00.000Z", kind: "failed", incident: "INC-0007", words: "I tried 3 times in an hour and nextcloud does not stay up." },
    ];
    expect(today(view({ feed }))).toMatchObject({ text: expect.stringContaining("Needs you:"), evidence: [{ source: "core/incidents INC-0007" }] });
  });
});

describe("all is well", () => {
  const down = { ...view({}).status, sources: [{ plugin: "farm", state: "down" as const, since: NOW, words: "no answer within 10 s" }] };
  const stale = house.map((one) => ({ ...one, stale: true }));
  const cases: [string, Partial<View>, string][] = [
    ["no source is watched", { resources: [] }, "I watch nothing"],
    ["nothing has been seen and the source is down", { resources: [], status: down }, "farm is down since 21:54 UTC (no answer within 10 s)"],
    ["all sources are stale", { resources: stale, status: down }, "I see nothing now. The last I know is from 21:50 UTC."],
    ["all that is known is of the run before", { resources: stale }, "I see nothing now."],
    ["a part of it is stale", { resources: [...house.slice(1), ...stale.slice(0, 1)] }, "1 of 2 were not seen lately: guest/101 (nextcloud)."],
    ["a source is down", { status: down }, "I cannot see everything"],
  ];
  test.each(cases)("is not said when %s", (_, more, words) => {
    for (const answer of [overview, wrong]) {
      const { text } = answer(view(more));
      expect(text).not.toContain("All is well");
      expect(text).not.toContain("Nothing wrong that I can see. 0");
      expect(text).toContain(words);
    }
  });
  test("one source that is down does not hide what another does not see", () => {
    const other = { ...resource("container/nas/ntfy", "ntfy", true), plugin: "boats" };
    expect(overview(view({ resources: [...stale, ...house.slice(1), other], status: down })).text).toContain(
      "farm is down since 21:54 UTC (no answer within 10 s); 1 of 4 were not seen lately: container/nas/ntfy.",
    );
  });
  test("is said when all of it is seen", () => {
    for (const answer of [overview, wrong]) expect(answer(view({})).text).toStartWith("All is well.");
  });
});

test("a console is a person's: told by the name of what it was on, never as a failed act of mine", () => {
  const calls = [
    call("farm_guest_console", "console/guest/101", "succeeded", "12:00", { caller: operator }),
    call("farm_guest_console", "console/guest/107", "failed", "12:10", { caller: operator, text: "It is stopped: start it first." }),
  ];
  const { text } = today(view({ calls }));
  expect(text).toContain("2 consoles that people opened");
  expect(text).toContain("- A console on nextcloud was opened. (12:00)\n- A console on guest 107 could not be opened: It is stopped: start it first. (12:10)");
  expect(text).not.toContain("Failed");
});

test("a file of its own that cannot be used is told with the state of the house", () => {
  const status = { ...view({}).status, notices: [{ what: "The persona cannot be used", words: "The persona jarvis.md cannot be used: jarvis.md:3:1: no such key.", since: NOW }] };
  expect(overview(view({ status })).text).toEndWith("jarvis.md:3:1: no such key.");
  expect(wrong(view({ status })).text).toEndWith("jarvis.md:3:1: no such key.");
});
