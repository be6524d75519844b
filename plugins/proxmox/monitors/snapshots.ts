// Monitor `snapshots`: which snapshots guests have, a few guests at a time: first those whose configuration says that they stand on one, then whoever was looked at longest ago.
import { type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import type { Sort } from "../shapes/guest.ts";
import type { Entry } from "../shapes/resources.ts";
import { snapshotsOf } from "../tools/snapshots.ts";
import { allowanceOf } from "./allowance.ts";
import { notesOf, type SnapshotNote } from "./guest/notes.ts";
import { inTurn } from "./turns.ts";

const FRESH_MS = 15_000;
const EVERY_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const MOST = 2;
const STALE_MS = 6 * HOUR_MS;

const Snapshots = z.object({
  /** By vmid, of the guests that have some; the oldest first. Times are of the cluster's clock. */
  guests: z.record(z.string(), z.array(z.object({ name: z.string(), at: z.string(), described: z.boolean() }))),
  /** How many guests were looked at so far, and how many there are. */
  looked: z.number().int(),
  of: z.number().int(),
});
type Snapshots = z.output<typeof Snapshots>;

interface Candidate {
  vmid: number;
  node: string;
  sort: Sort;
}

const candidates = (entries: readonly Entry[]): Candidate[] =>
  entries.flatMap(({ type, vmid, node, status, template }) => {
    if ((type !== "qemu" && type !== "lxc") || vmid === undefined || node === undefined || template || status === "unknown") return [];
    return [{ vmid, node, sort: type }];
  });

const noteOf = async (ctx: Ctx, place: Candidate): Promise<SnapshotNote> => {
  const digest = ctx.client.memory.facts.get(place.vmid)?.facts?.digest;
  try {
    const { all } = await snapshotsOf(ctx, place);
    const aged = all.flatMap(({ name, at, description }) => (at === undefined ? [] : [{ name, at: at * 1000, described: description !== undefined }]));
    return { askedAt: ctx.now(), digest, snapshots: aged.sort((a, b) => a.at - b.at) };
  } catch (thrown) {
    // What was known of it stands; nothing is known to be gone.
    return {
      askedAt: ctx.now(),
      digest,
      snapshots: notesOf(ctx.client).snapshots.get(place.vmid)?.snapshots ?? [],
      words: (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300),
    };
  }
};

const allowance = allowanceOf(EVERY_MS);

const read = async (ctx: Ctx): Promise<Snapshots> => {
  const allow = allowance(ctx);
  const { memory } = ctx.client;
  const { entries } = await memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { snapshots } = notesOf(ctx.client);
  const all = new Map(candidates(entries).map((one) => [String(one.vmid), one]));
  const doubtful = (vmid: number): boolean => {
    const [known, facts] = [snapshots.get(vmid), memory.facts.get(vmid)?.facts];
    if (facts?.parent === undefined) return known !== undefined && known.snapshots.length > 0;
    return known === undefined || known.digest !== facts.digest || ctx.now() - known.askedAt > STALE_MS;
  };
  const suspects = new Set([...all.values()].flatMap(({ vmid }) => (doubtful(vmid) ? [String(vmid)] : [])));
  const most = allow(Math.min(MOST, all.size));
  for (const name of inTurn([...all.keys()], (vmid) => snapshots.get(Number(vmid))?.askedAt, most, suspects)) {
    const one = all.get(name);
    if (one && !ctx.signal.aborted) snapshots.set(one.vmid, await noteOf(ctx, one));
  }
  const found = [...snapshots].filter(([, note]) => note.snapshots.length > 0);
  const told = found.map(([vmid, note]) => [String(vmid), note.snapshots.map(({ name, at, described }) => ({ name, at: new Date(at).toISOString(), described }))] as const);
  return { guests: Object.fromEntries(told), looked: snapshots.size, of: all.size };
};

export const snapshots: Monitor<Config, Client, typeof Snapshots> = { title: "Snapshots", every: "15m", state: Snapshots, read };
