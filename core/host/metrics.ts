// What running plugins tell of themselves on /metrics: asked in turn, parsed, prefixed with the plugin's id. One that throws or tells nonsense is left out, and the others are told.
import { z } from "zod";
import { Metric } from "../contract/metric.ts";
import type { Log } from "../lib/log.ts";
import type { Entry } from "./entry.ts";

const MOST_FAMILIES = 20;
const Metrics = z.array(Metric).max(MOST_FAMILIES);

const prefixOf = (id: string): string => `jarvis_${id.replaceAll("-", "_")}_`;

const metricsOf = ({ found: { id }, state, literal, client }: Entry): Metric[] => {
  if (state !== "running" || literal?.metrics === undefined) return [];
  return Metrics.parse(literal.metrics(client)).map((metric) => ({ ...metric, name: `${prefixOf(id)}${metric.name}` }));
};

export const pluginMetrics = (entries: Iterable<Entry>, log: Log): Metric[] =>
  [...entries].flatMap((entry) => {
    try {
      return metricsOf(entry);
    } catch (thrown) {
      log("warn", `plugin ${entry.found.id} could not tell its metrics`, { error: thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown) });
      return [];
    }
  });
