// The host: finds plugins, gives each its configuration and grant, connects and registers it, and takes it down again. One bad plugin changes only its own state.
import { type Issue, JarvisError } from "../contract/error.ts";
import type { Metric } from "../contract/metric.ts";
import type { PluginInfo } from "../contract/wire.ts";
import type { WireWidget } from "../contract/wire-widget.ts";
import { didYouMean } from "../lib/nearest.ts";
import { type Dropped, discover } from "./discover.ts";
import type { Entry } from "./entry.ts";
import { destinations } from "./grant.ts";
import { describe } from "./info.ts";
import { type Intake, intakeOf } from "./ingest.ts";
import { pluginMetrics } from "./metrics.ts";
import { notice } from "./noticing.ts";
import { createStages, type StageOptions } from "./stages.ts";

export interface Destination {
  readonly plugin: string;
  /** `host`, `host:port` or `unix:PATH`. */
  readonly value: string;
}

interface Options extends StageOptions {
  /** The first holds the bundled plugins. */
  readonly folders: readonly string[];
  readonly bundled: readonly string[];
  /** Asked once all grants are known and before anything connects; throws to refuse the start. */
  readonly permit?: (destinations: readonly Destination[]) => void;
  /** Told when a plugin's state or the list changed. */
  readonly changed?: () => void;
}

export interface Host {
  /** Rejects with JarvisError configuration (all issues of all sections) or what `permit` throws; anything else a plugin does wrong is in its state. */
  start(): Promise<void>;
  list(): PluginInfo[];
  widgets(): WireWidget[];
  /** Who takes what the plugin's source sends by itself; undefined when nobody does. */
  intake(plugin: string): Intake | undefined;
  /** What running plugins counted, under their prefix. */
  metrics(): Metric[];
  destinations(): Destination[];
  stop(): Promise<void>;
}

export const createHost = (options: Options): Host => {
  const { clock, log, configs } = options;
  const entries = new Map<string, Entry>();
  let dropped: readonly Dropped[] = [];
  let unwatch = (): void => undefined;

  const stages = createStages(options);

  const look = (): void => {
    const now = discover(options);
    for (const { id, path, error, content } of now.dropped) {
      if (dropped.some((known) => known.path === path && known.error === error && known.content?.hash === content?.hash)) continue;
      log(error === undefined ? "info" : "warn", error === undefined ? `plugin ${id} was dropped in and waits for approval` : `plugin ${id} cannot be taken: ${error}`);
    }
    dropped = now.dropped;
    options.changed?.();
  };

  const warnOfStrangers = (): void => {
    const known = [...entries.keys(), ...dropped.map(({ id }) => id)];
    for (const id of Object.keys(configs).filter((section) => !known.includes(section)))
      log("warn", `jarvis.yaml has a section plugins.${id}, but there is no plugin ${id}: nothing is done with it.${didYouMean(id, known)} There are: ${known.join(", ")}.`);
  };

  const reach = (): Destination[] =>
    [...entries.values()].flatMap(({ found, grant, config }) => {
      if (grant === undefined || config === undefined) return [];
      const { net, sockets } = destinations(grant);
      return [...net, ...sockets.map((path) => `unix:${path}`)].map((value) => ({ plugin: found.id, value }));
    });

  const refuse = (issues: readonly Issue[]): void => {
    const [first] = issues;
    if (first === undefined) return;
    throw new JarvisError("configuration", { message: issues.map(({ path, message }) => `${path}: ${message}`).join("\n"), issues, path: first.path });
  };

  const start = async (): Promise<void> => {
    for (const found of discover(options).bundled) entries.set(found.id, { found, state: "off" });
    look();
    warnOfStrangers();
    refuse((await Promise.all([...entries.values()].map(stages.prepare))).flat());
    options.permit?.(reach());
    refuse((await Promise.all([...entries.values()].map(stages.connect))).flat());
    unwatch = notice({ folders: options.folders, clock, changed: look });
    options.changed?.();
  };

  const stop = async (): Promise<void> => {
    unwatch();
    await Promise.all(
      [...entries.values()].map(async (entry) => {
        await entry.unload?.();
        delete entry.unload;
        entry.state = "off";
      }),
    );
  };

  const intake = (plugin: string): Intake | undefined => {
    const entry = entries.get(plugin);
    return entry && intakeOf(entry, clock, log);
  };

  return { start, stop, destinations: reach, intake, metrics: () => pluginMetrics(entries.values(), log), ...describe(entries, () => dropped) };
};
