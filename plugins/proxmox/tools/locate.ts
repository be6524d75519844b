// Finds a guest: by number, or by name when exactly one answers to it. Refuses to guess (hazard 32).
import { JarvisError, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Ctx } from "../context.ts";
import type { Sort } from "../shapes/guest.ts";
import { asSeen, Entries, type Entry } from "../shapes/resources.ts";

const FRESH_MS = 15_000;
const MOST_CANDIDATES = 20;

export interface Place {
  vmid: number;
  node: string;
  sort: Sort;
  name: string;
}

/** Either a number or a name (`nextcloud`, `guest/101`, `101`). */
export const guestInput = {
  vmid: z.number().int().min(100).max(999_999_999).optional().describe("The guest's number, such as 101"),
  guest: z.string().min(1).max(200).optional().describe("Instead of vmid: the guest's name, or guest/101"),
};
export type GuestInput = { vmid?: number | undefined; guest?: string | undefined };

export const oneOfBoth = (input: GuestInput): boolean => (input.vmid === undefined) !== (input.guest === undefined);
export const ONE_OF_BOTH = "give either vmid or guest";

/** The vmid an input names by itself; undefined for a name. */
export const vmidOf = ({ vmid, guest }: GuestInput): number | undefined => {
  if (vmid !== undefined) return vmid;
  const [, digits] = /^(?:guest\/)?(\d{3,9})$/.exec(guest ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
};

export const targetOf = (input: GuestInput): string | undefined => {
  const vmid = vmidOf(input);
  return vmid === undefined ? undefined : `guest/${vmid}`;
};

const placeOf = (entry: Entry): Place[] => {
  const { vmid, node, type } = entry;
  if (entry.hidden !== undefined || vmid === undefined || node === undefined || (type !== "qemu" && type !== "lxc")) return [];
  return [{ vmid, node, sort: type, name: entry.name ?? `guest ${vmid}` }];
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Decides which of the places is meant. Throws not_found, or ambiguous with the candidates. */
export const choose = (places: readonly Place[], wanted: number | string): Place => {
  const exact = places.filter((place) => (typeof wanted === "number" ? place.vmid === wanted : place.name === wanted));
  const found = exact.length > 0 || typeof wanted === "number" ? exact : places.filter((place) => same(place.name, wanted));
  const [first, second] = found;
  if (first === undefined) throw new JarvisError("not_found", { message: typeof wanted === "number" ? `There is no guest ${wanted} here.` : `No guest is called ${wanted}.` });
  if (second === undefined) return first;
  const candidates = found.slice(0, MOST_CANDIDATES).map((place) => ({ id: `guest/${place.vmid}`, name: place.name, node: place.node }));
  throw new JarvisError("ambiguous", { message: `${found.length} guests are called ${wanted}: ${candidates.map((one) => one.id).join(", ")}.`, data: { candidates } });
};

/** The cluster's list as it is now. */
export const freshEntries = async (ctx: Ctx): Promise<readonly Entry[]> => asSeen(await ctx.client.get(ctx, "/cluster/resources", Entries));

/** The list of the last reading when it is young enough, else a new one. */
export const recentEntries = async (ctx: Ctx): Promise<readonly Entry[]> => {
  const latest = ctx.client.memory.latest();
  return latest && ctx.now() - latest.at <= FRESH_MS ? asSeen(latest.entries) : freshEntries(ctx);
};

/** Of a guest that is not listed: that our rights may be why. */
const hiddenWords = (ctx: Ctx, wanted: number | string): string | undefined => {
  const what = typeof wanted === "number" ? `Guest ${wanted}` : wanted;
  const known = ctx.client.memory.latest()?.entries.find((entry) => entry.hidden !== undefined && (entry.vmid === wanted || entry.name === wanted));
  if (known !== undefined) return `${what} is not listed to Jarvis any more; how and where it is is ${known.hidden}.`;
  const [lack] = ctx.client.missing("guests");
  return lack === undefined
    ? undefined
    : `No guest that Jarvis may see is ${typeof wanted === "number" ? `number ${wanted}` : `called ${wanted}`}; of the others it is ${lack.words}.`;
};

/** Where a guest is by the last reading; asked anew when that is old or does not know it. */
export const locate = async (ctx: Ctx, wanted: number | string): Promise<Place> => {
  const recent = (await recentEntries(ctx)).flatMap(placeOf);
  if (recent.some((place) => place.vmid === wanted || place.name === wanted)) return choose(recent, wanted);
  const fresh = (await freshEntries(ctx)).flatMap(placeOf);
  if (fresh.some((place) => place.vmid === wanted || place.name === wanted)) return choose(fresh, wanted);
  const hidden = hiddenWords(ctx, wanted);
  if (hidden !== undefined) throw new JarvisError("upstream_denied", { message: hidden, data: { reason: "denied", definitive: true } });
  return choose(fresh, wanted);
};

export const locateInput = (ctx: Ctx, input: GuestInput): Promise<Place> => locate(ctx, vmidOf(input) ?? input.guest ?? "");

/** Asks about a guest where it was last seen; when it is not there any more (it migrated), finds it and asks once more. */
export const atPlace = async <T>(ctx: Ctx, place: Place, ask: (client: Client, place: Place) => Promise<T>): Promise<{ place: Place; value: T }> => {
  try {
    return { place, value: await ask(ctx.client, place) };
  } catch (error) {
    if (!(error instanceof JarvisError) || error.type !== "not_found") throw error;
    const moved = choose((await freshEntries(ctx)).flatMap(placeOf), place.vmid);
    // A VM may have the number of a container by now, on the same node.
    if (moved.node === place.node && moved.sort === place.sort) throw error;
    return { place: moved, value: await ask(ctx.client, moved) };
  }
};
