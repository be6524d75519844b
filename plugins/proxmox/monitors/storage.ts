// Monitor `storage`: storages, how full they are and where they cannot be reached, drawn from the shared answer of /cluster/resources; a node is asked about one only under suspicion.
import type { Monitor, z } from "jarvis";
import { storageAlerts } from "../alerts/storage.ts";
import { REACH_KEYS } from "../alerts/storage-reach.ts";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { pendingBy } from "../pbs/pending.ts";
import { definitionsKnown } from "./definitions.ts";
import { forecast } from "./growth.ts";
import { placeAfterReading } from "./rounds.ts";
import { isSettled, troublesOf } from "./store-reach.ts";
import { resourceOf, Storages, storagesOf } from "./store-state.ts";

const FRESH_MS = 15_000;

const read = async (ctx: Ctx): Promise<z.output<typeof Storages>> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const storages = storagesOf(entries);
  const [troubles, days] = [await troublesOf(ctx, entries), await forecast(ctx, storages)];
  const pending = pendingBy(ctx.client);
  const servers = new Map(definitionsKnown(ctx.client).map(({ storage, server }) => [storage, server]));
  const told = Object.entries(storages).map(([id, storage]) => {
    const [trouble, fullInDays, pendingBytes, server] = [troubles.get(id), days.get(id), pending.get(id), servers.get(storage.name)];
    return [
      id,
      {
        ...storage,
        ...(server === undefined ? {} : { server }),
        ...(trouble === undefined ? {} : { troubles: trouble }),
        ...(fullInDays === undefined ? {} : { fullInDays }),
        ...(pendingBytes === undefined ? {} : { pendingBytes }),
      },
    ] as const;
  });
  const unknown = ctx.client.missing("storages").map(({ words }) => words);
  return { storages: Object.fromEntries(told), ...(isSettled(ctx) ? {} : { unsettled: true as const }), ...(unknown.length === 0 ? {} : { unknown }) };
};

export const storage: Monitor<Config, Client, typeof Storages> = {
  title: "Storage",
  every: "10s",
  deadline: "30s",
  place: placeAfterReading,
  state: Storages,
  read,
  resources: (now) => Object.entries(now.storages).map(resourceOf),
  alerts: (now, { open }) => storageAlerts(now.storages, open),
  knows: (now, { key }) => now.unsettled === undefined || !REACH_KEYS.has(key),
};
