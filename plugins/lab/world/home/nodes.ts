// The four machines of the reference home, with their fixed addresses, CPUs and memory.
import type { WorldInput } from "../schema.ts";

export const nodes: WorldInput["nodes"] = [
  {
    name: "Home",
    address: "192.168.1.50",
    cpus: 20,
    memoryGiB: 24,
    rootGiB: 94,
    model: "13th Gen Intel(R) Core(TM) i5-13600K",
    baseCpu: 0.09,
    baseMemoryGiB: 8.2,
    uptimeDays: 41.3,
  },
  {
    name: "pve",
    address: "192.168.1.74",
    cpus: 6,
    memoryGiB: 31,
    rootGiB: 68,
    model: "Intel(R) Core(TM) i5-9500T CPU @ 2.20GHz",
    baseCpu: 0.04,
    baseMemoryGiB: 3.1,
    uptimeDays: 41.2,
  },
  { name: "agent1", address: "192.168.1.61", cpus: 14, memoryGiB: 31, rootGiB: 94, model: "Intel(R) Core(TM) Ultra 5 125H", baseCpu: 0.05, baseMemoryGiB: 4.7, uptimeDays: 17.8 },
  {
    name: "agent",
    address: "192.168.1.62",
    cpus: 2,
    memoryGiB: 4,
    rootGiB: 39,
    model: "Intel(R) Celeron(R) N4020 CPU @ 1.10GHz",
    baseCpu: 0.03,
    baseMemoryGiB: 1.3,
    uptimeDays: 112.6,
  },
];
