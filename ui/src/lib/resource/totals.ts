// CPU, memory and storage of the whole house, each weighted by what there is of it. Pure.
import type { Drawn } from "$contract/drawn.ts";
import { weighted } from "../format/figure.ts";
import { ofKind } from "./order.ts";

export interface Totals {
  cpu: number | undefined;
  memory: number | undefined;
  storage: number | undefined;
}

export const totalsOf = (drawn: Drawn | undefined): Totals => {
  const nodes = ofKind(drawn, "node").filter(({ status }) => status === "up");
  const storages = ofKind(drawn, "storage");
  return {
    cpu: weighted(nodes.map(({ cpu, cpus }) => ({ value: cpu, weight: cpus ?? 1 }))),
    memory: weighted(nodes.map(({ memory, memoryTotalBytes }) => ({ value: memory, weight: memoryTotalBytes ?? 1 }))),
    storage: weighted(storages.map(({ disk, diskTotalBytes }) => ({ value: disk, weight: diskTotalBytes ?? 1 }))),
  };
};
