// The host: finds plugins, gives each its configuration and grant, connects and registers it, and takes it down again. One bad plugin changes only its own state.
import { type Issue, JarvisError } from "../contract/error.ts";
import type { PluginInfo } from "../contract/wire.ts";
import type { WireWidget } from "../contract/wire-widget.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { bindPlugin } from "./bind.ts";
import { blame } from "./blame.ts";
import { configure } from "./config.ts";
import { type ContextSource, createContext } from "./context.ts";
import { type Dropped, discover } from "./discover.ts";
import type { Entry } from "./entry.ts";
import type { HostFaces } from "./faces.ts";
import { createGrant, type Denials, destinations } from "./grant.ts";
import { importPlugin, withinTime } from "./import-plugin.ts";
import { describe } from "./info.ts";
import { notice } from "./noticing.ts";

export interface Destination {
  readonly plugin: string;
  /** `host`, `host:port` or `unix:PATH`. */
  readonly value: string;
}

interface Options {
  /** The first holds the bundled plugins. */
  readonly folders: readonly string[];
  readonly bundled: readonly string[];
  /** The sections of jarvis.yaml under `plugins`. */
  readonly configs: Readonly<Record<string, unknown>>;
  readonly faces: HostFaces;
  readonly clock: Clock;
  readonly log: Log;
  /** What the operator took away from a plugin's wishes. */
  readonly approvals: { denied(plugin: string): Denials };
  /** Asked once all grants are known and before anything connects; throws to refuse the start. */
  readonly permit?: (destinations: readonly Destination[]) => void;
  /** Puts something between a plugin and its context, such as messages (message-context.ts). */
  readonly through?: (source: ContextSource) => ContextSource;
  /** Told when a plugin's state or the list changed. */
  readonly changed?: () => void;
}

export interface Host {
  /** Rejects with JarvisError configuration (all issues of all sections) or what `permit` throws; anything else a plugin does wrong is in its state. */
  start(): Promise<void>;
  list(): PluginInfo[];
  widgets(): WireWidget[];
  destinations(): Destination[];
  stop(): Promise<void>;
}

export const createHost = (options: Options): Host => {
  const { clock, log, configs } = options;
  const entries = new Map<string, Entry>();
  let dropped: readonly Dropped[] = [];
  let unwatch = (): void => undefined;

  const fail = (entry: Entry, error: string): void => {
    entry.state = "failed";
    entry.error = error;
    log("error", `plugin ${entry.found.id} was skipped: ${error}`);
  };

  const prepare = async (entry: Entry): Promise<readonly Issue[]> => {
    const { id } = entry.found;
    const imported = await importPlugin(entry.found, clock);
    if ("error" in imported) {
      fail(entry, imported.error);
      return [];
    }
    entry.literal = imported.literal;
    try {
      const configured = await configure(id, imported.literal.config, configs[id]);
      if (configured.state === "off") entry.error = configured.words;
      else entry.config = configured.config;
      entry.grant = createGrant(imported.literal.permissions, entry.config, options.approvals.denied(id));
      return [];
    } catch (thrown) {
      if (thrown instanceof JarvisError && thrown.type === "configuration") return thrown.details.issues ?? [];
      fail(entry, blame(thrown, entry.found));
      return [];
    }
  };

  const connect = async (entry: Entry): Promise<void> => {
    const { literal, grant, config, found } = entry;
    if (literal === undefined || grant === undefined || config === undefined) return;
    const topics = Object.fromEntries(Object.entries(literal.channels).map(([topic, { data }]) => [topic, data]));
    const direct = createContext({ id: found.id, config, grant, topics, faces: options.faces, clock });
    const source = options.through?.(direct) ?? direct;
    try {
      const client = await withinTime(
        Promise.resolve(source.bare).then((bare) => literal.connect?.(bare)),
        clock,
        "connect",
      );
      const unbind = await bindPlugin({ ...found, source, client }, literal, options.faces);
      entry.unload = async () => {
        await unbind();
        source.close(new JarvisError("unavailable", { message: `The plugin ${found.id} was stopped.` }));
        await withinTime(Promise.resolve(literal.close?.(client)), clock, "close").catch((thrown: unknown) => log("warn", `plugin ${found.id}: ${blame(thrown, found)}`));
      };
      entry.state = "running";
    } catch (thrown) {
      source.close(new JarvisError("unavailable", { message: `The plugin ${found.id} did not start.` }));
      fail(entry, blame(thrown, found));
    }
  };

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
    for (const id of Object.keys(configs)) {
      if (!entries.has(id) && !dropped.some((one) => one.id === id)) log("warn", `jarvis.yaml has a section plugins.${id}, but there is no plugin ${id}`);
    }
  };

  const reach = (): Destination[] =>
    [...entries.values()].flatMap(({ found, grant, config }) => {
      if (grant === undefined || config === undefined) return [];
      const { net, sockets } = destinations(grant);
      return [...net, ...sockets.map((path) => `unix:${path}`)].map((value) => ({ plugin: found.id, value }));
    });

  const start = async (): Promise<void> => {
    for (const found of discover(options).bundled) entries.set(found.id, { found, state: "off" });
    look();
    warnOfStrangers();
    const issues = (await Promise.all([...entries.values()].map(prepare))).flat();
    if (issues.length > 0) {
      const message = issues.map(({ path, message: words }) => `${path}: ${words}`).join("\n");
      throw new JarvisError("configuration", { message, issues, ...(issues[0] === undefined ? {} : { path: issues[0].path }) });
    }
    options.permit?.(reach());
    await Promise.all([...entries.values()].map(connect));
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

  return { start, stop, destinations: reach, ...describe(entries, () => dropped) };
};
