// A plugin's monitor as the poller holds it. What is derived from a reading is parsed too: it decides what is drawn and what is wrong.
import { z } from "zod";
import { Past } from "../contract/past.ts";
import { Alert, Resource } from "../contract/resource.ts";
import { milliseconds } from "../lib/duration.ts";
import type { BoundMonitor } from "../state/bound.ts";
import { foremost } from "./foremost.ts";
import type { MonitorLiteral } from "./literal.ts";
import { askPlugin, callPlugin, type Running } from "./plugin-call.ts";

const DEFAULT_DEADLINE_MS = 10_000;
const MOST_RESOURCES = 20_000;
const MOST_SERIES = 100_000;
const MOST_PIECES = 50;
const LONGEST_PIECE = 262_144;

const Resources = z.array(Resource).max(MOST_RESOURCES);
const Alerts = z.array(Alert).max(MOST_RESOURCES);
const SeriesValues = z.record(z.string().max(200), z.number()).refine((values) => Object.keys(values).length <= MOST_SERIES, "too many series");
const Figures = z
  .record(z.string().max(200), z.object({ atMs: z.number(), figures: z.record(z.string().max(100), z.number()) }))
  .refine((all) => Object.keys(all).length <= MOST_RESOURCES, "too many resources");
const Place = z.number().optional();
const Pace = z.number().min(1).max(6);
/** A sentence with a command in it that mends what it speaks of. */
const LONGEST_REMARK = 600;
const Remark = z.object({ words: z.string().min(1).max(LONGEST_REMARK), over: z.string().min(1).max(300) }).optional();
const Probes = z.record(z.string().max(100), z.unknown());
const Scene = z
  .record(
    z.string().max(100),
    z.string().transform((text) => text.slice(0, LONGEST_PIECE)),
  )
  .refine((pieces) => Object.keys(pieces).length <= MOST_PIECES, "too many pieces");

export const bindMonitor = (plugin: Running, name: string, monitor: MonitorLiteral): BoundMonitor => {
  const { place, pace, remark, watch, resources, figures, alerts, knows, series, backfill, probe, scene } = monitor;
  const what = (part: string): string => `monitors.${name}.${part}`;
  return Object.freeze({
    channel: `${plugin.id}/${name}`,
    plugin: plugin.id,
    title: monitor.title ?? name,
    everyMs: milliseconds(monitor.every),
    watchedMs: monitor.watched === undefined ? undefined : milliseconds(monitor.watched),
    deadlineMs: monitor.deadline === undefined ? DEFAULT_DEADLINE_MS : milliseconds(monitor.deadline),
    schema: monitor.state,
    ...(place === undefined ? {} : { placeMs: () => askPlugin(plugin, what("place"), Place, () => place(plugin.client)) }),
    ...(pace === undefined ? {} : { pace: () => askPlugin(plugin, what("pace"), Pace, () => pace(plugin.client)) }),
    ...(remark === undefined ? {} : { remark: () => askPlugin(plugin, what("remark"), Remark, () => remark(plugin.client)) }),
    read: (signal) => callPlugin(plugin, { what: what("read"), signal, answer: z.unknown() }, (context) => monitor.read(context)),
    ...(watch === undefined ? {} : { watch: (emit, signal) => callPlugin(plugin, { what: what("watch"), signal, answer: nothing }, (context) => watch(context, emit)) }),
    ...(resources === undefined ? {} : { resources: (now) => askPlugin(plugin, what("resources"), Resources, () => resources(now)) }),
    ...(figures === undefined ? {} : { figures: (now) => askPlugin(plugin, what("figures"), Figures, () => figures(now)) }),
    ...(alerts === undefined
      ? {}
      : {
          alerts: (now, past) =>
            foremost(
              askPlugin(plugin, what("alerts"), Alerts, () => alerts(now, past)),
              past.open,
            ),
        }),
    ...(knows === undefined ? {} : { knows: (now, alert) => askPlugin(plugin, what("knows"), z.boolean(), () => knows(now, alert)) }),
    ...(series === undefined ? {} : { series: (now) => askPlugin(plugin, what("series"), SeriesValues, () => series(now)) }),
    ...(backfill === undefined
      ? {}
      : { backfill: (about, signal) => callPlugin(plugin, { what: what("backfill"), signal, looks: true, answer: Past.optional() }, (context) => backfill(context, about)) }),
    ...(probe === undefined
      ? {}
      : { probe: (about, signal) => callPlugin(plugin, { what: what("probe"), signal, looks: true, answer: Probes }, (context) => probe(context, about)) }),
    ...(scene === undefined
      ? {}
      : { scene: (about, signal) => callPlugin(plugin, { what: what("scene"), signal, looks: true, answer: Scene }, (context) => scene(context, about)) }),
  } satisfies BoundMonitor);
};

const nothing = z.unknown().transform((): void => undefined);
