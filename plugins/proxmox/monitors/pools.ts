// Monitor `pools`: the resource pools and who is in them, drawn from the shared answer of /cluster/resources; it never asks Proxmox itself.
import { type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { asSeen, type Entry } from "../shapes/resources.ts";

const FRESH_MS = 15_000;
const [MOST_POOLS, MOST_GUESTS] = [200, 500];

const Pool = z.object({ name: z.string(), guests: z.array(z.number().int()), running: z.number().int(), /** Of how many nobody can tell. */ unknown: z.number().int().optional() });
const Pools = z.object({
  pools: z.record(z.string(), Pool),
  /** What our rights do not show, `unknown: needs X on Y`. */
  unknown: z.array(z.string()).optional(),
});

/** A pool without guests that may be seen is there all the same. */
export const poolsOf = (told: readonly Entry[]): z.output<typeof Pools> => {
  const entries = asSeen(told);
  const guests = entries.filter(({ type, vmid, pool }) => (type === "qemu" || type === "lxc") && vmid !== undefined && pool !== undefined);
  const names = [...new Set(entries.flatMap(({ type, pool }) => (pool !== undefined && (type === "pool" || type === "qemu" || type === "lxc") ? [pool] : [])))].sort();
  return {
    pools: Object.fromEntries(
      names.slice(0, MOST_POOLS).map((name) => {
        const mine = guests.filter(({ pool }) => pool === name);
        const ids = mine.flatMap(({ vmid }) => vmid ?? []).sort((a, b) => a - b);
        const counted = (word: string): number => mine.filter(({ status = "unknown" }) => status === word).length;
        return [name, { name, guests: ids.slice(0, MOST_GUESTS), running: counted("running"), ...(counted("unknown") === 0 ? {} : { unknown: counted("unknown") }) }];
      }),
    ),
  };
};

export const pools: Monitor<Config, Client, typeof Pools> = {
  title: "Pools",
  every: "60s",
  state: Pools,
  read: async (ctx: Ctx) => {
    const unknown = [...ctx.client.missing("pools"), ...ctx.client.missing("guests")].map(({ words }) => words);
    return { ...poolsOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries), ...(unknown.length === 0 ? {} : { unknown }) };
  },
};
