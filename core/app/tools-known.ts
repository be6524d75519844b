// core/tools: which tools there are, and which plugins are not up, whose tools nobody can know. Answered when somebody asks; decides nothing.
import { matches } from "../contract/pattern.ts";
import type { PluginInfo } from "../contract/wire.ts";
import type { Hub } from "../live/hub.ts";
import type { StateStore } from "../state/store.ts";
import type { Registry } from "../tools/registry.ts";

const CHANNEL = "core/tools";

interface Parts {
  hub: Pick<Hub, "declare">;
  store: Pick<StateStore, "accept">;
  registry: Pick<Registry, "list">;
  plugins: () => readonly Pick<PluginInfo, "id" | "state">[];
  /** Sections of the configuration: also of plugins that are not found yet. */
  configured: readonly string[];
}

/** The answer brings the channel up to date for who asks by a pattern. */
export const createToolsKnown = ({ hub, store, registry, plugins, configured }: Parts): ((pattern: string) => void) => {
  const tell = (): void => {
    const all = plugins();
    const isUp = (id: string): boolean => all.some((one) => one.id === id && one.state === "running");
    const ids = new Set([...all.map(({ id }) => id), ...configured]);
    store.accept(CHANNEL, { tools: registry.list().map(({ name }) => name), waiting: [...ids].filter((id) => !isUp(id)).sort() });
  };
  hub.declare(CHANNEL, { kind: "state", title: "Which tools there are, and which plugins are not up", refresh: tell });
  return (pattern) => {
    if (matches(pattern, CHANNEL)) tell();
  };
};
