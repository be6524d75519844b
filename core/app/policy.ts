// What the pipeline decides by, wired: the operator's rules, what is protected, what Jarvis is itself, and how much is unhealthy.
import type { Feed } from "../incidents/feed.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Loaded } from "../settings/load.ts";
import type { Resources } from "../state/resources.ts";
import type { Journal } from "../store/journal/open.ts";
import { createHouseRules } from "../tools/house-rules.ts";
import type { PipelineOptions } from "../tools/parts.ts";
import type { Registry } from "../tools/registry.ts";

interface Parts {
  loaded: Loaded;
  journal: Journal;
  clock: Clock;
  log: Log;
  registry: Registry;
  resources: Pick<Resources, "list">;
  self: PipelineOptions["policy"]["self"];
  feed: () => Feed;
}

/** `jarvis.yaml:12`, whatever folder it lies in. */
const lineOf = (place: string): string => place.replace(/^.*\//, "").replace(/:\d+$/, "");

export const createPolicy = ({ loaded, journal, clock, log, registry, resources, self, feed }: Parts) => {
  const { config } = loaded;
  const rules = createHouseRules({
    journal,
    clock,
    timeZone: config.timeZone,
    written: config.rules.map((rule, index) => ({ ...rule, origin: lineOf(loaded.place(["rules", index])) })),
    known: () => ({ tools: [...registry.list(), ...registry.consoles()], resources: resources.list() }),
    changed: (words) => feed().add({ kind: "notice", words }),
  });
  return {
    faces: { rules, open: config.server.open },
    policy: { rules: rules.inForce, minute: rules.minute, protect: config.protect, self },
    /** Once all tools are there: a rule that will never decide anything is most often a slip. */
    review: (): void => {
      for (const { id, origin, remark } of rules.list()) if (remark !== undefined) log("warn", `rule ${id} (${origin}): ${remark}`);
    },
  };
};
