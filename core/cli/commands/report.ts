// The report of a day or a week, as the running Jarvis makes it from its journal. Only reads.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { reach } from "../reach.ts";

const usage = "report [day|week] [DATE]";

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
    if (period !== "day" && period !== "week") throw misused(`usage: ./jarvis ${usage}`);
    if (words.length === 2 && words[0] !== period) throw misused(`usage: ./jarvis ${usage}`);
    const wanted = date === "yesterday" ? "last" : date;
    const { raw, value } = await reach(readEnvironment()).ask("report.get", { period, ...(wanted === undefined || wanted === "today" ? {} : { date: wanted }) });
    // A person reads the words, not the marks that keep them from being read as markup.
    terminal.result(raw, () => value.markdown.trimEnd().replaceAll(/\\([^\w\s])/g, "$1"));
    return EXIT.done;
  },
};
