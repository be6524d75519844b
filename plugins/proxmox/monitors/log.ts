// Monitor `log`: the cluster's log, newest first: who logged in, began or ended what, and what its daemons say there. Kept for the run, told as it came; nothing is concluded from it here.
import { byText, type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { perClient } from "./turns.ts";

const [ASKED, MOST_KEPT, MOST_WORDS] = [50, 200, 300];
/** Syslog's priorities: 3 and less are errors. */
const [ERROR, WARNING, NOTICE] = [3, 4, 6];

const Rows = looseRows(z.object({ id: looseText, uid: looseNumber, time: looseNumber, pri: looseNumber, tag: looseText, node: looseText, user: looseText, msg: looseText }));

const Line = z.object({ id: z.string(), at: z.string(), level: z.enum(["error", "warning", "info"]), node: z.string(), tag: z.string(), user: z.string(), text: z.string() });
type Line = z.output<typeof Line>;
const Log = z.object({ lines: z.array(Line), unknown: z.array(z.string()).optional() });

const keptBy = perClient((): { lines: Line[] } => ({ lines: [] }));

/** What JavaScript's time can hold, in seconds. */
const LAST_SECOND = 8.64e12;

const levelOf = (priority: number): Line["level"] => (priority <= ERROR ? "error" : priority <= WARNING ? "warning" : "info");

/** A row without a time or words is none. `id` is `uid:node` since 6; older servers have the uid alone. */
const linesOf = (rows: z.output<typeof Rows>): Line[] =>
  rows.flatMap(({ id, uid, time, pri = NOTICE, tag = "", node = "", user = "", msg }) =>
    time === undefined || msg === undefined || Math.abs(time) > LAST_SECOND
      ? []
      : [{ id: id ?? `${uid ?? time}:${node}`, at: new Date(time * 1000).toISOString(), level: levelOf(pri), node, tag, user, text: msg.slice(0, MOST_WORDS) }],
  );

/** GET /cluster/log. Without Sys.Syslog on / Proxmox shows the token's own lines alone, and `unknown` says so. */
const read = async (ctx: Ctx): Promise<z.output<typeof Log>> => {
  const kept = keptBy(ctx.client);
  // It may wait: in a run's first minute there is more to ask, and while the API has it hard.
  if (laneOf(ctx.client).take(ctx.now(), 1, "idle") > 0) {
    const fresh = linesOf(await ctx.client.get(ctx, "/cluster/log", Rows, { max: ASKED }));
    const known = new Set(fresh.map(({ id }) => id));
    kept.lines = [...fresh, ...kept.lines.filter(({ id }) => !known.has(id))].sort((a, b) => byText(b.at, a.at)).slice(0, MOST_KEPT);
  }
  const unknown = ctx.client.missing("journal").map(({ words }) => words);
  return { lines: kept.lines, ...(unknown.length === 0 ? {} : { unknown }) };
};

export const log: Monitor<Config, Client, typeof Log> = { title: "Cluster log", every: "2m", deadline: "15s", state: Log, read };
