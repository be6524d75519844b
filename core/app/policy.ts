// What the pipeline decides by, wired: the operator's rules, what is protected, what Jarvis is itself, and how much is unhealthy.
import type { Resource } from "../contract/resource.ts";
import type { Feed } from "../incidents/feed.ts";
import { isGivenUp } from "../incidents/given-up.ts";
import type { Records } from "../incidents/record.ts";
import { STORM_ALERT } from "../incidents/storm.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { plainRule } from "../lib/rule-words.ts";
import type { Loaded } from "../settings/load.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { Resources } from "../state/resources.ts";
import { foundationsOf, neededBy, victimsOf } from "../state/roots.ts";
import type { Journal } from "../store/journal/open.ts";
import { createHouseRules } from "../tools/house-rules.ts";
import type { PipelineOptions, Standing } from "../tools/parts.ts";
import type { Registry } from "../tools/registry.ts";
import { isWithin } from "../tools/rule-match.ts";
import { createShare, type Group } from "../tools/share.ts";
import { createConfigDoubts } from "./config-doubts.ts";
import { createJournalPlace } from "./journal-place.ts";
import { createWarrants } from "./warrants.ts";

interface Parts {
  loaded: Loaded;
  journal: Journal;
  clock: Clock;
  log: Log;
  registry: Registry;
  resources: Pick<Resources, "list" | "get">;
  self: { view: PipelineOptions["policy"]["self"]; doubt: (isLate: boolean) => string | undefined };
  /** Told when what is to be said of the configuration has changed. */
  amiss: () => void;
  feed: () => Feed;
  records: () => Pick<Records, "openOnes" | "get">;
  alerts: () => readonly OpenAlert[];
  /** `plugin/name` of remedies and runbooks. */
  deeds: () => Promise<readonly string[]>;
}

/** `jarvis.yaml:12`, whatever folder it lies in. */
const lineOf = (place: string): string => place.replace(/^.*\//, "").replace(/:\d+$/, "");

const tagsOf = (resource: Pick<Resource, "labels"> | undefined): string[] => (resource?.labels?.tags ?? "").split(/[;,\s]+/).filter(Boolean);

export const createPolicy = ({ loaded, journal, clock, log, registry, resources, self, amiss, feed, records, alerts, deeds }: Parts) => {
  const { config } = loaded;
  const notice = (words: string): void => feed().add({ kind: "notice", words });
  const tags = (id: string): readonly string[] => tagsOf(resources.get(id));
  let deedsKnown: readonly string[] = [];
  const rules = createHouseRules({
    journal,
    clock,
    timeZone: config.timeZone,
    written: config.rules.map((rule, index) => ({ ...rule, origin: lineOf(loaded.place(["rules", index])) })),
    known: () => ({
      tools: [...registry.list(), ...registry.consoles()],
      deeds: deedsKnown,
      resources: [...resources.list(), ...resources.list().flatMap((one) => tagsOf(one).map((tag) => ({ id: `tag/${tag}` })))],
    }),
    changed: (what) => notice(plainRule(what, (id) => resources.get(id)?.name)),
  });

  /** Down with an incident of its own, or listed in a storm's: what is only old, or hurt by another thing's fault, is not sick by itself. */
  const groups = (): Record<string, Group> => {
    const sick = new Set(
      records()
        .openOnes()
        .flatMap(({ alert, resource, victims = [] }) => (alert === STORM_ALERT ? victims : [resource])),
    );
    const all = resources.list().filter(({ template }) => template !== true);
    return Object.fromEntries(
      [...Map.groupBy(all, ({ kind }) => kind)].map(([kind, own]) => [kind, { unhealthy: own.filter(({ id, status }) => status !== "up" && sick.has(id)).length, of: own.length }]),
    );
  };
  const share = createShare({
    clock,
    groups,
    before: journal.unhealthyKinds(),
    keep: (kinds) => {
      const words =
        kinds.length === 0
          ? "Ten quiet minutes have passed: I act again by what autonomy allows."
          : `Too much is unhealthy at once (${kinds.join(", ")}): the cause lies elsewhere, and I only watch until it has been less for ten minutes.`;
      notice(words);
      try {
        journal.note({ unhealthy: kinds });
      } catch (thrown) {
        log("warn", "the unhealthy share could not be noted; it holds in memory", { error: String(thrown) });
      }
    },
  });

  const standing = (target: string): Standing => {
    const all = resources.list();
    const tried = records()
      .openOnes()
      .find((incident) => incident.resource === target && isGivenUp(incident, journal.get));
    return {
      related: [...foundationsOf(target, resources.get), ...victimsOf(target, all)],
      neededBy: neededBy(target, all),
      ...(tried === undefined
        ? {}
        : {
            escalated: {
              words: `I tried on ${target} and handed it to a person (${tried.id}); I do not disturb it by myself until that has ended.`,
              sinceMs: Date.parse(tried.openedAt),
            },
          }),
    };
  };

  const doubts = createConfigDoubts({ loaded, clock, log, ids: () => resources.list().map(({ id }) => id), selfDoubt: self.doubt, changed: amiss });

  const place = createJournalPlace({
    clock,
    log,
    isInPlace: journal.isInPlace,
    told: (words) => {
      notice(words);
      amiss();
    },
  });

  return {
    /** What a person should look at: the configuration, and where the record of acts lies. */
    doubts: () => [...place.list(), ...doubts.list()],
    faces: {
      rules,
      open: config.server.open,
      /** Files come and go: to be awaited before a rule is made about one of them. */
      lookForDeeds: async (): Promise<void> => {
        deedsKnown = await deeds();
      },
    },
    pipeline: {
      policy: { rules: rules.inForce, minute: rules.minute, tags, protect: config.protect, self: self.view },
      warrant: createWarrants({ records, alerts, resources, callOf: journal.get }),
      health: share.of,
      standing,
      told: notice,
    },
    /** What is allowed now, in one text: the rules whose hour it is, and what Jarvis takes itself for. */
    law: (): string => {
      const { state, resources: own } = self.view();
      // The hour is asked for where a rule has one: a calendar costs megabytes that most houses never need.
      return JSON.stringify([rules.inForce().filter(({ when }) => when === undefined || isWithin(when, rules.minute())), state, own]);
    },
    /** Whenever incidents change. */
    sampled: (then: () => void): void => {
      share.look();
      then();
    },
    /** Once all tools are there: a rule that will never decide anything is most often a slip. */
    review: (): void => {
      for (const { id, origin, remark } of rules.list()) if (remark !== undefined) log("warn", `rule ${id} (${origin}): ${remark}`);
      doubts.start();
      place.start();
    },
    stop: (): void => {
      doubts.stop();
      place.stop();
    },
  };
};
