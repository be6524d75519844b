// Which backups of a guest a keep rule lets go: `keep-last=2,keep-daily=7` as PVE::Storage reads it. Protected ones stay and do not count.
import type { Backup, World } from "./state.ts";

export type Mark = "keep" | "remove" | "protected";

const RULES = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** ISO week: Thursday decides the year. */
function week(ctime: number): string {
  const day = new Date(ctime * 1000);
  const thursday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 4 - (day.getUTCDay() || 7)));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}/${Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7)}`;
}

function bucket(rule: (typeof RULES)[number], ctime: number): string {
  const text = new Date(ctime * 1000).toISOString();
  if (rule === "last") return String(ctime);
  if (rule === "weekly") return week(ctime);
  return text.slice(0, { hourly: 13, daily: 10, monthly: 7, yearly: 4 }[rule]);
}

export function marksOf(backups: readonly Backup[], prune: string): Map<Backup, Mark> {
  const marks = new Map<Backup, Mark>();
  const newestFirst = [...backups].sort((a, b) => b.ctime - a.ctime);
  for (const backup of newestFirst) if (backup.protected) marks.set(backup, "protected");
  const wishes = new Map(prune.split(",").map((part): [string, number] => [part.split("=")[0] ?? "", Number(part.split("=")[1] ?? 0)]));
  const keepAll = wishes.get("keep-all") === 1 || ![...wishes.values()].some((count) => count > 0);
  const free = newestFirst.filter((backup) => !backup.protected);
  for (const rule of RULES) {
    let left = wishes.get(`keep-${rule}`) ?? 0;
    const seen = new Set(free.filter((backup) => marks.get(backup) === "keep").map((backup) => bucket(rule, backup.ctime)));
    for (const backup of free) {
      if (left <= 0) break;
      const here = bucket(rule, backup.ctime);
      if (marks.has(backup) || seen.has(here)) continue;
      seen.add(here);
      marks.set(backup, "keep");
      left -= 1;
    }
  }
  for (const backup of free) if (!marks.has(backup)) marks.set(backup, keepAll ? "keep" : "remove");
  return marks;
}

/** Removes what the rule lets go; answers what went. */
export function pruneBackups(world: World, of: readonly Backup[], prune: string): Backup[] {
  const gone = [...marksOf(of, prune)].filter(([, mark]) => mark === "remove").map(([backup]) => backup);
  for (const backup of gone) world.backups.splice(world.backups.indexOf(backup), 1);
  return gone;
}
