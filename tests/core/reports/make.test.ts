// A report tells unknowns first and nothing that is not on record: golden texts, bounds, and a model of its own that counts the same.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CALL_STATES, outside } from "../../../core/contract/call-state.ts";
import type { ReportLine, SectionName } from "../../../core/contract/report.ts";
import { MOST_LINES, makeReport } from "../../../core/reports/make.ts";
import { markdownOf } from "../../../core/reports/markdown.ts";
import type { Material } from "../../../core/reports/material.ts";
import { spanOn } from "../../../core/reports/period.ts";
import { at, BERLIN, call, entry, incident, material } from "./rows.ts";

const section = (from: Material, name: SectionName) => makeReport(from).sections.find((one) => one.name === name);
const detailsOf = (line: ReportLine | undefined) => Object.fromEntries((line?.details ?? []).map(({ label, words }) => [label, words]));

describe("the report of a day", () => {
  test("tells an act with why, proof, how long from found to fixed, by whom, and how it is undone", () => {
    const act = call({
      state: "succeeded",
      callId: "c1",
      incident: "INC-0001",
      upid: "UPID:pve:1:qmstart:101:",
      text: "Asked pve to start nextcloud (101). Checked twice: it runs.",
    });
    const report = makeReport(
      material({
        calls: [act],
        incidents: [incident({ callIds: ["c1"] })],
        feed: [entry({ kind: "acting", callId: "c1", incident: "INC-0001", words: "I start the guest again: nextcloud." })],
        proofs: new Map([
          [
            "c1",
            {
              why: "The table of effects and callers lets it run.",
              looks: [`${at("13:03:20")} holds: it runs`, `${at("13:03:26")} holds: it runs`],
              undo: `What it had not saved is lost. ./jarvis call farm_guest_stop '{"vmid":101}'`,
            },
          ],
        ]),
      }),
    );
    expect(markdownOf(report)).toBe(`# Jarvis: 2026-11-22

From 2026-11-22 07:00:00 to 2026-11-23 07:00:00, Europe/Berlin.

1 new incident, 1 incident over, 1 act done and proved.

## Done and proved

- I start the guest again: nextcloud (guest/101) · 14:03:26
  - Why: Its process was ended by signal 11.
  - Evidence: kvm\\[4711\\]: segfault \\[journal of pve\\]
  - Result: Asked pve to start nextcloud (101). Checked twice: it runs.
  - Proof: 14:03:20 holds: it runs; 14:03:26 holds: it runs
  - Took: found 14:03:05, begun 14:03:06, ended 14:03:26, well again 14:03:31: 26 s from found to fixed
  - Now: nextcloud is well again after 26 s. I checked twice.
  - By: Jarvis unasked, the remedy start-guest
  - Rule: The table of effects and callers lets it run.
  - Undo: What it had not saved is lost. \`./jarvis call farm_guest_stop '{"vmid":101}'\`
  - Task: \`UPID:pve:1:qmstart:101:\`
  - From: incident \`INC-0001\`, call \`c1\`

Made from the journal, the incidents and the feed alone; \`./jarvis rpc calls.get\` and \`incidents.get\` tell all of each.
`);
  });

  test("an empty day says that nothing happened, and an unseen one says only that nothing was seen", () => {
    expect(makeReport(material()).summary).toBe("Nothing happened: no incident, no act, nothing refused or left alone.");
    expect(makeReport(material()).sections).toEqual([]);
    const span = material().span;
    const blind = makeReport(material({ unseen: [{ what: "the whole house (Jarvis was not running)", fromMs: span.fromMs - 5000, toMs: span.fromMs + 600_000 }] }));
    expect(blind.summary).toBe("Nothing happened that I saw: no incident, no act, nothing refused or left alone. For 10 min I could not see all of the house.");
    expect(blind.sections[0]?.lines[0]?.words).toBe("Not seen for 10 min: the whole house (Jarvis was not running), from 07:00:00 until 07:10:00");
  });

  test("a day that still runs says so", () => {
    const span = material().span;
    const report = makeReport(material({ nowMs: span.fromMs + 60_000, calls: [call({ state: "failed", endedAt: at("06:00:30"), createdAt: at("06:00:10") })] }));
    expect(report).toMatchObject({ complete: false, summary: "So far: 1 act that failed." });
    expect(markdownOf(report)).toContain("It is not over yet.");
  });

  test("unknowns come first: calls, what came late, what is under way, incidents not over, what was not seen", () => {
    const span = material().span;
    const { endedAt: _, ...running } = call({ state: "accepted" });
    const { resolvedAt: __, ...open } = incident({ status: "escalated", words: "It needs a person." });
    const report = makeReport(
      material({
        calls: [call({ state: "succeeded" }), call({ state: "unresolved", text: "The reply was lost." }), running],
        late: [{ callId: "late-1", at: Date.parse(at("15:00:00")), words: "It was started after all." }],
        incidents: [open, incident({ id: "INC-2", resolvedAt: at("08:00:00", "2026-11-23") })],
        unseen: [{ what: "farm (farm/guests)", fromMs: span.fromMs + 1000 }],
      }),
    );
    expect(report.sections.map(({ name }) => name)).toEqual(["unknown", "done"]);
    expect(report.sections[0]?.lines.map(({ words }) => words.replace(/:.*/, ""))).toEqual([
      "How this ended is not known",
      "Found after the call had been closed",
      "Under way",
      "Needs a person",
      "Not over",
      "Not seen for 24 h",
    ]);
    expect(report.summary).toStartWith("1 act whose end is not known, ");
  });

  test("what cannot be undone is said plainly, and what failed is not called undone", () => {
    const undo = (state: "succeeded" | "failed", journal: string | null) => {
      const act = call({ state });
      return detailsOf(
        section(material({ calls: [act], proofs: new Map([[act.callId, { why: "", looks: [], undo: journal }]]) }), state === "failed" ? "failed" : "done")?.lines[0],
      ).Undo;
    };
    expect(undo("succeeded", null)).toBe("It cannot be undone.");
    expect(undo("succeeded", "farm_guest_stop {}")).toBe("farm_guest_stop {}");
    expect(undo("failed", null)).toBe("It was not proved to have done anything, so there is nothing that I could take back: look at it.");
  });

  test("what waits names its ask and until when", () => {
    const held = call({ state: "held", why: "In `propose` Jarvis asks before it disturbs anything." });
    const line = section(material({ calls: [held], asks: new Map([[held.callId, { id: "a1", expiresMs: Date.parse(at("14:00:00")) }]]) }), "waiting")?.lines[0];
    expect(detailsOf(line)).toMatchObject({ "Why it is asked": held.why ?? "", Until: "15:00:00; ./jarvis asks approve a1, or reject" });
  });

  test("the same refusal is one line that counts; what was only observed stands apart, with what came of it", () => {
    const refused = { state: "refused", rule: "protected", text: "It is protected." } as const;
    const shadow = { state: "refused", rule: "observe", text: "I would do this.", incident: "INC-0001" } as const;
    const from = material({
      calls: [
        call(refused),
        call(refused),
        call({ ...refused, target: "guest/102" }),
        call(shadow),
        call(shadow),
        call({ ...shadow, caller: { kind: "operator", id: "cli", scope: "admin", tainted: false } }),
      ],
      incidents: [incident()],
    });
    const byRule = material({ calls: [call({ ...shadow, rule: "rule_observe" })], incidents: [incident()] });
    expect([section(byRule, "observed")?.lines.length, section(byRule, "refused")]).toEqual([1, undefined]);
    expect(detailsOf(section(byRule, "observed")?.lines[0])).toMatchObject({ "What came of it without me": expect.any(String) });
    expect(section(from, "refused")?.lines.map(({ words, times }) => [words, times])).toEqual([
      ["Start nextcloud (guest/101)", 2],
      ["Start guest/102", 1],
      ["Start nextcloud (guest/101)", 1],
    ]);
    expect(section(from, "observed")?.lines).toHaveLength(1);
    expect(detailsOf(section(from, "observed")?.lines[0])).toMatchObject({ "What came of it without me": "nextcloud is well again after 26 s. I checked twice." });
    expect(makeReport(from).summary).toContain("4 calls refused, 2 acts I would have done");
  });

  test("what was left alone says why, with its evidence, counted", () => {
    const left = entry({
      kind: "left-alone",
      resource: "guest/105",
      words: "I left jellyfin alone: ana stopped it.",
      cause: { kind: "user", words: "ana stopped it.", evidence: [{ what: "qmstop by ana@pam", source: "UPID:x" }] },
    });
    expect(section(material({ feed: [left, { ...left, at: at("20:00:00") }] }), "left-alone")?.lines).toEqual([
      {
        words: "I left jellyfin alone: ana stopped it.",
        at: at("20:00:00"),
        times: 2,
        details: [
          { label: "On", words: "guest/105" },
          { label: "Evidence", words: "qmstop by ana@pam [UPID:x]" },
        ],
        callIds: [],
      },
    ]);
  });

  test("an incident that ended by itself is told apart from what I mended", () => {
    const act = call({ state: "succeeded", incident: "INC-0001" });
    const from = material({ calls: [act], incidents: [incident(), incident({ id: "INC-2", name: "immich", words: "immich is well again, without my doing." })] });
    expect(section(from, "over")?.lines.map(({ incident: id }) => id)).toEqual(["INC-2"]);
  });

  test("is bounded: a thousand acts are told as so many lines and a number, and the sum counts all", () => {
    const report = makeReport(material({ calls: Array.from({ length: 1000 }, () => call({ state: "failed" })), isCut: true, isFeedCut: true, moreIncidents: 7 }));
    const failed = report.sections.find(({ name }) => name === "failed");
    expect([failed?.lines.length, failed?.more]).toEqual([MOST_LINES, 1000 - MOST_LINES]);
    expect(report.summary).toBe("1000 acts that failed.");
    const text = markdownOf(report);
    expect(text).toContain(`- and ${1000 - MOST_LINES} more in the journal`);
    expect(text).toContain("There are more calls than the 1000 that are counted here");
    expect(text).toContain("The feed has more lines than the last 0 that were read");
    expect(text).toContain("7 more incidents are not counted here");
    expect(text.length).toBeLessThan(40_000);
  });
});

