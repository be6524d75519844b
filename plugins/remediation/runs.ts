// Monitor `runs`, the channel remediation/runs: what the remedies did and left alone, drawn from the incidents of the core. Reads only.
import { type Context, Incident, type Monitor, z } from "jarvis";
import type { Config } from "./config.ts";
import { DIAGNOSED } from "./diagnose.ts";

const MOST = 50;
const INCIDENTS = "core/incidents";

const Run = z.object({
  incident: z.string(),
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

/** Newest first; an incident that does not fit is left out, not the rest with it. */
export const runsOf = (value: unknown): z.output<typeof Runs> => {
  const all = Object.values(Picture.safeParse(value).data?.incidents ?? {}).flatMap((one) => Incident.safeParse(one).data ?? []);
  const own = all.filter((incident) => DIAGNOSED.some((key) => incident.alert === key || incident.alert.includes(`#${key}#`)));
  const runs = own
    .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
    .slice(0, MOST)
    .map((incident) => ({
      incident: incident.id,
      resource: incident.resource,
      name: incident.name,
      at: incident.resolvedAt ?? incident.openedAt,
      words: `${incident.name}: ${incident.words ?? incident.cause.words}`.slice(0, 1000),
      severity: incident.status === "resolved" ? ("info" as const) : incident.severity,
      status: incident.status,
      cause: incident.cause.kind,
      calls: incident.callIds.length,
    }));
  return { open: runs.filter((run) => run.status !== "resolved").length, runs };
};

export const runs: Monitor<Config, undefined, typeof Runs> = {
  title: "What the remedies did",
  every: "10s",
  watched: "2s",
  state: Runs,
  read: async (ctx: Pick<Context<Config, undefined>, "state">) => runsOf((await ctx.state(INCIDENTS))[INCIDENTS]?.value),
};
