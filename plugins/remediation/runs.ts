// Monitor `runs`, the channel remediation/runs: what the remedies did and left alone, drawn from the incidents of the core, and which runbooks wait to be confirmed.
import { type Alert, byText, type Context, Incident, type Monitor, z } from "jarvis";
import type { Config } from "./config.ts";
import { DIAGNOSED } from "./diagnose.ts";
import type { Keeper } from "./runbooks/remembered.ts";
import { brokenWords, glance, type Memory, type Reader, type Shelf } from "./runbooks/shelf.ts";
import { standings, unconfirmedWords } from "./runbooks/trust.ts";

const MOST = 50;
const INCIDENTS = "core/incidents";
const UNREADABLE = "unreadable";
/** No runbook's own name: the folder itself cannot be read. */
const ALL = "all";

const Run = z.object({
  /** Absent: the line is about a runbook. */
  incident: z.string().optional(),
  resource: z.string(),
  name: z.string(),
  at: z.string(),
  words: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  status: z.string(),
  cause: z.string(),
  calls: z.number().int(),
});
const Runs = z.object({ open: z.number().int(), runs: z.array(Run) });

const Picture = z.object({ incidents: z.record(z.string(), z.unknown()) });

/** Words that name it already are not preceded by its name. */
const named = (name: string, words: string): string => (words.includes(name) ? words : `${name}: ${words}`);

/** Newest first; an incident that does not fit is left out, not the rest with it. */
export const runsOf = (value: unknown): z.output<typeof Runs> => {
  const all = Object.values(Picture.safeParse(value).data?.incidents ?? {}).flatMap((one) => Incident.safeParse(one).data ?? []);
  const own = all.filter((incident) => incident.callIds.length > 0 || DIAGNOSED.some((key) => incident.alert === key || incident.alert.includes(`#${key}#`)));
  const runs = own
    .sort((a, b) => byText(b.openedAt, a.openedAt))
    .slice(0, MOST)
    .map((incident) => ({
      incident: incident.id,
      resource: incident.resource,
      name: incident.name,
      at: incident.resolvedAt ?? incident.openedAt,
      words: named(incident.name, incident.words ?? incident.cause.words).slice(0, 1000),
      severity: incident.status === "resolved" ? ("info" as const) : incident.severity,
      status: incident.status,
      cause: incident.cause.kind,
      calls: incident.callIds.length,
    }));
  return { open: runs.filter((run) => run.status !== "resolved").length, runs };
};

type Line = z.output<typeof Run>;
type Ctx = Pick<Context<Config, Memory>, "state" | "now"> & Reader & Keeper;

const lineOf = (name: string, words: string, status: string, at: string): Line => ({
  resource: `service/runbook/${name}`,
  name,
  at,
  words: words.slice(0, 1000),
  severity: "warning",
  status,
  cause: "runbook",
  calls: 0,
});

/** What of the runbooks a person should know: new, changed, unreadable. `since`: when each line was first told. */
export const runbookLines = async (ctx: Keeper, { runbooks, broken }: Shelf, since: (words: string) => string): Promise<Line[]> => {
  const known = await standings(ctx, runbooks);
  // What only reports asks about nothing, so nobody has to stand behind it.
  const unconfirmed = runbooks.flatMap(({ name, title, class: kind }) => {
    if (kind === "R") return [];
    const standing = known.get(name) ?? "new";
    return standing === "confirmed" ? [] : [{ name, status: standing, words: unconfirmedWords(title, name, standing) }];
  });
  const unread = broken.map((one) => ({ name: one.name, status: UNREADABLE, words: `A runbook cannot be read: ${brokenWords(one)}` }));
  return [...unread, ...unconfirmed].slice(0, MOST).map(({ name, status, words }) => lineOf(name, words, status, since(words.slice(0, 1000))));
};

const told = async (ctx: Ctx): Promise<Line[]> => {
  const before = Runs.safeParse((await ctx.state("remediation/runs"))["remediation/runs"]?.value).data?.runs ?? [];
  const since = (words: string): string => before.find((line) => line.words === words)?.at ?? new Date(ctx.now()).toISOString();
  try {
    return await runbookLines(ctx, await glance(ctx), since);
  } catch (thrown) {
    const words = `The folder of runbooks cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return [lineOf(ALL, words, UNREADABLE, since(words.slice(0, 1000)))];
  }
};

const closed = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A runbook that does not parse answers nothing when its hour comes: a person mends the file, and the alert ends by itself. */
export const alertsOf = ({ runs: lines }: z.output<typeof Runs>): Alert[] =>
  lines
    .filter(({ status }) => status === UNREADABLE)
    .map(({ resource, name, words, at }) => ({
      key: "runbook-unreadable",
      resource,
      severity: "warning",
      title: name === ALL ? "The runbooks cannot be read" : `The runbook ${name} cannot be read`,
      cause: "configuration",
      why: `${words
        .trim()
        .split(/\s*\n\s*/)
        .map(closed)
        .join(" ")} Mend the file and save it: it is read again at once.`.slice(0, 500),
      evidence: [{ what: words, source: name === ALL ? "the folder of runbooks" : `${name}.md`, at }],
    }));

export const runs: Monitor<Config, Memory, typeof Runs> = {
  title: "What the remedies did",
  every: "10s",
  watched: "2s",
  state: Runs,
  alerts: alertsOf,
  read: async (ctx: Ctx) => {
    const { open, runs: own } = runsOf((await ctx.state(INCIDENTS))[INCIDENTS]?.value);
    // What is wrong with a runbook stands as long as it is so: no number of newer runs drives it out.
    const lines = await told(ctx);
    return { open, runs: [...lines, ...own.slice(0, MOST - lines.length)].sort((a, b) => byText(b.at, a.at)) };
  },
};
