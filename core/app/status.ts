// core/status: mode, switches, sources, self, in one value; told anew when any of them changes. Decides nothing.
import type { CoreStatus } from "../contract/wire.ts";
import type { Sources } from "../state/sources.ts";
import type { StateStore } from "../state/store.ts";
import type { SelfView } from "../tools/self.ts";

interface Parts {
  store: StateStore;
  sources: Sources;
  version: string;
  modes: () => Pick<CoreStatus, "mode" | "killed" | "killLevel" | "maintenance">;
  self: () => SelfView;
}

export const createStatus = ({ store, sources, version, modes, self }: Parts) => {
  const view = (): CoreStatus => ({ ...modes(), sources: sources.list(), version, self: { ...self(), resources: [...self().resources] }, brain: "rules" });
  const tell = (): void => store.accept("core/status", view());
  sources.on(tell);
  return { view, tell };
};
