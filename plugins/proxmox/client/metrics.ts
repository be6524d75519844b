// What the client counted, for /metrics: every call that went out by path and cause, how busy and slow the API is, how each endpoint stands, what our tokens lack. Sends nothing.
import type { Metric } from "jarvis";
import type { Client } from "./client.ts";

export const metricsOf = ({ ledger, health, missing }: Client): Metric[] => {
  const mean = ledger.meanMs();
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
