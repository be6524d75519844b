// core/status: mode, switches, sources, self, in one value; told anew when any of them changes. Says aloud when nothing at all is watched.
import type { SelfStatus } from "../contract/self.ts";
import type { CoreStatus } from "../contract/wire.ts";
import type { Feed } from "../incidents/feed.ts";
import type { Log } from "../lib/log.ts";
import type { Resources } from "../state/resources.ts";
import type { Sources } from "../state/sources.ts";
import type { StateStore } from "../state/store.ts";

const NOTHING =
  "I watch nothing: no plugin that looks at a house is running. I know of no node, guest or container, so I can find nothing wrong and repair nothing. Add a section under `plugins:` in jarvis.yaml (jarvis.example.yaml shows them) and start me again.";
const SOMETHING = "I watch a house now: a plugin that looks at one is running.";

interface Parts {
  store: StateStore;
  sources: Sources;
  resources: Pick<Resources, "tellers" | "onTellers">;
  log: Log;
  feed: Pick<Feed, "add">;
  version: string;
  modes: () => Pick<CoreStatus, "mode" | "killed" | "killLevel" | "maintenance">;
  /** A part of Jarvis itself that may be amiss; it looks by itself from the settling to the leaving. */
  own: () => { trouble: () => NonNullable<CoreStatus["notices"]>; start: () => void; stop: () => void };
  self: () => SelfStatus;
  /** What of the configuration a person should look at. */
  doubts: () => NonNullable<CoreStatus["notices"]>;
}

export const createStatus = ({ store, sources, resources, log, feed, version, modes, self, own, doubts }: Parts) => {
  let settled = false;
  let blind = false;
  let models = (): NonNullable<CoreStatus["models"]> => [];
  const amiss = (): NonNullable<CoreStatus["notices"]> => [...own().trouble(), ...doubts()];
  const view = (): CoreStatus => ({
    ...modes(),
    sources: sources.list(),
    ...(blind ? { watchesNothing: NOTHING } : {}),
    ...(amiss().length > 0 ? { notices: amiss() } : {}),
    version,
    self: self(),
    brain: models().length === 0 ? "rules" : ["rules", ...models().map(({ model }) => model)].join(", "),
    ...(models().length === 0 ? {} : { models: models() }),
  });
  const tell = (): void => store.accept("core/status", view());

  const look = (): void => {
    const nothing = settled && resources.tellers() === 0;
    if (nothing === blind) return;
    blind = nothing;
    if (nothing) log("warn", NOTHING);
    feed.add({ kind: "notice", words: nothing ? NOTHING : SOMETHING });
    tell();
  };
  sources.on(tell);
  resources.onTellers(look);

  return {
    view,
    tell,
    /** The models that are configured, as they stand. */
    thinks(states: typeof models): void {
      models = states;
    },
    /** A notice about Jarvis itself, and its end. */
    note(words: string): void {
      feed.add({ kind: "notice", words });
      tell();
    },
    /** All plugins that are configured have had their chance to start; from now on having none that looks is news. */
    settled(): void {
      settled = true;
      own().start();
      look();
    },
    /** Plugins are being taken down: that nothing is watched then is no news. */
    leaving(): void {
      settled = false;
      own().stop();
    },
  };
};
