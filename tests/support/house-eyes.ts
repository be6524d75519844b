// What a test sees of a living house: guests, incidents, words, calls, and the time between two records of the journal. Reads only.
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { House } from "./living-house.ts";
import { until } from "./until.ts";

const PATIENCE_MS = 45_000;
const Written = z.looseObject({ plugins: z.record(z.string(), z.unknown()) });
const LabEffects = z.object({
  effects: z.array(z.object({ seq: z.number(), time: z.string(), user: z.string(), method: z.string(), path: z.string(), target: z.string(), upid: z.string().optional() })),
});

/** The configuration without one plugin's section: what it named is hidden from the core. */
export const without =
  (plugin: string) =>
  (text: string): string => {
    const { plugins, ...rest } = Written.parse(parse(text));
    return stringify({ ...rest, plugins: Object.fromEntries(Object.entries(plugins).filter(([id]) => id !== plugin)) });
  };

export const eyesOn = (house: House) => {
  const within = <T>(what: string, condition: () => Promise<T>) => until(condition, { withinMs: PATIENCE_MS, what });
  const effects = async (target?: string) => LabEffects.parse(await house.lab.effects()).effects.filter((effect) => target === undefined || effect.target === target);
  const incident = async (resource: string) => (await house.rpc("incidents.list", { limit: 500 })).incidents.find((one) => one.resource === resource);
  const feed = async (resource: string) => (await house.rpc("feed.list", { limit: 500 })).entries.filter((one) => one.resource === resource);
  const calls = async (target: string) => (await house.rpc("journal.list", { limit: 1000 })).calls.filter((call) => call.target === target);
  const resource = async (id: string) => (await house.rpc("state.get")).resources.find((one) => one.id === id);

  return {
    within,
    effects,
    /** Those the lab was told by Jarvis itself, not by the people of the lab. */
    ownEffects: async (target?: string) => (await effects(target)).filter(({ user }) => user.startsWith("jarvis@") || user === "docker"),
    incident,
    feed,
    calls,
    resource,
    guestsSeen: () => within("the guests to be seen", async () => (await house.rpc("state.get")).resources.filter((one) => one.kind === "guest" && one.status === "up").length > 0),
    incidentIn: (id: string, ...statuses: string[]) =>
      within(`an incident of ${id} that is ${statuses.join(" or ")}`, async () => {
        const found = await incident(id);
        return found && statuses.includes(found.status) ? found : undefined;
      }),
    toldOf: (id: string, kind: string) => within(`a word of kind ${kind} about ${id}`, async () => (await feed(id)).find((entry) => entry.kind === kind)),
    /** Clock time at which the journal took `state` for this call, in epoch ms. */
    recordedMs(callId: string, state: string): number {
      const journal = new Database(join(house.data, "journal.db"), { readonly: true });
      try {
        return z
          .object({ at: z.number() })
          .parse(journal.query("SELECT at FROM records WHERE call_id = ? AND kind = 'transition' AND state = ? ORDER BY seq LIMIT 1").get(callId, state)).at;
      } finally {
        journal.close();
      }
    },
  };
};
