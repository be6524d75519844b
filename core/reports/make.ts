// A report from rows and records: unknowns first, then what failed, waits, was done, ended by itself, was refused, left alone or would have been done. Bounded; every line names its source. Pure.
import type { Call } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";
import { type Report, type ReportLine, type ReportSection, SECTIONS, type SectionName } from "../contract/report.ts";
import { actLine, actWords, consoleLine, detail, heldLine, thing, timeOf, unsentLine, words } from "./act-line.ts";
import { dayOf, summarise } from "./count.ts";
import { clipped, type End, endOf, within } from "./end.ts";
import type { Material, Unseen } from "./material.ts";
import { lasting } from "./period.ts";

/** What more there is stands in the journal. */
export const MOST_LINES = 25;
/** Of all details together; past it a line is told without them. A report then fits a frame of the socket, twice over. */
const MOST_DETAILS_LENGTH = 100_000;

const TITLES: Readonly<Record<SectionName, string>> = {
  unknown: "Not known",
  failed: "Failed",
  waiting: "Waits for you",
  done: "Done and proved",
  over: "Over without an act of mine",
  refused: "Refused, nothing was sent",
  "left-alone": "Left alone",
  observed: "Would have done (I only observe)",
  consoles: "Consoles that people opened",
};

const lateLines = (material: Material): ReportLine[] =>
  material.late.map(({ callId, at, words: text }) => ({
    words: words(`Found after the call had been closed: ${text}`),
    at: new Date(at).toISOString(),
    times: 1,
    details: [],
    callIds: [callId],
  }));

const unknownLine = (material: Material, call: Call): ReportLine => {
  const line = actLine(material, call);
  return { ...line, words: words(`How this ended is not known: ${line.words}`) };
};
const runningLine = (material: Material, call: Call): ReportLine => ({ ...actLine(material, call), words: words(`Under way: ${actWords(material, call)}`) });

const incidentLine = (material: Material, incident: Incident, head: string): ReportLine => ({
  words: words(`${head}${thing(incident.resource, incident.name)}: ${incident.title}`),
  at: head === "" ? (incident.resolvedAt ?? incident.openedAt) : incident.openedAt,
  times: 1,
  details: [
    ...detail("Why", incident.cause.words),
    ...detail("Found", timeOf(material, incident.openedAt)),
    ...detail(incident.resolvedAt === undefined ? "Stands" : "Ended", incident.words ?? incident.status),
    ...detail("Took", incident.resolvedAt === undefined ? undefined : lasting(Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt))),
  ],
  callIds: [],
  incident: incident.id,
});

const unseenLine = (material: Material, gap: Unseen): ReportLine => {
  const { fromMs, toMs } = clipped(material, gap);
  const [from, to] = [fromMs, toMs].map((ms) => timeOf(material, new Date(ms).toISOString()));
  const end = gap.toMs === undefined ? "and it still is not seen" : `until ${to}`;
  return { words: words(`Not seen for ${lasting(toMs - fromMs)}: ${gap.what}, from ${from} ${end}`), at: new Date(fromMs).toISOString(), times: 1, details: [], callIds: [] };
};

const cutLine = ({ span, calls }: Material): ReportLine => ({
  words: `There are more calls than the ${calls.length} that are counted here; the journal has them all.`,
  at: new Date(span.fromMs).toISOString(),
  times: 1,
  details: [],
  callIds: [],
});
const feedCutLine = ({ span, feed }: Material): ReportLine => ({
  words: `The feed has more lines than the last ${feed.length} that were read: what was left alone before them is not told here.`,
  at: feed[0]?.at ?? new Date(span.fromMs).toISOString(),
  times: 1,
  details: [],
  callIds: [],
});
const moreIncidentsLine = ({ span, moreIncidents }: Material): ReportLine => ({
  words: `${moreIncidents} more incidents are not counted here; ./jarvis rpc incidents.list has them.`,
  at: new Date(span.fromMs).toISOString(),
  times: 1,
  details: [],
  callIds: [],
});

