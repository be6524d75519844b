// The report by words: which sentences ask for it, and how it is told in the chat.
import { expect, test } from "bun:test";
import { readIntent } from "../../../core/agent/reflex/intent.ts";
import { toldReport } from "../../../core/agent/reflex/told-report.ts";
import type { Intent } from "../../../core/agent/reflex/wish.ts";
import type { Report, ReportLine } from "../../../core/contract/report.ts";

const ASKED: [string, Omit<Extract<Intent, { kind: "report" }>, "kind">][] = [
  ["daily report", { period: "day" }],
  ["show me the daily report please", { period: "day" }],
  ["what happened today", { period: "day" }],
  ["Tagesbericht", { period: "day" }],
  ["yesterday's report", { period: "day", date: "last" }],
  ["what did you do yesterday?", { period: "day", date: "last" }],
  ["was war gestern los?", { period: "day", date: "last" }],
  ["report for 2026-11-22", { period: "day", date: "2026-11-22" }],
  ["what happened on 2026-11-22?", { period: "day", date: "2026-11-22" }],
  ["what happened this week", { period: "week" }],
  ["weekly report", { period: "week" }],
  ["Was hast du diese Woche gemacht?", { period: "week" }],
  ["last week's report", { period: "week", date: "last" }],
  ["was ist letzte Woche passiert", { period: "week", date: "last" }],
];
test.each(ASKED)("%p asks for a report", (text, wanted) => {
  expect(readIntent(text)).toEqual({ kind: "report", ...wanted });
});

test.each(["what happened to nextcloud", "report", "what did you do today?", "restart the weekly report", "what happened to nextcloud last week", "never restart nginx this week"])(
  "%p does not",
  (text) => {
    expect(readIntent(text).kind).not.toBe("report");
  },
);

const line = (words: string, more: Partial<ReportLine> = {}): ReportLine => ({ words, at: "2026-11-22T13:03:26.000Z", times: 1, details: [], callIds: [], ...more });
const report = (more: Partial<Report> = {}): Report => ({
  period: "day",
  date: "2026-11-22",
  from: "2026-11-22T06:00:00.000Z",
  to: "2026-11-23T06:00:00.000Z",
  timeZone: "Europe/Berlin",
  complete: true,
  summary: "1 act done and proved.",
  sections: [],
  markdown: "",
  ...more,
});

test("is told with proof and undo, bounded, each line with its source", () => {
  const done = line("I start the guest again: nextcloud (guest/101)", {
    callIds: ["c1"],
    incident: "INC-0001",
    details: [
      { label: "Why", words: "It crashed." },
      { label: "Proof", words: "14:03:26 holds: it runs" },
      { label: "Task", words: "UPID:x" },
      { label: "Undo", words: "It cannot be undone." },
    ],
  });
  const { text, evidence } = toldReport(
    report({
      sections: [
        { name: "done", title: "Done and proved", lines: [done], more: 0 },
        { name: "refused", title: "Refused, nothing was sent", lines: Array.from({ length: 9 }, (_, index) => line(`no ${index}`, { times: 2, callIds: [`r${index}`] })), more: 4 },
      ],
    }),
  );
  expect(text.split("\n")).toEqual([
    "The day of 2026-11-22 (Europe/Berlin): 1 act done and proved.",
    "Done and proved:",
    "- I start the guest again: nextcloud (guest/101). Why: It crashed. Proof: 14:03:26 holds: it runs. Undo: It cannot be undone.",
    "Refused, nothing was sent:",
    ...Array.from({ length: 6 }, (_, index) => `- no ${index} (2 times).`),
    "- and 7 more: ./jarvis report day 2026-11-22",
  ]);
  expect(evidence).toHaveLength(7);
  expect(evidence[0]).toEqual({ claim: done.words, source: "journal c1", at: done.at });
});

test("a day that still runs says where the last whole one is", () => {
  expect(toldReport(report({ complete: false, summary: "Nothing happened so far: no incident, no act, nothing refused or left alone." })).text).toBe(
    'The day of 2026-11-22 (Europe/Berlin): Nothing happened so far: no incident, no act, nothing refused or left alone.\nThe last whole day: "yesterday\'s report".',
  );
});