test("however much there is to say, a report fits a frame of the socket", () => {
  const long = "*".repeat(5000);
  const all = (["unresolved", "failed", "held", "succeeded", "refused"] as const).flatMap((state) =>
    Array.from({ length: 40 }, (_, index) =>
      call({
        state,
        text: long,
        why: long,
        upid: long,
        warnings: [long],
        rule: `${state} ${index}`,
        caller: { kind: "script", id: "x".repeat(200), scope: "operate", tainted: true },
      }),
    ),
  );
  const feed = Array.from({ length: 40 }, (_, index) => entry({ kind: "left-alone", words: `${index} ${long}`, resource: "guest/1" }));
  const proofs = new Map(all.map(({ callId }) => [callId, { why: long, looks: [long, long], undo: long }]));
  const report = makeReport(
    material({ calls: all, feed, proofs, incidents: Array.from({ length: 40 }, (_, index) => incident({ id: `INC-${index}`, title: long, words: long })) }),
  );
  expect(report.sections.reduce((sum, { lines }) => sum + lines.length, 0)).toBeGreaterThan(150);
  expect(JSON.stringify({ ...report, markdown: markdownOf(report) }).length).toBeLessThan(1_048_576 / 2);
  expect(report.sections.at(-1)?.lines.at(-1)?.details).toEqual([{ label: "More", words: "is in the journal; this report is full." }]);
});

