// The nodes' metric server: every round each node that is up posts its figures to a configured address on loopback. It refuses any other address, waits a second at most, and never tries twice.
import { gzipSync } from "node:zlib";
import { ROUND_MS } from "../world/broadcast.ts";
import type { Node, World } from "../world/state.ts";
import { roundOf } from "./line.ts";
import { telemetryOf } from "./telemetry.ts";

const PATIENCE_MS = 1_000;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

export interface MetricServer {
  type: "influxdb" | "opentelemetry";
  /** `http://127.0.0.1:PORT`, with a path prefix if the receiver has one. */
  url: string;
  token?: string;
  organization: string;
  bucket: string;
}

export interface Push {
  /** Checks the receiver as PVE does on saving, then posts to it; without one it ends. */
  aim(server: MetricServer | undefined): Promise<void>;
  state(): { server?: Omit<MetricServer, "token">; sent: number; failed: number; lastStatus?: number };
  stop(): void;
}

function refuseForeign(url: string): URL {
  const parsed = new URL(url);
  if (parsed.protocol !== "http:" || !LOOPBACK.has(parsed.hostname)) throw new Error(`the lab's nodes push to http on this machine only, not to ${url}`);
  return parsed;
}

const under = (base: URL, path: string): URL => new URL(base.pathname.replace(/\/$/, "") + path, base.origin);

export function createPush(world: World): Push {
  let server: MetricServer | undefined;
  let stops: (() => void)[] = [];
  const count = { sent: 0, failed: 0 };
  let lastStatus: number | undefined;

  async function post(url: URL, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<void> {
    try {
      const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      lastStatus = answer.status;
      await answer.arrayBuffer();
      count[answer.ok ? "sent" : "failed"] += 1;
    } catch {
      count.failed += 1;
    }
  }

  async function tell(node: Node, to: MetricServer): Promise<void> {
    if (node.power !== "on" || node.machine.services.get("pvestatd")?.active !== "active") return;
    const base = refuseForeign(to.url);
    const at = world.clock.now();
    if (to.type === "opentelemetry") {
      const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip", ...(to.token ? { Authorization: `Bearer ${to.token}` } : {}) };
      await post(under(base, "/v1/metrics"), new Uint8Array(gzipSync(telemetryOf(world, node, at))), headers);
      return;
    }
    const url = under(base, "/api/v2/write");
    url.search = new URLSearchParams({ org: to.organization, bucket: to.bucket }).toString();
    const headers = { "Content-Type": "text/plain; charset=utf-8", ...(to.token ? { Authorization: `Token ${to.token}` } : {}) };
    for (const lines of roundOf(world, node, at)) await post(url, `${lines.join("\n")}\n`, headers);
  }

  function stop(): void {
    for (const end of stops) end();
    stops = [];
    server = undefined;
  }

  return {
    async aim(next) {
      stop();
      if (!next) return;
      const base = refuseForeign(next.url);
      if (next.type === "opentelemetry" && world.dialect === "8.4") throw new Error("opentelemetry came with Proxmox VE 9; this lab speaks 8.4");
      if (next.type === "influxdb") {
        const health = await fetch(under(base, "/health"), { signal: AbortSignal.timeout(PATIENCE_MS) });
        if (!health.ok) throw new Error(`the metric server's /health answered ${health.status}`);
      }
      server = next;
      stops = [...world.nodes.values()].map((node) => world.clock.every(ROUND_MS, () => void tell(node, next).catch(() => undefined), node.phaseMs));
    },
    state() {
      const { token: _, ...shown } = server ?? { token: undefined };
      return {
        ...(server ? { server: { type: server.type, url: server.url, organization: server.organization, bucket: server.bucket, ...shown } } : {}),
        ...count,
        ...(lastStatus === undefined ? {} : { lastStatus }),
      };
    },
    stop,
  };
}