/** The same, for the same reason, is one line. */
const grouped = (material: Material, calls: readonly Call[]): ReportLine[] =>
  [...Map.groupBy(calls, ({ tool, target, rule, caller, state }) => JSON.stringify([tool, target, rule, caller.kind, caller.id, state])).values()].flatMap(([first, ...rest]) =>
    first ? [unsentLine(material, [first, ...rest])] : [],
  );

const leftAlone = (material: Material): ReportLine[] =>
  [
    ...Map.groupBy(
      material.feed.filter(({ kind }) => kind === "left-alone"),
      ({ resource, words: text }) => JSON.stringify([resource, text]),
    ).values(),
  ].flatMap((same) => {
    const last = same.at(-1);
    if (!last) return [];
    const evidence = last.cause?.evidence.slice(0, 2).map(({ what, source }) => `${what} [${source}]`);
    return [
      {
        words: words(last.words),
        at: last.at,
        times: same.length,
        details: [...detail("On", last.resource), ...detail("Evidence", evidence?.join("; "))],
        callIds: [],
        ...(last.incident === undefined ? {} : { incident: last.incident }),
      },
    ];
  });

const linesOf = (material: Material): Readonly<Record<SectionName, readonly ReportLine[]>> => {
  const { span, incidents } = material;
  const ended = Map.groupBy(material.calls, endOf);
  const of = (end: End): Call[] => ended.get(end) ?? [];
  const told = new Set(of("done").map(({ incident }) => incident));
  const isOver = ({ resolvedAt }: Incident): boolean => resolvedAt !== undefined && Date.parse(resolvedAt) < span.toMs;
  const open = incidents.filter((incident) => !isOver(incident) && Date.parse(incident.openedAt) < span.toMs);
  return {
    unknown: [
      ...of("unknown").map((call) => unknownLine(material, call)),
      ...lateLines(material),
      ...of("running").map((call) => runningLine(material, call)),
      ...open.map((incident) => incidentLine(material, incident, incident.status === "escalated" ? "Needs a person: " : "Not over: ")),
      ...material.unseen.map((gap) => unseenLine(material, gap)),
      ...(material.isCut ? [cutLine(material)] : []),
      ...(material.isFeedCut ? [feedCutLine(material)] : []),
      ...(material.moreIncidents > 0 ? [moreIncidentsLine(material)] : []),
    ],
    failed: of("failed").map((call) => actLine(material, call)),
    waiting: of("waiting").map((call) => heldLine(material, call)),
    done: of("done").map((call) => actLine(material, call)),
    over: incidents.filter((incident) => within(span, incident.resolvedAt) && !told.has(incident.id)).map((incident) => incidentLine(material, incident, "")),
    refused: grouped(material, of("refused")),
    "left-alone": leftAlone(material),
    observed: grouped(material, of("observed")),
    consoles: of("console").map((call) => consoleLine(material, call)),
  };
};

/** In the order they are told, so that what is left short is what matters least. */
const bounded = (sections: readonly ReportSection[]): ReportSection[] => {
  let left = MOST_DETAILS_LENGTH;
  const fit = (line: ReportLine): ReportLine => {
    left -= line.details.reduce((sum, { label, words: text }) => sum + label.length + text.length, 0);
    return left >= 0 || line.details.length === 0 ? line : { ...line, details: detail("More", "is in the journal; this report is full.") };
  };
  return sections.map((section) => ({ ...section, lines: section.lines.map(fit) }));
};

/** `markdown` is made of it by whoever has cleaned it of secrets. */
export const makeReport = (material: Material): Omit<Report, "markdown"> => {
  const { span, days, timeZone, nowMs } = material;
  const isComplete = nowMs >= span.toMs;
  const lines = linesOf(material);
  const sections: ReportSection[] = SECTIONS.map((name) => ({
    name,
    title: TITLES[name],
    lines: lines[name].slice(0, MOST_LINES),
    more: Math.max(0, lines[name].length - MOST_LINES),
  })).filter((section) => section.lines.length > 0);
  return {
    period: span.period,
    date: span.date,
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    timeZone,
    complete: isComplete,
    summary: summarise(material, lines, isComplete),
    sections: bounded(sections),
    ...(span.period === "week" ? { days: days.filter(({ fromMs }) => fromMs <= nowMs).map((day) => dayOf(material, day)) } : {}),
  };
};
