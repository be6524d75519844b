// The reports, wired: what they read, where they are written, who may ask. Loads what makes them only when one is wanted.
import { join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import type { Report } from "../contract/report.ts";
import type { Params } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Sources } from "../reports/gather.ts";
import type { Calendar, Span } from "../reports/period.ts";
import { createSchedule } from "../reports/schedule.ts";
import type { Config } from "../settings/schema.ts";
import type { Environment } from "../settings.ts";
import type { Resources } from "../state/resources.ts";
import type { UnseenGaps } from "../state/unseen.ts";
import type { IncidentStore } from "../store/incidents.ts";
import type { Journal } from "../store/journal/open.ts";
import type { Kept } from "../store/kept.ts";
import type { Registry } from "../tools/registry.ts";

interface Parts {
  clock: Clock;
  log: Log;
  redact: Redactor;
  kept: Kept;
  journal: Journal;
  incidents: IncidentStore;
  unseen: UnseenGaps;
  resources: Pick<Resources, "get">;
  registry: Pick<Registry, "get">;
  config: Config;
  environment: Pick<Environment, "memory" | "get">;
  /** Where everything of this house lives. */
  data: string;
}

/** A house that keeps its data in a place of its own keeps its reports there too, unless told where: a demo leaves nothing in the memory of a real one. So does one whose memory cannot be written. */
const foldersOf = ({ config, environment, data }: Parts): string[] => {
  const own = join(data, "memory", "journal");
  return config.data !== undefined && environment.get("JARVIS_MEMORY") === undefined ? [own] : [join(environment.memory, "journal"), own];
};

const quoted = (input: unknown): string => `'${JSON.stringify(input).replaceAll("'", "'\\''")}'`;

/** As the tool declares it; undefined for one that is reversible and says nothing, or is not there any more. */
const undoWords = ({ journal, registry, log }: Parts, callId: string): string | undefined => {
  const row = journal.row(callId);
  const tool = row && registry.get(row.tool);
  if (!row || !tool || row.state !== "succeeded") return undefined;
  try {
    const back = tool.undo?.(row.arguments, row.sent ?? {});
    if (back) return `${back.words === undefined ? "" : `${back.words} `}./jarvis call ${back.tool} ${quoted(back.input)}`;
  } catch (thrown) {
    log("warn", `how ${callId} is undone cannot be told: ${String(thrown)}`);
  }
  return row.effect === "reversible" ? undefined : "It cannot be undone.";
};

export const createReports = (parts: Parts) => {
  const { clock, journal, redact, config } = parts;
  const folders = foldersOf(parts);
  const calendar = (): Calendar => ({ at: config.reports.at, timeZone: config.timeZone ?? Temporal.Now.timeZoneId() });

  const sources: Sources = {
    clock,
    journal,
    incidents: parts.incidents,
    unseen: parts.unseen.between,
    nameOf: (id) => parts.resources.get(id)?.name ?? id,
    undoOf: (callId) => undoWords(parts, callId),
  };

  const make = async (span: Span): Promise<Report> => {
    const [{ gather }, { makeReport }, { markdownOf }] = await Promise.all([import("../reports/gather.ts"), import("../reports/make.ts"), import("../reports/markdown.ts")]);
    // Before it is escaped: a secret that is written otherwise would not be known again.
    const report = redact.data(makeReport(await gather(sources, calendar(), span)));
    return { ...report, markdown: markdownOf(report) };
  };

  const spanWanted = async ({ period = "day", date }: Params<"report.get">): Promise<Span> => {
    const { lastOver, spanAt, spanOn } = await import("../reports/period.ts");
    if (date === undefined) return spanAt(calendar(), period, clock.now());
    if (date === "last") return lastOver(calendar(), period, clock.now());
    const span = spanOn(calendar(), period, date);
    if (!span) throw new JarvisError("bad_input", { message: `date: ${date} is no date; expected one such as 2026-11-22, or last.`, path: "date" });
    if (span.fromMs > clock.now()) throw new JarvisError("bad_input", { message: `date: the ${period} of ${span.date} has not begun yet.`, path: "date" });
    return span;
  };

  const schedule = createSchedule({
    clock,
    log: parts.log,
    kept: parts.kept,
    rule: `${config.reports.at} ${config.timeZone ?? "machine"}`,
    calendar,
    write: async (span, isAgain) => {
      const [{ writeReport }, { nameOf }] = await Promise.all([import("../reports/write.ts"), import("../reports/period.ts")]);
      return writeReport({ folders, name: nameOf(span), text: (await make(span)).markdown, isAgain });
    },
  });

  return {
    /** Throws bad_input. */
    get: async (wanted: Params<"report.get">): Promise<Report> => make(await spanWanted(wanted)),
    start: schedule.start,
    stop: schedule.stop,
  };
};
