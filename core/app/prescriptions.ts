// Asks the plugins what to do about an incident, and tells of a tool what is known without asking anybody. One plugin that fails hides no other's answer.
import type { Prescribed } from "../contract/remedy.ts";
import type { BoundPrescribe, Plan, ToolAt } from "../incidents/bound.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Resources } from "../state/resources.ts";
import { victimsOf } from "../state/roots.ts";
import type { Registry } from "../tools/registry.ts";
import { parseInput } from "../tools/schema.ts";

const DEADLINE_MS = 20_000;
const [MOST_STANDING, MOST_OPEN] = [300, 500];

interface Parts {
  clock: Clock;
  log: Log;
  resources: Pick<Resources, "get" | "list">;
  registry: Pick<Registry, "get">;
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 500);

export const createPrescriptions = ({ clock, log, resources, registry }: Parts) => {
  const all = new Set<BoundPrescribe>();

  const inTime = async <T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const deadline = new AbortController();
    const cancel = clock.after(DEADLINE_MS, () => deadline.abort(new Error("it took too long")));
    try {
      return await act(deadline.signal);
    } finally {
      cancel();
    }
  };
  const ask = async ({ plugin, read }: BoundPrescribe, about: Prescribed): Promise<Plan | undefined> => {
    const found = await inTime((signal) => read(about, signal));
    return found === undefined ? undefined : { ...found, id: `${plugin}/${found.name}` };
  };
  const namesOf = async ({ plugin, names }: BoundPrescribe): Promise<readonly string[]> => {
    if (names === undefined) return [];
    try {
      return (await inTime(names)).map((name) => `${plugin}/${name}`);
    } catch (thrown) {
      log("warn", `${plugin}: what it may prescribe could not be had: ${wordsOf(thrown)}`);
      return [];
    }
  };

  return {
    add(prescribe: BoundPrescribe): () => void {
      all.add(prescribe);
      return () => void all.delete(prescribe);
    },

    /** `plugin/name` of all that may ever be prescribed; without those of a plugin that cannot say. */
    names: async (): Promise<string[]> => (await Promise.all([...all].map(namesOf))).flat(),

    /** The first answer, in the order in which the plugins came. Throws when there is none and one of them could not be asked: nobody knowing is something else. */
    async read({ alert, cause, open }: Pick<Prescribed, "alert" | "cause" | "open">): Promise<Plan | undefined> {
      const standing = victimsOf(alert.resource, resources.list())
        .slice(0, MOST_STANDING)
        .flatMap((id) => resources.get(id) ?? []);
      const about = { alert, cause, resource: resources.get(alert.resource), standing, open: open.slice(0, MOST_OPEN).map(({ key, resource }) => ({ key, resource })) };
      let failure: unknown;
      for (const prescribe of all) {
        try {
          const found = await ask(prescribe, about);
          if (found !== undefined) return found;
        } catch (thrown) {
          failure = thrown;
          log("error", `${prescribe.plugin}: what to do about ${alert.resource} could not be had: ${wordsOf(thrown)}`);
        }
      }
      if (failure !== undefined) throw failure;
      return undefined;
    },

    toolAt(name: string, input: unknown): ToolAt | undefined {
      const tool = registry.get(name);
      if (tool === undefined) return undefined;
      try {
        return { effect: tool.effect, target: tool.target(parseInput(tool, input)) };
      } catch (thrown) {
        return { effect: tool.effect, target: undefined, wrong: wordsOf(thrown) };
      }
    },
  };
};
