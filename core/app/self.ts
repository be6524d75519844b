// Who Jarvis is among the things it sees, and what it cannot do without: its own signs read at the start, every hour and when what it runs on becomes another thing; compared whenever the resources change.
import type { SelfFact, SelfStatus } from "../contract/self.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Config } from "../settings/schema.ts";
import { carrierOf } from "../state/carriers.ts";
import type { Resources } from "../state/resources.ts";
import { compareSelf, type JustRead, readIdentity, type SelfView } from "../tools/self.ts";
import { selfDoubt } from "../tools/self-doubt.ts";
import { type Fact, lifelineNow, lifelinesOf, selfFacts, strangersOf } from "../tools/self-facts.ts";

const HOUR_MS = 3_600_000;
/** So long who a guest is may stay unread before what may run there is not waited for any more: at five configurations a minute a house is read, and what cannot be read never is. */
const READ_WITHIN_MS = 10 * 60_000;
/** Addresses and storages are compared no oftener: with ten thousand guests it costs. */
const FACTS_EVERY_MS = 10_000;

interface Options {
  config: Pick<Config, "self" | "server"> & { models: Pick<Config["models"], "local"> };
  identityFile: string | undefined;
  resources: Pick<Resources, "list" | "on">;
  clock: Clock;
  log: Log;
  changed: () => void;
}

/** `node` and `guest` tell their addresses in one label. */
const asCarrier = ({ id, name, addresses = [] }: JustRead) => ({ id, name, kind: "guest" as const, labels: { addresses: addresses.join(",") } });

const keyOf = ({ role, id, words, how, guarded }: Fact): string => JSON.stringify([role, id, words, how, guarded]);

export const createSelf = ({ config, identityFile, resources, clock, log, changed }: Options) => {
  const from = identityFile === undefined ? {} : { file: identityFile };
  const { local } = config.models;
  const fixed = {
    setting: config.self,
    source: identityFile === undefined ? "read from this machine's firmware and network cards" : "as handed over by JARVIS_IDENTITY",
    proxies: config.server.trustProxy,
    modelHost: local === undefined ? undefined : URL.parse(local.baseUrl)?.hostname.replace(/^\[|\]$/g, ""),
  };
  let own = readIdentity(from);
  let lookedAt = clock.iso();
  let view: SelfView = compareSelf(config.self, own, []);
  let facts: SelfFact[] = [];
  let factsMs = Number.NEGATIVE_INFINITY;
  /** Identities of what it runs on and cannot do without. */
  let standsOn: ReadonlyMap<string, string> = new Map();
  let cancel = (): void => {};

  /** Since when each is known so stays with it. */
  const dated = (found: readonly Fact[]): SelfFact[] => {
    const since = new Map(facts.map((fact) => [keyOf(fact), fact.at]));
    return found.map(({ where: _, ...fact }) => ({ ...fact, at: since.get(keyOf(fact)) ?? clock.iso() }));
  };

  /** Since when a guest of whom it is not read who it is was seen. */
  const unreadSince = new Map<string, number>();
  const unreadNow = (all: ReturnType<typeof resources.list>): { all: string[]; lately: string[] } => {
    const unread = all.flatMap(({ id, kind, identity, template }) => (kind === "guest" && template !== true && identity === undefined ? [id] : []));
    const present = new Set(unread);
    for (const id of unreadSince.keys()) if (!present.has(id)) unreadSince.delete(id);
    for (const id of unread) if (!unreadSince.has(id)) unreadSince.set(id, clock.now());
    return { all: unread, lately: unread.filter((id) => clock.now() - (unreadSince.get(id) ?? 0) < READ_WITHIN_MS) };
  };

  /** Whether anything is known otherwise than before. */
  const compare = (): boolean => {
    const all = resources.list();
    const before = JSON.stringify([view, facts, lookedAt]);
    const now = compareSelf(config.self, own, all);
    const isOther = now.state !== view.state || now.resources.join() !== view.resources.join();
    if (isOther || clock.now() - factsMs >= FACTS_EVERY_MS) {
      factsMs = clock.now();
      const unread = unreadNow(all);
      const found = selfFacts({ ...fixed, own, view: now, candidates: all, carrierOf: (where) => carrierOf(where, all, now.resources), unread: unread.all.length });
      facts = dated(found);
      view = {
        ...now,
        lifelines: lifelinesOf(facts, all),
        lifelineNow: (one) => lifelineNow(found, one, (where) => carrierOf(where, [asCarrier(one)], []) === one.id),
        unread: strangersOf(found, unread.lately),
      };
    }
    return JSON.stringify([view, facts, lookedAt]) !== before;
  };

  /** Keeps the last signs where they cannot be read any more. */
  const look = (): boolean => {
    try {
      own = readIdentity(from);
    } catch (thrown) {
      log("warn", "Jarvis could not read its own signs again; the last ones hold", { error: String(thrown) });
    }
    const isLater = lookedAt !== clock.iso();
    lookedAt = clock.iso();
    factsMs = Number.NEGATIVE_INFINITY;
    return compare() || isLater;
  };

  const hourly = (): void => {
    cancel = clock.after(
      HOUR_MS,
      () => {
        if (look()) changed();
        hourly();
      },
      true,
    );
  };

  resources.on(() => {
    const isAnother = resources.list().some(({ id, identity }) => identity !== undefined && (standsOn.get(id) ?? identity) !== identity);
    const isNews = isAnother ? look() : compare();
    const mine = new Set([...view.resources, ...(view.lifelines ?? []).map(({ id }) => id)]);
    standsOn = new Map(resources.list().flatMap(({ id, identity }) => (mine.has(id) && identity !== undefined ? [[id, identity]] : [])));
    if (isNews) changed();
  });
  compare();

  return {
    view: (): SelfView => view,
    /** What speaks against the configuration's word, if anything. */
    doubt: (isLate: boolean): string | undefined => selfDoubt(config.self, own, resources.list(), isLate),
    status: (): SelfStatus => ({ state: view.state, resources: [...view.resources], words: view.words, facts: [...facts], lookedAt }),
    start: hourly,
    stop: (): void => cancel(),
  };
};
