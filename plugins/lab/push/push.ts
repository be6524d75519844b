// The nodes' metric push: every round each node that is up posts its figures to the metric servers of the cluster's configuration. It reaches this machine only, over http, waits a second at most, and never tries twice.
import { gzipSync } from "node:zlib";
import { ROUND_MS } from "../world/broadcast.ts";
import { runs } from "../world/machine/services.ts";
import type { Node, World } from "../world/state.ts";
import { roundOf } from "./line.ts";
import { telemetryOf } from "./telemetry.ts";

const PATIENCE_MS = 1_000;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1", "[::1]"]);

interface MetricServer {
  id: string;
  type: "influxdb" | "opentelemetry";
  url: URL;
  token: string | undefined;
  headers: Record<string, string>;
}

export interface Push {
  /** What became of it by the server's id, for `GET /pushes`. */
  outcomes(): { id: string; sent: number; failed: number; lastStatus?: number; refused?: string }[];
  stop(): void;
}

interface Outcome {
  sent: number;
  failed: number;
  lastStatus?: number;
  refused?: string;
}

const text = (value: unknown): string | undefined => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);

/** Headers as the configuration has them: base64 of a JSON object. What is none is left out, as Proxmox does with a warning. */
function headersIn(encoded: string | undefined): Record<string, string> {
  try {
    const found: unknown = JSON.parse(Buffer.from(encoded ?? "", "base64").toString("utf8"));
    return typeof found === "object" && found !== null ? Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value)])) : {};
  } catch {
    return {};
  }
}

/** A server as it can be posted to, or why it cannot. */
function readServer(id: string, about: Readonly<Record<string, unknown>>): MetricServer | string {
  const host = text(about.server) ?? "";
  const isTelemetry = about.type === "opentelemetry";
  if (!isTelemetry && about.type !== "influxdb") return `the lab pushes to influxdb and opentelemetry, not to ${text(about.type)}`;
  const scheme = isTelemetry ? (text(about["otel-protocol"]) ?? "https") : (text(about.influxdbproto) ?? "udp");
  if (!LOOPBACK.has(host)) return `the lab pushes to this machine only, not to ${host}`;
  if (scheme !== "http") return `the lab pushes over http, not over ${scheme}`;
  const base = new URL(`http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${text(about.port)}`);
  const token = text(about.token);
  if (isTelemetry) {
    base.pathname = text(about["otel-path"]) ?? "/v1/metrics";
    return { id, type: "opentelemetry", url: base, token, headers: headersIn(text(about["otel-headers"])) };
  }
  const prefix = text(about["api-path-prefix"])?.replace(/^\/|\/$/g, "");
  base.pathname = `${prefix ? `/${prefix}` : ""}/api/v2/write`;
  base.search = new URLSearchParams({ org: text(about.organization) ?? "proxmox", bucket: text(about.bucket) ?? "proxmox" }).toString();
  return { id, type: "influxdb", url: base, token, headers: {} };
}

async function post(outcome: Outcome, url: URL, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<void> {
  try {
    const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.arrayBuffer();
    outcome.lastStatus = answer.status;
    outcome[answer.ok ? "sent" : "failed"] += 1;
  } catch {
    outcome.failed += 1;
  }
}

async function tell(world: World, node: Node, to: MetricServer, outcome: Outcome): Promise<void> {
  const at = world.clock.now();
  if (to.type === "opentelemetry") {
    const headers = { ...to.headers, "Content-Type": "application/json", "Content-Encoding": "gzip" };
    return post(outcome, to.url, new Uint8Array(gzipSync(telemetryOf(world, node, at))), headers);
  }
  const headers = { "Content-Type": "text/plain; charset=utf-8", ...(to.token ? { Authorization: `Token ${to.token}` } : {}) };
  for (const lines of roundOf(world, node, at)) await post(outcome, to.url, `${lines.join("\n")}\n`, headers);
}

export function startPush(world: World): Push {
  const outcomes = new Map<string, Outcome>();
  const outcomeOf = (id: string): Outcome => {
    const known = outcomes.get(id) ?? { sent: 0, failed: 0 };
    outcomes.set(id, known);
    return known;
  };
  const speaks = (node: Node): boolean => node.power === "on" && runs(node.machine, "pvestatd") && !world.storages.some((storage) => storage.hangsOn.has(node.name));
  function round(node: Node): void {
    if (!speaks(node)) return;
    for (const [id, about] of world.metricServers) {
      if (about.disable) continue;
      const server = readServer(id, about);
      const outcome = outcomeOf(id);
      if (typeof server === "string") outcome.refused = server;
      else void tell(world, node, server, outcome);
    }
  }
  const stops = [...world.nodes.values()].map((node) => world.clock.every(ROUND_MS, () => round(node), node.phaseMs));
  return {
    outcomes: () => [...outcomes].filter(([id]) => world.metricServers.has(id)).map(([id, outcome]) => ({ id, ...outcome })),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
