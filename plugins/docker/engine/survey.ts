// What is known of one engine's containers: a list every time, and a closer look only at what changed, is unwell, or is due. Remembers; decides nothing about right and wrong.
import { byText, JarvisError } from "jarvis";
import { inspect, list, version } from "./calls.ts";
import { createEventBook, type EventBook } from "./events.ts";
import type { Reach, Where } from "./reach.ts";
import type { Inspect, Summary } from "./shapes.ts";

interface Known {
  summary: Summary;
  inspect: Inspect;
  /** What the list said when it was last looked at closely. */
  signature: string;
  /** Which readings in a row found it unhealthy, at most 2. */
  unhealthyReadings: number;
}

export interface Engine {
  readonly where: Where;
  readonly events: EventBook;
  containers(): readonly Known[];
  /** The last part of its resource id, as given when it was first listed; undefined for one never seen. */
  slugOf(id: string): string | undefined;
  version(): { engine: string; api: string } | undefined;
  /** Why it cannot be read now, and when it last could, epoch ms: all that is known of it is from then. */
  trouble(): { words: string; sinceMs: number } | undefined;
  /** It was read since Jarvis began. */
  seen(): boolean;
  /** Lists all; inspects what changed. Throws JarvisError and remembers its words. */
  survey(ctx: Reach): Promise<void>;
  /** Looks closely at some containers only, without a list. */
  look(ctx: Reach, ids: Iterable<string>): Promise<void>;
  /** The next survey looks at everything: events may have been missed. */
  doubt(): void;
}

/** `Up 3 hours (healthy)` without the span, which moves by itself. */
const signatureOf = (summary: Summary): string => `${summary.State} ${/\(([^)]*)\)/.exec(summary.Status)?.[1] ?? ""} ${summary.Names?.join() ?? ""}`;

const isUnwell = (known: Known): boolean => {
  const { State } = known.inspect;
  const health = State.Health?.Status;
  return State.Restarting || (State.Running && (health === "starting" || health === "unhealthy"));
};

const PARALLEL = 4;
const MAX_NAME = 120;

/** Docker allows `A` and `a` beside each other, a resource id does not: the younger gets the start of its id. */
const slugs = (summaries: readonly Summary[]): Map<string, string> => {
  const byId = new Map<string, string>();
  const taken = new Set<string>();
  for (const { Id, Names } of [...summaries].sort((a, b) => a.Created - b.Created || byText(a.Id, b.Id))) {
    const plain = (Names?.[0] ?? "")
      .toLowerCase()
      .replace(/[^a-z0-9._-]/g, "-")
      .replace(/^[^a-z0-9]+/, "")
      .slice(0, MAX_NAME);
    const slug = plain === "" ? Id.slice(0, 12) : taken.has(plain) ? `${plain}-${Id.slice(0, 6)}` : plain;
    taken.add(slug);
    byId.set(Id, slug);
  }
  return byId;
};

export const createEngine = (where: Where): Engine => {
  const events = createEventBook();
  let known = new Map<string, Known>();
  let names = new Map<string, string>();
  let running: { engine: string; api: string } | undefined;
  let trouble: { words: string; sinceMs: number } | undefined;
  let seenMs: number | undefined;
  let turn = 0;
  let queue: Promise<unknown> = Promise.resolve();

  /** One reading after the other: a poll and an event must not overwrite each other with older facts. */
  const alone = (act: () => Promise<void>): Promise<void> => {
    const mine = queue.then(act, act);
    queue = mine.catch(() => undefined);
    return mine;
  };

  const take = async (ctx: Reach, summary: Summary): Promise<void> => {
    try {
      const seen = (await inspect(ctx, where, summary.Id)).inspect;
      const unhealthy = seen.State.Running && seen.State.Health?.Status === "unhealthy";
      const readings = unhealthy ? Math.min(2, (known.get(summary.Id)?.unhealthyReadings ?? 0) + 1) : 0;
      known.set(summary.Id, { summary, inspect: seen, signature: signatureOf(summary), unhealthyReadings: readings });
    } catch (thrown) {
      // It went between the list and the look: gone is gone.
      if (!(thrown instanceof JarvisError) || thrown.type !== "not_found") throw thrown;
      known.delete(summary.Id);
    }
  };

  const takeAll = async (ctx: Reach, summaries: readonly Summary[]): Promise<void> => {
    for (let at = 0; at < summaries.length; at += PARALLEL) await Promise.all(summaries.slice(at, at + PARALLEL).map((summary) => take(ctx, summary)));
  };

  const survey = (ctx: Reach): Promise<void> =>
    alone(async () => {
      try {
        running ??= await version(ctx, where).then(({ Version, ApiVersion }) => ({ engine: Version, api: ApiVersion }));
        const summaries = await list(ctx, where);
        names = slugs(summaries);
        const present = new Set(summaries.map((summary) => summary.Id));
        known = new Map([...known].filter(([id]) => present.has(id)));
        turn += 1;
        const due = summaries.filter((summary, index) => {
          const before = known.get(summary.Id);
          return before === undefined || before.signature !== signatureOf(summary) || isUnwell(before) || index === turn % summaries.length;
        });
        await takeAll(ctx, due);
        trouble = undefined;
        seenMs = ctx.now();
      } catch (thrown) {
        trouble = { words: thrown instanceof Error ? thrown.message : "unknown trouble", sinceMs: trouble?.sinceMs ?? seenMs ?? ctx.now() };
        running = undefined;
        throw thrown;
      }
    });

  const look = (ctx: Reach, ids: Iterable<string>): Promise<void> =>
    alone(async () => {
      const wanted = [...ids];
      const old = wanted.flatMap((id) => known.get(id)?.summary ?? []);
      if (old.length < wanted.length) {
        const all = await list(ctx, where);
        names = slugs(all);
        const fresh = all.filter((summary) => wanted.includes(summary.Id));
        for (const id of wanted) if (!fresh.some((summary) => summary.Id === id)) known.delete(id);
        return takeAll(ctx, fresh);
      }
      await takeAll(ctx, old);
    });

  return {
    where,
    events,
    containers: () => [...known.values()],
    slugOf: (id) => names.get(id),
    version: () => running,
    trouble: () => trouble,
    seen: () => seenMs !== undefined,
    survey,
    look,
    doubt: () => {
      for (const entry of known.values()) entry.signature = "";
    },
  };
};
