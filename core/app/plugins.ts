// Hands the host its faces: closures over the parts. Refuses to start an open house that reaches outside.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import type { Reading } from "../contract/reading.ts";
import type { Recall } from "../contract/recall.ts";
import type { HostFaces, Sessions } from "../host/faces.ts";
import { createHost, type Host } from "../host/load.ts";
import type { MemoryFolders } from "../host/memory-path.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Hub } from "../live/hub.ts";
import type { Backfill } from "../state/backfill.ts";
import type { BoundMonitor } from "../state/bound.ts";
import type { Poller } from "../state/poller.ts";
import type { Resources } from "../state/resources.ts";
import type { Sources } from "../state/sources.ts";
import type { StateStore } from "../state/store.ts";
import { createApprovals } from "../store/approvals.ts";
import type { History } from "../store/history.ts";
import type { Kept } from "../store/kept.ts";
import type { OpenDatabase } from "../store/open.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Registry } from "../tools/registry.ts";
import { clean, cleanDiagnose, cleanMonitor, cleanPrescribe } from "./cleaned.ts";
import { modelDestinations, reachesOutside } from "./open-mode.ts";
import { createPluginCalls } from "./plugin-calls.ts";
import type { createPublisher } from "./publish.ts";
import { createRecall } from "./recall.ts";
import { pastFace, recordFaces } from "./record-faces.ts";
import { createToolsKnown } from "./tools-known.ts";
import type { Tracking } from "./tracking.ts";

export interface HouseRules {
  /** Honoured only while nothing outside can be reached. */
  open: boolean;
  fastClock: boolean;
  identity: boolean;
  holdAt: boolean;
  host: string;
  dataFolder: string;
  /** Where models are asked. */
  models: readonly { plugin: string; value: string }[];
}

interface About {
  config: { server: { open: boolean }; models: Parameters<typeof modelDestinations>[0] };
  environment: { holdAt?: string | undefined };
  rate: number;
  identityFile: string | undefined;
  host: string;
  dataFolder: string;
}

export const houseRules = ({ config, environment, rate, identityFile, host, dataFolder }: About): HouseRules => ({
  open: config.server.open,
  fastClock: rate !== 1,
  identity: identityFile !== undefined,
  holdAt: environment.holdAt !== undefined,
  host,
  dataFolder,
  models: modelDestinations(config.models),
});

interface Parts {
  root: string;
  folders: readonly string[];
  configs: Readonly<Record<string, unknown>>;
  rules: HouseRules;
  /** Says where in the file a complaint about it stands. */
  placed: (thrown: unknown) => unknown;
  env: (name: string) => string | undefined;
  /** Where `memory:` and `own:` lead. */
  memory: MemoryFolders;
  db: OpenDatabase;
  clock: Clock;
  log: Log;
  redact: Redactor;
  kept: Kept;
  hub: Hub;
  store: StateStore;
  sources: Pick<Sources, "forget" | "tell">;
  resources: Resources;
  history: Pick<History, "history">;
  backfill: Backfill;
  registry: Registry;
  pipeline: Pipeline;
  poller: Poller;
  publisher: ReturnType<typeof createPublisher>;
  tracking: Tracking;
  sessions: Sessions;
  seat: NonNullable<HostFaces["seat"]>;
}

/** Where a unix socket goes whose path under the data folder would be too long (DESIGN 2): private folders of our own making. */
const shortSocketFolders = (): string[] => {
  const mine = (path: string): boolean => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & 0o077) === 0 && found.uid === process.getuid?.();
  };
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith("jarvis-"))
    .map((name) => join(tmpdir(), name))
    .filter(mine);
};

const bundledIds = (root: string): string[] => z.array(z.string()).parse(JSON.parse(readFileSync(join(root, "plugins/bundled.json"), "utf8")));

/** The first thing in the way of what only a closed-in house may have, as a configuration error. */
const permit = ({ open, fastClock, identity, holdAt, host, dataFolder, models }: HouseRules, destinations: readonly { plugin: string; value: string }[]): void => {
  const wanted = [open ? "server.open" : "", fastClock ? "a clock rate" : "", identity ? "JARVIS_IDENTITY" : "", holdAt ? "JARVIS_HOLD_AT" : ""].filter(Boolean);
  if (wanted.length === 0) return;
  const outside = reachesOutside({ host, dataFolder, destinations: [...models, ...destinations] }, shortSocketFolders());
  if (outside) throw new JarvisError("configuration", { message: `${wanted.join(" and ")} is honoured only while everything is on loopback, and ${outside}` });
};

export const createPlugins = (parts: Parts): Host & { recall: Recall } => {
  const { clock, log, redact, kept, hub, store, sources, resources, history, backfill, registry, pipeline, poller, publisher, tracking } = parts;

  const addMonitor = (given: BoundMonitor): (() => void) => {
    const monitor = cleanMonitor(redact, given);
    const undo = [publisher.addMonitor(monitor), resources.add(monitor), tracking.addMonitor(monitor), backfill.add(monitor), poller.add(monitor)];
    return () => {
      for (const back of undo.reverse()) void back();
      sources.forget(monitor.channel);
    };
  };

  const toolsKnown = createToolsKnown({ hub, store, registry, plugins: () => host.list(), configured: Object.keys(parts.configs) });

  const { recall, add: addRecall } = createRecall({ clock, log, redact });

  const faces: HostFaces = {
    addTool: registry.add,
    addMonitor,
    declareChannel: (channel, title) => hub.declare(channel, { kind: "event", title }),
    publish: (channel, data) => hub.event(channel, clean(redact, data)),
    addDiagnose: (diagnose) => tracking.addDiagnose(cleanDiagnose(redact, diagnose)),
    addRemedy: tracking.addRemedy,
    addPrescribe: (prescribe) => tracking.addPrescribe(cleanPrescribe(redact, prescribe)),
    addRecall,
    records: recordFaces(parts),
    incidents: pastFace(parts),
    state: (pattern): Record<string, Reading> => {
      publisher.refresh(pattern);
      toolsKnown(pattern);
      return store.match(pattern);
    },
    history: (pattern, minutes) => history.history(pattern, clock.now(), minutes).series,
    call: createPluginCalls(pipeline.call),
    kept: { get: (plugin) => kept.get(`plugin.${plugin}`, z.unknown()), set: (plugin, value) => kept.set(`plugin.${plugin}`, value) },
    askPermission: async ({ plugin, name, value, why }) => {
      log("info", `plugin ${plugin} asks for ${name}=${value}: ${why}`);
      return "prompt";
    },
    sessions: parts.sessions,
    seat: parts.seat,
    env: parts.env,
    note: (plugin, message, data) => log("info", `${plugin}: ${message}`, data),
  };

  const host = createHost({
    folders: [join(parts.root, "plugins"), ...parts.folders],
    bundled: bundledIds(parts.root),
    configs: parts.configs,
    faces,
    clock,
    log,
    approvals: createApprovals(parts.db),
    memory: parts.memory,
    permit: (destinations) => permit(parts.rules, destinations),
  });
  const start = async (): Promise<void> => {
    await host.start().catch((thrown: unknown) => {
      throw parts.placed(thrown);
    });
    // A plugin that could not start sees nothing: whoever asks how the house is has to hear that.
    for (const { id, state, source, error } of host.list())
      if (state === "failed" && source === "bundled") sources.tell({ channel: id, plugin: id, ok: false, words: error ?? "it could not start" });
  };
  return { ...host, start, recall };
};
