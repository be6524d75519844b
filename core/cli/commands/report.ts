// The report of a day or a week, as the running Jarvis makes it from its journal. Only reads.
import { didYouMean } from "../../lib/nearest.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { reach } from "../reach.ts";

const usage = "report [day|week] [DATE]";
const NAMED = ["last", "yesterday", "today"];
const DATE = new RegExp(`^(?:\\d{4}-\\d\\d-\\d\\d|${NAMED.join("|")})$`);

/** Which word is not understood, and what would be. */
const unknown = (words: readonly string[]): string => {
  const strange = words.find((word) => word !== "day" && word !== "week" && !DATE.test(word)) ?? words.join(" ");
  const dates = "a date is YYYY-MM-DD, last, yesterday or today";
  return `there is no report of "${strange.slice(0, 40)}": there is one of a day and one of a week, and ${dates}.${didYouMean(strange, ["day", "week", ...NAMED])} usage: ./jarvis ${usage}`;
};

export const command: Command = {
  help: `
  ./jarvis report                     the day that runs, so far
  ./jarvis report day last            the last whole day (or yesterday)
  ./jarvis report day 2026-11-22      the day that began then
  ./jarvis report week 2026-11-22     the week this date lies in

A day begins at reports.at of jarvis.yaml (07:00), a week on Monday. The same is written to memory/journal when it is over.`,
  run: async (args, terminal) => {
    const words = expectWords(readArguments(args, {}).positionals, 0, 2, usage);
    const [period = "day", date] = words[0] === "day" || words[0] === "week" ? words : ["day", ...words];
    const isKnown = period === "day" || period === "week";
    if (!isKnown || (words.length === 2 && words[0] !== period) || (date !== undefined && !DATE.test(date))) throw misused(unknown(words));
    const wanted = date === "yesterday" ? "last" : date;
    const { raw, value } = await reach(readEnvironment()).ask("report.get", { period, ...(wanted === undefined || wanted === "today" ? {} : { date: wanted }) });
    // A person reads the words, not the marks that keep them from being read as markup.
    terminal.result(raw, () => value.markdown.trimEnd().replaceAll(/\\([^\w\s])/g, "$1"));
    return EXIT.done;
  },
};
