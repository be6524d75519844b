// The numbers of a report: its first sentence, and the days of a week. Counted from the rows, never from what was told. Pure.
import type { ReportDay, ReportLine, SectionName } from "../contract/report.ts";
import { clipped, type End, endOf, within } from "./end.ts";
import type { Material } from "./material.ts";
import { lasting, type Span } from "./period.ts";

const middle = (numbers: readonly number[]): number | undefined => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

export const dayOf = ({ calls, incidents }: Material, day: Span): ReportDay => {
  const own = calls.filter(({ endedAt, createdAt }) => within(day, endedAt ?? createdAt));
  const count = (...ends: readonly End[]): number => own.filter((call) => ends.includes(endOf(call))).length;
  const mended = new Set(calls.filter((call) => endOf(call) === "done").map(({ incident }) => incident));
  const fixSeconds = middle(
    incidents
      .filter(({ id, resolvedAt }) => mended.has(id) && within(day, resolvedAt))
      .map(({ openedAt, resolvedAt = openedAt }) => Math.round((Date.parse(resolvedAt) - Date.parse(openedAt)) / 1000)),
  );
  return {
    date: day.date,
    incidents: incidents.filter(({ openedAt }) => within(day, openedAt)).length,
    done: count("done"),
    failed: count("failed"),
    unknown: count("unknown"),
    refused: count("refused"),
    ...(fixSeconds === undefined ? {} : { fixSeconds }),
  };
};

/** Of overlapping stretches each moment counts once. */
const unseenMs = (material: Material): number => {
  let [sum, seenMs] = [0, material.span.fromMs];
  for (const { fromMs, toMs } of material.unseen.map((gap) => clipped(material, gap)).sort((a, b) => a.fromMs - b.fromMs)) {
    sum += Math.max(0, toMs - Math.max(fromMs, seenMs));
    seenMs = Math.max(seenMs, toMs);
  }
  return sum;
};

const counted = (count: number, one: string, many = `${one}s`): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]);

export const summarise = (material: Material, lines: Readonly<Record<SectionName, readonly ReportLine[]>>, isComplete: boolean): string => {
  const { span, calls, incidents } = material;
  const ends = (end: End): number => calls.filter((call) => endOf(call) === end).length;
  const parts = [
    ...counted(ends("unknown"), "act whose end is not known", "acts whose end is not known"),
    ...counted(incidents.filter(({ openedAt }) => within(span, openedAt)).length, "new incident"),
    ...counted(incidents.filter(({ resolvedAt }) => within(span, resolvedAt)).length, "incident over", "incidents over"),
    ...counted(incidents.filter(({ resolvedAt }) => resolvedAt === undefined || Date.parse(resolvedAt) >= span.toMs).length, "incident not over", "incidents not over"),
    ...counted(ends("done"), "act done and proved", "acts done and proved"),
    ...counted(ends("failed"), "act that failed", "acts that failed"),
    ...counted(ends("running"), "act under way", "acts under way"),
    ...counted(ends("waiting"), "act waits for you", "acts wait for you"),
    ...counted(ends("refused"), "call refused", "calls refused"),
    ...counted(ends("console"), "console of a person", "consoles of people"),
    ...counted(ends("observed"), "act I would have done", "acts I would have done"),
    ...counted(
      lines["left-alone"].reduce((sum, { times }) => sum + times, 0),
      "thing left alone",
      "things left alone",
    ),
  ];
  const blind = unseenMs(material);
  const unseen = blind > 0 ? ` For ${lasting(blind)} I could not see all of the house.` : "";
  if (parts.length > 0) return `${isComplete ? "" : "So far: "}${parts.join(", ")}.${unseen}`;
  const nothing = isComplete ? "Nothing happened" : "Nothing happened so far";
  return `${nothing}${blind > 0 ? " that I saw" : ""}: no incident, no act, nothing refused or left alone.${unseen}`;
};
