// /metrics in Prometheus text: the process, the edge, and what the core adds. Pure but for reading the process.
import type { Metric } from "../contract/metric.ts";

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');

const line = (name: string, labels: Readonly<Record<string, string>> | undefined, value: number): string => {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
};

export const prometheus = (metrics: readonly Metric[]): string =>
  metrics
    .map(({ name, help, type, samples }) =>
      [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...samples.map(({ labels, value }) => line(name, labels, value))].join("\n"),
    )
    .join("\n")
    .concat("\n");

const one = (name: string, help: string, type: Metric["type"], value: number): Metric => ({ name, help, type, samples: [{ value }] });

export const processMetrics = (): Metric[] => {
  const { user, system } = process.cpuUsage();
  return [
    one("process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", process.memoryUsage.rss()),
    one("process_cpu_seconds_total", "User and system CPU time in seconds.", "counter", (user + system) / 1_000_000),
    one("process_uptime_seconds", "Seconds since the process started.", "gauge", process.uptime()),
  ];
};

export const edgeMetrics = (edge: { sockets: number; channels: number; answers: ReadonlyMap<number, number> }): Metric[] => [
  one("jarvis_ws_clients", "Open WebSockets.", "gauge", edge.sockets),
  one("jarvis_channels", "Declared channels.", "gauge", edge.channels),
  {
    name: "jarvis_http_answers_total",
    help: "HTTP answers by status.",
    type: "counter",
    samples: [...edge.answers].map(([status, value]) => ({ labels: { status: String(status) }, value })),
  },
];
