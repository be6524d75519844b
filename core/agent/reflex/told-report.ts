// A report as an answer of the chat: its first sentence and the first lines of each part, with proof and undo, each with where it comes from. Pure.
import type { Report, ReportLine } from "../../contract/report.ts";
import type { Said } from "./answers.ts";

const MOST_OF_A_PART = 6;
/** What is told of a line beside its words. */
const TOLD: ReadonlySet<string> = new Set(["Why", "Nothing had to be done", "Proof", "Took", "Undo", "Until"]);

const sentence = (words: string): string => words.replace(/[.\s]+$/, "");

const lineOf = ({ words, times, details }: ReportLine): string => {
  const told = details.filter(({ label }) => TOLD.has(label)).map(({ label, words: detail }) => `${label}: ${sentence(detail)}.`);
  return [`- ${sentence(words)}${times > 1 ? ` (${times} times)` : ""}.`, ...told].join(" ");
};

const sourceOf = ({ callIds, incident }: ReportLine): string =>
  callIds[0] !== undefined ? `journal ${callIds[0]}` : incident !== undefined ? `core/incidents ${incident}` : "core/feed";

export const toldReport = (report: Report): Said => {
  const local = `${report.period === "day" ? "The day" : "The week"} of ${report.date} (${report.timeZone})`;
  const parts = report.sections.map(({ title, lines, more }) => {
    const left = lines.length - MOST_OF_A_PART + more;
    return [`${title}:`, ...lines.slice(0, MOST_OF_A_PART).map(lineOf), ...(left > 0 ? [`- and ${left} more: ./jarvis report ${report.period} ${report.date}`] : [])].join("\n");
  });
  return {
    text: [
      `${local}: ${report.summary}`,
      ...parts,
      ...(report.complete ? [] : [report.period === "day" ? 'The last whole day: "yesterday\'s report".' : 'The last whole week: "last week\'s report".']),
    ].join("\n"),
    evidence: report.sections.flatMap(({ lines }) => lines.slice(0, MOST_OF_A_PART).map((line) => ({ claim: line.words, source: sourceOf(line), at: line.at }))),
  };
};
