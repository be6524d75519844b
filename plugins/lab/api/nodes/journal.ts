// What a node wrote down: its journal by cursors, and the same lines as syslog shows them.
import { COUNT, numberOf, TEXT, textOf } from "../../front/parameters.ts";
import { answer, type Call, get, needs, type Route } from "../../front/route.ts";
import { cursorOf, printLine } from "../../world/journal.ts";
import { seconds } from "../../world/state.ts";

const MAX_JOURNAL_LINES = 5_000;

/** Lines as mini-journalreader prints them, between the first and the last line's cursor; always compressed. */
function journal({ world, path, parameters }: Call): unknown {
  const node = path.node ?? "";
  const [since, until, last] = [numberOf(parameters, "since"), numberOf(parameters, "until"), numberOf(parameters, "lastentries")];
  const [from, to] = [textOf(parameters, "startcursor"), textOf(parameters, "endcursor")];
  // mini-journalreader takes a number of lines or a range, and prints its usage to nobody when given both.
  if (last !== undefined && (since !== undefined || from !== undefined)) return answer(undefined, {}, true);
  const positionOf = (cursor: string | undefined): number | undefined => {
    const hex = cursor === undefined ? undefined : /;i=([0-9a-f]+);/.exec(cursor)?.[1];
    return hex === undefined ? undefined : parseInt(hex, 16);
  };
  const [first, end] = [positionOf(from), positionOf(to)];
  const fitting = world.journals
    .read(node)
    .filter(
      (line) =>
        (since === undefined || seconds(line.at) >= since) &&
        (until === undefined || seconds(line.at) <= until) &&
        (first === undefined || line.seq >= first) &&
        (end === undefined || line.seq <= end),
    );
  const lines = last === undefined ? fitting.slice(-MAX_JOURNAL_LINES) : last === 0 ? [] : fitting.slice(-last);
  const [opening, closing] = [lines[0], lines.at(-1)];
  if (!opening || !closing) return answer([], {}, true);
  return answer([cursorOf(node, opening), ...lines.map((line) => printLine(node, line)), cursorOf(node, closing)], {}, true);
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  pvedaemon: "pvedaemon",
  pveproxy: "pveproxy",
  qmeventd: "qmeventd",
  kernel: "kernel",
  "pve-cluster": "pmxcfs",
  cron: "CRON",
};

function syslog({ world, path, parameters }: Call): unknown {
  const parse = (name: string): number | undefined => {
    const text = textOf(parameters, name);
    return text === undefined ? undefined : Date.parse(`${text.length === 10 ? `${text}T00:00:00` : text.replace(" ", "T")}Z`);
  };
  const [since, until, service] = [parse("since"), parse("until"), textOf(parameters, "service")];
  const word = service === undefined ? undefined : (UNIT_WORDS[service] ?? service);
  const fitting = world.journals
    .read(path.node ?? "")
    .filter((line) => (since === undefined || line.at >= since) && (until === undefined || line.at <= until) && (word === undefined || line.text.startsWith(word)));
  const start = numberOf(parameters, "start") ?? 0;
  const limit = numberOf(parameters, "limit") ?? 50;
  const page = fitting.slice(start, limit > 0 ? start + limit : undefined);
  return answer(
    page.map((line, index) => ({ n: start + index + 1, t: printLine(path.node ?? "", line) })),
    { total: fitting.length },
  );
}

const WHEN = { type: "string", pattern: /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?$/ } as const;
const read = needs("/nodes/{node}", "Sys.Syslog");

export const journalRoutes = (): Route[] => [
  get("/nodes/{node}/journal", journal, { ...read, rules: { since: COUNT, until: COUNT, lastentries: COUNT, startcursor: TEXT, endcursor: TEXT } }),
  get("/nodes/{node}/syslog", syslog, { ...read, rules: { start: COUNT, limit: COUNT, since: WHEN, until: WHEN, service: { ...TEXT, maxLength: 128 } } }),
];
