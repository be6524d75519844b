// Consoles of people in a report: no acts of Jarvis, told by what they were on.
import { expect, test } from "bun:test";
import { makeReport } from "../../../core/reports/make.ts";
import { at, call, material } from "./rows.ts";

test("a person's console is no act that failed: it has a part of its own, says on what, and how long", () => {
  const by = { caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const, tool: "farm_guest_console", effect: "disruptive" as const };
  const end = { endedAt: at("13:06:26"), why: "The shell has ended.", typedBytes: 3, shownBytes: 9 };
  const made = makeReport(
    material({
      calls: [
        call({ ...by, state: "succeeded", target: "console/guest/101", console: end, createdAt: at("13:03:26") }),
        call({ ...by, state: "failed", target: "console/guest/107", text: "It is stopped: start it first." }),
      ],
    }),
  );
  expect(made.sections.map(({ name }) => name)).toEqual(["consoles"]);
  expect(made.sections[0]?.lines.map(({ words }) => words)).toEqual(["A console on nextcloud (guest/101) was open for 3 min", "A console on guest/107 could not be opened"]);
  expect(made.sections[0]?.lines[1]?.details[0]).toEqual({ label: "Why not", words: "It is stopped: start it first." });
  expect(made.summary).toBe("2 consoles of people.");
});

test("one that was refused, or waits, stands with the others of its kind and says on what", () => {
  const by = { caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const, tool: "farm_guest_console", target: "console/guest/101" };
  const made = makeReport(material({ calls: [call({ ...by, state: "denied", decision: "deny" }), call({ ...by, state: "held", decision: "ask" })] }));
  expect(made.sections.map(({ name, lines }) => [name, lines[0]?.words])).toEqual([
    ["waiting", "A console on nextcloud (guest/101)"],
    ["refused", "A console on nextcloud (guest/101)"],
  ]);
});
