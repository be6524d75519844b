// proxmox_guest_snapshot_list: a guest's snapshots, their ages, and which one the present stands on. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { compact } from "../shapes/compact.ts";
import { atPlace, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { ageWords, snapshotsOf } from "./snapshots.ts";

const MOST_ROWS = 200;
const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
const Row = z.object({
  name: z.string(),
  takenAt: z.string().optional(),
  ageSeconds: z.number().optional(),
  description: z.string().optional(),
  parent: z.string().optional(),
  withMemory: z.boolean(),
  unfinished: z.boolean(),
});

export const snapshotList: Tool<Config, Client, typeof Input> = {
  title: "List snapshots",
  about: "Lists one guest's snapshots with their ages, and tells which one the guest stands on now.",
  effect: "read",
  input: Input,
  output: z.object({ vmid: z.number(), parent: z.string().optional(), snapshots: z.array(Row) }),
  target: targetOf,
  run: async (ctx, input) => {
    const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (_, at) => snapshotsOf(ctx, at));
    const nowS = ctx.client.serverTime(ctx) / 1000;
    const snapshots = value.all.slice(0, MOST_ROWS).map(({ name, at, description, parent, withMemory, unfinished }) =>
      compact({
        name,
        takenAt: at === undefined ? undefined : new Date(at * 1000).toISOString(),
        ageSeconds: at === undefined ? undefined : Math.max(0, Math.round(nowS - at)),
        description,
        parent,
        withMemory,
        unfinished,
      }),
    );
    const lines = snapshots.map(
      (one) =>
        `${one.name}: ${one.ageSeconds === undefined ? "of unknown age" : `${ageWords(one.ageSeconds)} old`}${one.withMemory ? ", with memory" : ""}${one.unfinished ? ", unfinished" : ""}${one.name === value.parent ? ", the guest stands on it" : ""}`,
    );
    const head = snapshots.length === 0 ? `${place.name} has no snapshots.` : `${place.name} has ${value.all.length} snapshots.`;
    return { text: [head, ...lines].join("\n").slice(0, 60_000), data: compact({ vmid: place.vmid, parent: value.parent, snapshots }) };
  },
};
