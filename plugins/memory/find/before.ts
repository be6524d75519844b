// Incident memory: how often the same went wrong with the same thing within 30 days, and how it ended last time. From the record of incidents, never from words.
import type { Incident } from "jarvis";
import { type Ctx, oneLine } from "../fact.ts";
import type { Line } from "./pages.ts";
import type { Named } from "./subject.ts";

type Past = ReturnType<typeof Incident.parse>;

const DAYS = 30;
const MOST_KINDS = 3;
const MOST_THINGS = 3;

const times = (count: number): string => (count === 1 ? "once" : count === 2 ? "twice" : `${count} times`);
const bare = (text: string): string => oneLine(text, 300).replace(/[.\s]+$/, "");
/** `proxmox_guest_start` as `guest start`. */
const deedOf = (tool: string): string => tool.split("_").slice(1).join(" ");

/** Of one alert on one thing, newest first. */
export const beforeWords = (same: readonly Past[]): string => {
  const [newest] = same;
  if (newest === undefined) return "";
  const last = same.find(({ status }) => status === "resolved");
  const deeds = last === undefined || last.callIds.length === 0 ? [] : (last.prescribed?.tools ?? []).map(deedOf);
  const done = deeds.length === 0 ? "" : ` What was done: ${[...new Set(deeds)].join(", ")}.`;
  const ended =
    last === undefined ? " It was never over yet." : ` Last time (${last.openedAt.slice(0, 10)}, ${last.id}, ${last.cause.kind}): ${bare(last.words ?? last.cause.words)}.${done}`;
  const open = newest.status === "resolved" ? "" : ` Now open as ${newest.id}.`;
  return `${bare(newest.title)}: ${times(same.length)} in ${DAYS} days.${open}${ended}`;
};

export const beforeOf = async (ctx: Pick<Ctx, "incidents">, things: readonly Named[]): Promise<Line[]> => {
  const found: Line[] = [];
  for (const { id } of things.slice(0, MOST_THINGS)) {
    const past = await ctx.incidents({ resource: id, days: DAYS, limit: 200 }).catch(() => []);
    const kinds = [...Map.groupBy(past, ({ alert }) => alert).values()].slice(0, MOST_KINDS);
    for (const same of kinds) {
      const [newest] = same;
      if (newest !== undefined) found.push({ text: beforeWords(same), source: newest.id, said: "jarvis", at: newest.openedAt });
    }
  }
  return found;
};