describe("names from outside", () => {
  const EVIL = [
    "[x](http://evil)",
    "![](https://evil/p.png)",
    "<img src=x onerror=alert(1)>",
    "a\n# heading\n- item",
    "`code` **bold** __u__ ~~s~~",
    "www.evil.com",
    "| a | b |",
    "\u202Egnp.exe",
    "&lt;b&gt;",
    "<http://evil>",
    "\\[x](http://evil)",
  ];
  test.each(EVIL)("%p is shown and never read as markup", async (name) => {
    const act = call({ state: "succeeded", incident: "INC-0001", text: `started ${name}` });
    const report = makeReport(
      material({
        calls: [act],
        incidents: [incident({ name, title: `${name} stopped` }), incident({ id: "INC-2", name, words: name })],
        nameOf: () => name,
        proofs: new Map([[act.callId, { why: name, looks: [name], undo: `${name} ./jarvis call x '${JSON.stringify({ name })}'` }]]),
      }),
    );
    const text = markdownOf(report);
    const html = Bun.markdown.html(text, { autolinks: true, latexMath: true, underline: true, wikiLinks: true });
    expect(html).not.toMatch(/<(?:a|img|strong|em|del|table|h[3-6]|script)\b/i);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<h2/g)).toHaveLength(report.sections.length);
    expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
    // Nothing but the report's own code spans.
    expect((html.match(/<code>(.*?)<\/code>/g) ?? []).every((span) => /INC-|call-|jarvis|incidents\.get/.test(span))).toBe(true);
  });

  test("a name of a megabyte stays within its line", () => {
    const report = makeReport(material({ incidents: [incident({ name: "x".repeat(1_000_000) })] }));
    expect(markdownOf(report).length).toBeLessThan(3000);
  });
});

