// CPU, memory and storage of the whole house, each weighted by what there is of it, and how old: what is out of sight counts only while nothing else is seen. Pure.
import type { Drawn } from "$contract/drawn.ts";
import { weighted } from "../format/figure.ts";
import { type Age, ageOf } from "./age.ts";
import { isUnseen } from "./count.ts";
import { ofKind, type Placed } from "./order.ts";

interface Total {
  value: number | undefined;
  age: Age;
  /** Of what is old: since when, ISO time, if that is known. */
  since?: string;
}

export interface Totals {
  cpu: Total;
  memory: Total;
  storage: Total;
}

/** `live`: this page hears from Jarvis; without that every figure is old. */
export const totalsOf = (drawn: Drawn | undefined, live = true): Totals => {
  const nodes = ofKind(drawn, "node").filter(({ status }) => status !== "down");
  const storages = ofKind(drawn, "storage").filter(({ status }) => status !== "down");
  const total = (parts: readonly Placed[], figure: (part: Placed) => { value: number | undefined; weight: number }): Total => {
    const seen = parts.filter((part) => !isUnseen(part));
    const value = weighted((seen.length > 0 ? seen : parts).map(figure));
    const age = live || value === undefined ? ageOf(parts) : "stale";
    const [since] = age === "stale" ? parts.flatMap((part) => part.since ?? []).sort() : [];
    return { value, age, ...(since === undefined ? {} : { since }) };
  };
  return {
    cpu: total(nodes, ({ cpu, cpus }) => ({ value: cpu, weight: cpus ?? 1 })),
    memory: total(nodes, ({ memory, memoryTotalBytes }) => ({ value: memory, weight: memoryTotalBytes ?? 1 })),
    storage: total(storages, ({ disk, diskTotalBytes }) => ({ value: disk, weight: diskTotalBytes ?? 1 })),
  };
};
