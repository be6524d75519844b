// CPU, memory and storage of the whole house, each weighted by what there is of it, and how old. Pure.
import type { Drawn } from "$contract/drawn.ts";
import { weighted } from "../format/figure.ts";
import { type Age, ageOf } from "./age.ts";
import { ofKind } from "./order.ts";

interface Total {
  value: number | undefined;
  age: Age;
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
  const aged = (value: number | undefined, parts: Parameters<typeof ageOf>[0]): Total => ({ value, age: live || value === undefined ? ageOf(parts) : "stale" });
  return {
    cpu: aged(weighted(nodes.map(({ cpu, cpus }) => ({ value: cpu, weight: cpus ?? 1 }))), nodes),
    memory: aged(weighted(nodes.map(({ memory, memoryTotalBytes }) => ({ value: memory, weight: memoryTotalBytes ?? 1 }))), nodes),
    storage: aged(weighted(storages.map(({ disk, diskTotalBytes }) => ({ value: disk, weight: diskTotalBytes ?? 1 }))), storages),
  };
};
