// Monitor `guests`: the one reader of /cluster/resources; guests with their figures, what changed, and the suspicion that one stopped.
import { type Monitor, type Reading, z } from "jarvis";
import { guestAlerts } from "../alerts/guest.ts";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { guestEvents, tell } from "../events.ts";
import { probe } from "../probe/probe.ts";
import { scene } from "../probe/scene.ts";
import type { Entry } from "../shapes/resources.ts";
import { aroundOf } from "./guest/around.ts";
import { findingsOf } from "./guest/findings.ts";
import { keepOnly, notesOf } from "./guest/notes.ts";
import { recallGuest, recallSnapshots } from "./guest/recall.ts";
import { entryOf, GuestState, guestOf, resourceOf } from "./guest/state.ts";
import { createLearner, type Learner } from "./identity.ts";
import { createResourcesReader, guestIds, isGuest, type ResourcesReader } from "./resources-answer.ts";
import { placeOfReading } from "./rounds.ts";
import { entriesOf, Storages } from "./store-state.ts";

const [CHANNEL, SNAPSHOTS, STORAGES] = ["proxmox/guests", "proxmox/snapshots", "proxmox/storage"];
const Guests = z.object({
  guests: z.record(z.string(), GuestState),
  /** What our rights do not show, `unknown: needs X on Y`. */
  unknown: z.array(z.string()).optional(),
});
type Guests = z.output<typeof Guests>;

const lastOf = async (ctx: Ctx, channel: string): Promise<Reading | undefined> => {
  const readings: Record<string, Reading> = await ctx.state(channel).catch(() => ({}));
  return readings[channel];
};

/** What the reading before (perhaps an earlier run's) tells: who was there, when each was last seen running, and what was found out about it. */
const remember = async (ctx: Ctx): Promise<Entry[]> => {
  const [past, snapshots, stores] = await Promise.all([lastOf(ctx, CHANNEL), lastOf(ctx, SNAPSHOTS), lastOf(ctx, STORAGES)]);
  const notes = notesOf(ctx.client);
  if (snapshots !== undefined) recallSnapshots(notes, snapshots.value, Date.parse(snapshots.at));
  const read = Guests.safeParse(past?.value);
  const kept = Object.values(Storages.safeParse(stores?.value).data?.storages ?? {}).flatMap(entriesOf);
  if (past === undefined || !read.success) return kept;
  const at = Date.parse(past.at);
  for (const guest of Object.values(read.data.guests)) {
    const last = guest.status === "running" ? at : Date.parse(guest.lastRunningAt ?? "");
    if (!Number.isNaN(last)) ctx.client.memory.running.set(guest.vmid, last);
    notes.lives.restore(guest);
    recallGuest(notes, guest, at);
  }
  return [...Object.values(read.data.guests).map(entryOf), ...kept];
};

/** The parts that live as long as the client does. */
interface Parts {
  reader: ResourcesReader;
  learner: Learner;
  known: ReadonlySet<number>;
  /** What an earlier run knew. */
  past: readonly Entry[];
}
const parts = new WeakMap<Client, Parts>();

const partsOf = async (ctx: Ctx): Promise<Parts> => {
  const present = parts.get(ctx.client);
  if (present) return present;
  const past = await remember(ctx);
  const made: Parts = { reader: createResourcesReader(), learner: createLearner(), known: guestIds(past), past };
  parts.set(ctx.client, made);
  return made;
};

const pictureOf = async (ctx: Ctx, entries: readonly Entry[]): Promise<Guests> => {
  const around = await aroundOf(ctx, entries);
  const down = around.away.union(around.notes.returns.see(entries, ctx.now()));
  const guests = entries.filter(isGuest).flatMap((entry) => guestOf(entry, down, ctx.client.memory, ctx.now(), (seen) => findingsOf(seen, around)) ?? []);
  keepOnly(around.notes, guestIds(entries));
  const unknown = ctx.client.missing("guests").map(({ words }) => words);
  return {
    ...(unknown.length === 0 ? {} : { unknown }),
    guests: Object.fromEntries(guests.sort((a, b) => a.vmid - b.vmid).map((guest) => [String(guest.vmid), guest])),
  };
};

const read = async (ctx: Ctx): Promise<Guests> => {
  const own = await partsOf(ctx);
  const earlier = ctx.client.memory.latest();
  const [answer] = await Promise.all([own.reader.read(ctx, ctx.client, own.known, own.past), earlier ? own.learner.learn(ctx, ctx.client, earlier.entries) : undefined]);
  if (!earlier) await own.learner.learn(ctx, ctx.client, answer.entries);
  const picture = await pictureOf(ctx, answer.entries);
  await tell(ctx, guestEvents(ctx.client.memory.states, picture.guests, ctx.now()));
  ctx.client.memory.states = new Map(Object.entries(picture.guests).map(([vmid, guest]) => [vmid, guest.status]));
  parts.set(ctx.client, { ...own, known: guestIds(answer.entries) });
  return picture;
};

export const guests: Monitor<Config, Client, typeof Guests> = {
  title: "Guests",
  every: "10s",
  place: placeOfReading,
  state: Guests,
  read,
  resources: (now) => Object.values(now.guests).map(resourceOf),
  alerts: guestAlerts,
  probe,
  scene,
};
