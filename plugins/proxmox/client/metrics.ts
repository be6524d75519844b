// What the client counted, for /metrics: every call that went out by path and cause, how busy and slow the API is, how each endpoint stands, what our tokens lack. Sends nothing.
import type { Metric } from "jarvis";
import { heapOf } from "../push/heap.ts";
import type { Client } from "./client.ts";
import { LEVELS } from "./strain.ts";

export const metricsOf = (client: Client): Metric[] => {
  const { ledger, health, missing } = client;
  const mean = ledger.meanMs();
  const { level, p95Ms, lost } = ledger.strain();
  return [
    {
      name: "calls_total",
      help: "Calls of the Proxmox API by method, path template, cause and answer (0: none came).",
      type: "counter",
      samples: ledger.rows().map(({ method, path, cause, answer, count }) => ({ labels: { method, path, cause, answer: String(answer) }, value: count })),
    },
    ...(mean === undefined
      ? []
      : [{ name: "answer_milliseconds", help: "Moving mean of how long its answers take.", type: "gauge" as const, samples: [{ value: Math.round(mean) }] }]),
    {
      name: "answer_p95_milliseconds",
      help: "Of the cheap answers of the last two minutes, what nineteen in twenty were faster than.",
      type: "gauge",
      samples: [{ value: Math.round(p95Ms) }],
    },
    {
      name: "answers_lost",
      help: "Cheap calls of the last two minutes that got no answer in time, or not from the node behind (595, 596).",
      type: "gauge",
      samples: [{ value: lost }],
    },
    {
      name: "strain",
      help: "1 for how the API has it: calm, slow (the slow lane spends less) or worn (seldomer rounds of what nobody watches, too).",
      type: "gauge",
      samples: LEVELS.map((one) => ({ labels: { level: one }, value: one === level ? 1 : 0 })),
    },
    { name: "call_budget", help: "Calls a minute that are meant to be spent now, unwatched.", type: "gauge", samples: [{ value: ledger.budget() }] },
    { name: "call_spare", help: "How many of them were left at the last call, for what can wait.", type: "gauge", samples: [{ value: ledger.spare() }] },
    {
      name: "pushed_total",
      help: "Figures the nodes pushed: taken, unknown (of nothing the cluster lists there), late (or of a clock that is wrong) and broken.",
      type: "counter",
      samples: Object.entries(heapOf(client).counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: "endpoint_well",
      help: "1 when the endpoint stands well or was never asked, else 0; standing says which.",
      type: "gauge",
      samples: health().map(({ origin, standing }) => ({ labels: { endpoint: origin, standing }, value: standing === "well" || standing === "untried" ? 1 : 0 })),
    },
    {
      name: "privilege_missing",
      help: "1 for each privilege our tokens lack, by what is lost for want of it.",
      type: "gauge",
      samples: missing().map(({ need, privilege }) => ({
        labels: { feature: need.feature, privilege, path: need.path, role: need.role, wanted: need.extra ? "extra" : "needed" },
        value: 1,
      })),
    },
  ];
};