describe("the report of a week", () => {
  test("counts each day by the calls and incidents that ended on it", () => {
    const span = spanOn(BERLIN, "week", "2026-11-22");
    if (!span) throw new Error("no span");
    const from = material({
      span,
      days: Array.from({ length: 7 }, (_, index) => spanOn(BERLIN, "day", `2026-11-${16 + index}`)).flatMap((day) => (day ? [day] : [])),
      calls: [
        call({ state: "succeeded", incident: "INC-0001" }),
        call({ state: "failed", endedAt: at("05:59:59", "2026-11-17") }),
        call({ state: "refused", endedAt: at("06:00:00", "2026-11-17") }),
      ],
      incidents: [incident()],
    });
    const report = makeReport(from);
    expect(report.days?.map(({ date, done, failed, refused, incidents, fixSeconds }) => [date, done, failed, refused, incidents, fixSeconds])).toEqual([
      ["2026-11-16", 0, 1, 0, 0, undefined],
      ["2026-11-17", 0, 0, 1, 0, undefined],
      ...["18", "19", "20", "21"].map((day) => [`2026-11-${day}`, 0, 0, 0, 0, undefined]),
      ["2026-11-22", 1, 0, 0, 1, 26],
    ]);
    expect(makeReport({ ...from, nowMs: span.fromMs + 90_000_000 }).days?.map(({ date }) => date)).toEqual(["2026-11-16", "2026-11-17"]);
    expect(markdownOf(report)).toStartWith("# Jarvis: week 2026-W47\n");
    expect(markdownOf(report)).toContain("| 2026-11-22 | 1 | 1 | 0 | 0 | 0 | 26 s |");
  });
});

test("for any history the sections hold each call exactly once, under the outside word of its state", () => {
  const names: Readonly<Record<string, SectionName>> = { unknown: "unknown", running: "unknown", failed: "failed", held: "waiting", succeeded: "done", refused: "refused" };
  fc.assert(
    fc.property(
      fc.array(fc.record({ state: fc.constantFrom(...CALL_STATES), target: fc.constantFrom("guest/101", "guest/102", null), isShadow: fc.boolean() }), { maxLength: 20 }),
      (history) => {
        const calls = history.map(({ state, target, isShadow }) => call({ state, target, rule: isShadow && outside(state) === "refused" ? "observe" : "allowed" }));
        const report = makeReport(material({ calls }));
        const told = new Map(report.sections.map(({ name, lines }) => [name, lines.reduce((sum, { times }) => sum + times, 0)]));
        const wanted = Map.groupBy(calls, ({ state, rule }) => (rule === "observe" ? "observed" : (names[outside(state)] ?? "unknown")));
        expect(told).toEqual(new Map([...told.keys()].map((name) => [name, wanted.get(name)?.length ?? 0])));
        expect([...told.keys()].sort()).toEqual([...wanted.keys()].sort());
      },
    ),
    { numRuns: 200 },
  );
});
