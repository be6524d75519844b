// GET /cluster/metrics/export: each node's newest pvestatd round as single samples with the second it was taken in. Only the newest generation is kept, as just after a start.
import { COUNT, FLAG, numberOf } from "../front/parameters.ts";
import { type Call, get, needs, type Route } from "../front/route.ts";
import { seconds } from "../world/state.ts";

/** Proxmox's word for each number of a round. */
const METRICS: Readonly<Record<string, { metric: string; type: "gauge" | "derive" }>> = {
  cpu: { metric: "cpu_current", type: "gauge" },
  maxcpu: { metric: "cpu_max", type: "gauge" },
  mem: { metric: "mem_used", type: "gauge" },
  maxmem: { metric: "mem_total", type: "gauge" },
  disk: { metric: "disk_used", type: "gauge" },
  maxdisk: { metric: "disk_total", type: "gauge" },
  netin: { metric: "net_in", type: "derive" },
  netout: { metric: "net_out", type: "derive" },
  diskread: { metric: "disk_read", type: "derive" },
  diskwrite: { metric: "disk_write", type: "derive" },
  uptime: { metric: "uptime", type: "gauge" },
};

function samples({ world, parameters, at }: Call): unknown {
  const since = numberOf(parameters, "start-time") ?? 0;
  const localOnly = String(parameters["local-only"] ?? "0") === "1" || parameters["local-only"] === true;
  const told = [...world.broadcasts].filter(([node]) => !localOnly || node === at);
  return {
    data: told.flatMap(([, broadcast]) => {
      const timestamp = seconds(broadcast.at);
      if (timestamp <= since) return [];
      return [...broadcast.entries].flatMap(([id, entry]) =>
        Object.entries(entry).flatMap(([name, value]) => {
          const known = METRICS[name];
          return known && typeof value === "number" ? [{ id, metric: known.metric, timestamp, type: known.type, value }] : [];
        }),
      );
    }),
  };
}

export const metricsExportRoutes = (): Route[] => [
  get("/cluster/metrics/export", samples, { ...needs("/", "Sys.Audit"), rules: { history: FLAG, "local-only": FLAG, "start-time": COUNT } }),
];
