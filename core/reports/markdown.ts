// A report as markdown for people: short lines, everything of a name, a log or an answer escaped, so that it is shown and never read as markup. Pure.
import type { Report, ReportDay, ReportLine } from "../contract/report.ts";
import { clockTime, lasting, nameOf } from "./period.ts";
import { code, escaped } from "./plain.ts";

type Bare = Omit<Report, "markdown">;

const sources = ({ callIds, incident, times }: ReportLine): string[] => {
  const calls = callIds.map((id) => `call ${code(id)}`);
  const more = times > callIds.length && callIds.length > 0 ? [`and ${times - callIds.length} more calls`] : [];
  return [...(incident === undefined ? [] : [`incident ${code(incident)}`]), ...calls, ...more];
};

const COMMAND = /\.\/jarvis call \S+ '\{.*\}'$/;
/** What is copied out of a report stands as it is typed. */
const detailOf = ({ label, words }: ReportLine["details"][number]): string => {
  if (label === "Task") return code(words);
  const command = label === "Undo" ? COMMAND.exec(words)?.[0] : undefined;
  return command === undefined ? escaped(words) : `${escaped(words.slice(0, -command.length))}${code(command)}`;
};

const lineOf = (report: Bare, line: ReportLine): string => {
  const time = clockTime(report.timeZone, Date.parse(line.at), report.date);
  const when = line.times === 1 ? time : `${line.times} times, last at ${time}`;
  const from = sources(line);
  return [
    `- ${escaped(line.words)} · ${when}`,
    ...line.details.map((detail) => `  - ${detail.label}: ${detailOf(detail)}`),
    ...(from.length === 0 ? [] : [`  - From: ${from.join(", ")}`]),
  ].join("\n");
};

const dayRow = ({ date, incidents, done, failed, unknown, refused, fixSeconds }: ReportDay): string =>
  `| ${[date, incidents, done, failed, unknown, refused, fixSeconds === undefined ? "" : lasting(fixSeconds * 1000)].join(" | ")} |`;

const table = (days: readonly ReportDay[]): string =>
  [
    "| day | incidents | done | failed | not known | refused | found to fixed, middle |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...days.map(dayRow),
    "",
    "Counted from the calls and incidents of the journal, by the day they ended; incidents by the day they were found.",
  ].join("\n");

/** The first line of its file: which report it is. */
export const headingOf = ({ period, date }: Pick<Report, "period" | "date">): string => `# Jarvis: ${period === "day" ? date : `week ${nameOf({ period, date })}`}`;

export const markdownOf = (report: Bare): string => {
  const [from, to] = [report.from, report.to].map((iso) => clockTime(report.timeZone, Date.parse(iso)));
  const still = report.complete ? "" : " It is not over yet.";
  const sections = report.sections.map(({ title, lines, more }) =>
    [`## ${title}`, "", ...lines.map((line) => lineOf(report, line)), ...(more > 0 ? [`- and ${more} more in the journal`] : [])].join("\n"),
  );
  return `${[
    headingOf(report),
    `From ${from} to ${to}, ${escaped(report.timeZone)}.${still}`,
    escaped(report.summary),
    ...(report.days === undefined ? [] : [table(report.days)]),
    ...sections,
    `Made from the journal, the incidents and the feed alone; \`./jarvis rpc calls.get\` and \`incidents.get\` tell all of each.`,
  ].join("\n\n")}\n`;
};
