// One plugin's way up: import, check, configure, grant; then connect and bind. What goes wrong is written into its entry and changes nothing else.
import { type Issue, JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { bindPlugin } from "./bind.ts";
import { blame } from "./blame.ts";
import { configure } from "./config.ts";
import { type ContextSource, createContext } from "./context.ts";
import type { Entry } from "./entry.ts";
import type { HostFaces } from "./faces.ts";
import { createGrant, type Denials } from "./grant.ts";
import { importPlugin, withinTime } from "./import-plugin.ts";
import type { MemoryFolders } from "./memory-path.ts";
import { configurationIssues, unreadable } from "./unreadable.ts";

export interface StageOptions {
  /** The sections of jarvis.yaml under `plugins`. */
  readonly configs: Readonly<Record<string, unknown>>;
  readonly faces: HostFaces;
  readonly clock: Clock;
  readonly log: Log;
  /** What the operator took away from a plugin's wishes. */
  readonly approvals: { denied(plugin: string): Denials };
  /** The folders that `memory:` and `own:` stand for in grants and paths. */
  readonly memory?: MemoryFolders | undefined;
  /** Puts something between a plugin and its context, such as messages (message-context.ts). */
  readonly through?: (source: ContextSource) => ContextSource;
}

interface Stages {
  /** Answers what is wrong with the plugin's section; empty when nothing is, or when the plugin has failed already. */
  prepare(entry: Entry): Promise<readonly Issue[]>;
  /** Answers what the plugin has against its configuration, when that is what kept it from connecting. */
  connect(entry: Entry): Promise<readonly Issue[]>;
}

export const createStages = (options: StageOptions): Stages => {
  const { clock, log, configs } = options;

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
      entry.grant = createGrant(imported.literal.permissions, entry.config, options.approvals.denied(id), options.memory);
      return await unreadable({ id, literal: imported.literal, config: entry.config }, entry.grant);
    } catch (thrown) {
      if (thrown instanceof JarvisError && thrown.type === "configuration") return thrown.details.issues ?? [];
      fail(entry, blame(thrown, entry.found));
      return [];
    }
  };

  const connect = async (entry: Entry): Promise<readonly Issue[]> => {
    const { literal, grant, config, found } = entry;
    if (literal === undefined || grant === undefined || config === undefined) return [];
    const topics = Object.fromEntries(Object.entries(literal.channels).map(([topic, { data }]) => [topic, data]));
    const direct = createContext({ id: found.id, config, grant, topics, faces: options.faces, clock });
    const source = options.through?.(direct) ?? direct;
    try {
      const client = await withinTime(
        Promise.resolve(source.bare).then((bare) => literal.connect?.(bare)),
        clock,
        "connect",
      );
      const running = { ...found, source, client };
      const unbind = await bindPlugin(running, literal, options.faces);
      Object.assign(entry, { client, running });
      entry.unload = async () => {
        delete entry.client;
        delete entry.running;
        await unbind();
        source.close(new JarvisError("unavailable", { message: `The plugin ${found.id} was stopped.` }));
        await withinTime(Promise.resolve(literal.close?.(client)), clock, "close").catch((thrown: unknown) => log("warn", `plugin ${found.id}: ${blame(thrown, found)}`));
      };
      entry.state = "running";
      return [];
    } catch (thrown) {
      source.close(new JarvisError("unavailable", { message: `The plugin ${found.id} did not start.` }));
      const issues = configurationIssues(thrown, { id: found.id, literal, config });
      if (issues !== undefined) return issues;
      fail(entry, blame(thrown, found));
      return [];
    }
  };

  return { prepare, connect };
};
