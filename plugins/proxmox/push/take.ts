// Takes what the nodes push: by the path, InfluxDB's line protocol or OpenTelemetry. Refuses other paths, and everything until the cluster was read once: what is not known yet is not taken.
import { type Ingested, JarvisError } from "jarvis";
import type { Ctx } from "../context.ts";
import { heapOf } from "./heap.ts";
import { heardInLines } from "./influx.ts";
import { heardInTelemetry } from "./telemetry.ts";

const LINES = new Set(["/api/v2/write", "/write"]);
const METRICS = new Set(["/v1/metrics"]);

export const take = async (ctx: Ctx, { path, contentType, body }: Ingested): Promise<{ taken: number; left: number }> => {
  const isLines = LINES.has(path);
  if (!isLines && !METRICS.has(path))
    throw new JarvisError("not_found", {
      message: `Nothing is taken at ${path === "" ? "this path" : path}: InfluxDB writes to .../api/v2/write or .../write, OpenTelemetry to .../v1/metrics.`,
    });
  const entries = ctx.client.memory.latest()?.entries;
  if (entries === undefined) throw new JarvisError("unavailable", { message: "The cluster was not read yet, so nobody that is pushed is known.", data: { retryAfterSeconds: 10 } });
  const heard = isLines ? heardInLines(body) : heardInTelemetry(contentType, body);
  return heapOf(ctx.client).add(heard, entries, { nowMs: ctx.now(), serverMs: ctx.client.serverTime(ctx) });
};
