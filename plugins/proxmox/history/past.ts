// Gives a monitor its past: what Proxmox itself recorded of the resources it tells of. Read only when it is asked for.
import type { Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";

export const withPast = <S extends z.ZodType>(monitor: Monitor<Config, Client, S>): Monitor<Config, Client, S> => ({
  ...monitor,
  backfill: async (ctx, about) => (await import("./backfill.ts")).backfill(ctx, about),
});
