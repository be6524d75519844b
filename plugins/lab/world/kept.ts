// What a world takes with it over an orderly stop: guests as people left them, and nodes that were switched off. What a fault broke comes back whole, and another world takes nothing. Reads and writes no file.
import { z } from "zod";
import { makeGuest } from "./guests/make.ts";
import { GuestSeed } from "./schema.ts";
import type { Guest, World } from "./state.ts";

const MOST_KEPT = 20_000;
const Value = z.union([z.string(), z.number()]);
const Span = z.object({ from: z.number(), to: z.number() });

const KeptGuest = z.object({
  vmid: z.number(),
  seed: GuestSeed,
  node: z.string(),
  template: z.boolean(),
  status: z.enum(["running", "stopped"]),
  paused: z.boolean(),
  startedAt: z.number(),
  past: z.array(Span),
  pid: z.number().optional(),
  config: z.record(z.string(), Value),
  pending: z.record(z.string(), Value.nullable()),
  snapshots: z.array(z.looseObject({ name: z.string(), snaptime: z.number() })),
  parent: z.string().optional(),
  pool: z.string().optional(),
  diskOn: z.string().optional(),
  ha: z.looseObject({ request: z.string(), state: z.string() }).optional(),
  lastStop: z.object({ at: z.number(), how: z.string(), upid: z.string().optional() }).optional(),
});
type KeptGuest = z.infer<typeof KeptGuest>;

export const Kept = z.object({
  /** World time of the stop, ms. */
  at: z.number(),
  guests: z.array(KeptGuest).max(MOST_KEPT),
  /** Guests that were there at the beginning and are no more. */
  gone: z.array(z.number()),
  nodesOff: z.array(z.string()),
});
export type Kept = z.infer<typeof Kept>;

const pictured = ({ past, ...guest }: Guest): KeptGuest => KeptGuest.parse({ ...guest, past: [...past] });
/** The time it has been up passes by itself and is no change. */
const saidOf = (guest: Guest): string => JSON.stringify(pictured(guest));

/** How each guest stood when the world began, to know later what is different. */
export type Beginning = ReadonlyMap<number, number | bigint>;
export const beginningOf = (world: World): Beginning => new Map([...world.guests.values()].map((guest) => [guest.vmid, Bun.hash(saidOf(guest))]));

/** `broken`: targets of the faults that stand. What one took down ran before, or it could not have been taken down. */
export function keptOf(world: World, beginning: Beginning, broken: ReadonlySet<string>): Kept {
  const at = world.clock.now();
  const isBroken = (guest: Guest): boolean => broken.has(`guest/${guest.vmid}`) || broken.has(`node/${guest.node.toLowerCase()}`);
  const changed = [...world.guests.values()].filter((guest) => beginning.get(guest.vmid) !== Bun.hash(saidOf(guest)));
  const guests = changed.map((guest): KeptGuest => (isBroken(guest) && guest.status === "stopped" ? { ...pictured(guest), status: "running", startedAt: at } : pictured(guest)));
  const nodesOff = [...world.nodes.values()].filter(({ name, power }) => power === "off" && !broken.has(`node/${name.toLowerCase()}`)).map(({ name }) => name);
  return { at, guests, gone: [...beginning.keys()].filter((vmid) => !world.guests.has(vmid)), nodesOff };
}

/** Puts a world that has just begun where the one before it ended. A clock that ran faster than the day left moments to come: they are moved back to now. */
export function resume(world: World, kept: Kept): void {
  const now = world.clock.now();
  const late = Math.max(0, kept.at - now);
  for (const vmid of kept.gone) world.guests.delete(vmid);
  for (const name of kept.nodesOff) {
    const node = world.nodes.get(name);
    if (node) node.power = "off";
  }
  for (const { past, startedAt, lastStop, ...one } of kept.guests) {
    if (!world.nodes.has(one.node)) continue;
    const guest = world.guests.get(one.vmid) ?? makeGuest(world.seed, one.seed, now, now);
    guest.past.splice(0, guest.past.length, ...past.map(({ from, to }) => ({ from: from - late, to: to - late })));
    if (one.status === "stopped") delete guest.pid;
    Object.assign(guest, one, { startedAt: startedAt === 0 ? 0 : startedAt - late }, lastStop && { lastStop: { ...lastStop, at: lastStop.at - late } });
    world.guests.set(one.vmid, guest);
  }
}
