// proxmox_guest_clone: a copy of a guest or template under a new number, left stopped: two running with one address disturb each other (hazard 34). Refuses a storage that it would fill.
import { type Preflight, type Sent, type Trace, type Verdict, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { Current, factsOf, GuestConfig } from "../shapes/guest.ts";
import { looseNumber } from "../shapes/loose.ts";
import { baseOf } from "./base.ts";
import { guestAct } from "./guest-act.ts";
import { type Disk, disksOf } from "./guest-disks.ts";
import { storesOn, tooTight } from "./guest-room.ts";
import { mustFact, refused, withFacts } from "./guest-task.ts";
import { freshEntries, guestInput, ONE_OF_BOTH, oneOfBoth, type Place } from "./locate.ts";
import { type Look, lookAtGuest } from "./preflight.ts";
import { traceOf } from "./trace.ts";

const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/;

const Input = z
  .object({
    ...guestInput,
    name: z.string().regex(NAME, "a host name: letters, digits, - and .").describe("The copy's name"),
    newVmid: z.number().int().min(100).max(999_999_999).optional().describe("The copy's number; the next free one unless said"),
    linked: z.boolean().optional().describe("Of a template only: share its disks instead of copying them"),
    storage: z.string().max(100).optional().describe("Where a full copy's disks go; beside the original's unless said"),
    snapshot: z.string().max(40).optional().describe("Copy this snapshot instead of the present; a running container can only be copied so"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

const nextId = async (ctx: Ctx): Promise<number> => {
  const id = await ctx.client.get(ctx, "/cluster/nextid", looseNumber);
  if (id === undefined) throw refused("Proxmox named no free number; give newVmid.");
  return id;
};

const wrong = ({ place, current, preflight }: Look, { linked, storage, snapshot }: Input): string | undefined => {
  if (linked === true && preflight.template !== true) return `${place.name} is no template; only a template has linked copies.`;
  if (linked === true && storage !== undefined) return "A linked copy lies where its template lies; give no storage.";
  if (place.sort === "lxc" && current.status === "running" && snapshot === undefined)
    return `${place.name} is a running container: copy one of its snapshots (snapshot), or stop it first.`;
  return undefined;
};

const refuseRoom = async (ctx: Ctx, place: Place, disks: readonly Disk[], storage: string | undefined): Promise<void> => {
  const stores = await storesOn(ctx, place.node);
  for (const name of new Set(disks.map((disk) => storage ?? disk.storage))) {
    const own = disks.filter((disk) => storage !== undefined || disk.storage === name);
    const unknown = own.find((disk) => disk.bytes === undefined);
    if (unknown !== undefined) throw refused(`The size of ${unknown.key} is not in the configuration, so whether a copy fits is not known.`);
    const store = stores.find((one) => one.storage === name);
    const tight =
      store === undefined
        ? `There is no storage ${name} on ${place.node}.`
        : tooTight(
            store,
            own.reduce((sum, disk) => sum + (disk.bytes ?? 0), 0),
            place.node,
          );
    if (tight !== undefined) throw refused(tight);
  }
};

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const look = await lookAtGuest(ctx, input, { memory: false });
  const { place, config } = look;
  if (config === undefined) throw refused(`The configuration of ${place.name} could not be read, so how large a copy would be is not known.`);
  const no = wrong(look, input);
  if (no !== undefined) throw refused(no);
  const [newVmid, entries] = await Promise.all([input.newVmid ?? nextId(ctx), freshEntries(ctx)]);
  const taken = entries.find((entry) => entry.vmid === newVmid);
  if (taken !== undefined) throw refused(`${newVmid} is taken by ${taken.name ?? "another guest"} on ${taken.node ?? "some node"}; give another newVmid.`);
  if (input.linked !== true) await refuseRoom(ctx, place, disksOf(config), input.storage);
  // A template is there to be copied, and the act does not touch it.
  const storages = new Set(disksOf(config).map((disk) => input.storage ?? disk.storage));
  return withFacts(
    { ...look.preflight, template: false },
    { newVmid: String(newVmid), full: String(input.linked !== true), storages: [...storages].join(","), bridges: factsOf(place.sort, config).bridges.join(",") },
  );
};

const copyAt = ({ node, sort }: Pick<Place, "node" | "sort">, sent: Sent): string => baseOf({ node, sort, vmid: Number(mustFact(sent, "newVmid")) });
const originOf = (sent: Sent): Pick<Place, "node" | "sort"> => ({ node: mustFact(sent, "node"), sort: mustFact(sent, "sort") === "lxc" ? "lxc" : "qemu" });

const verify = async (ctx: Ctx, input: Input, sent: Sent): Promise<Verdict> => {
  const at = copyAt(originOf(sent), sent);
  const [current, config] = await Promise.all([ctx.client.get(ctx, `${at}/status/current`, Current), ctx.client.get(ctx, `${at}/config`, GuestConfig)]);
  const newVmid = mustFact(sent, "newVmid");
  if (current.lock !== undefined) return { ok: false, words: `Guest ${newVmid} is there, locked (${current.lock}).` };
  const name = current.name ?? config.name ?? config.hostname;
  return { ok: name === input.name && disksOf(config).length > 0, words: `Guest ${newVmid} (${String(name)}) is there and ${current.status}.` };
};

const trace = async (ctx: Ctx, input: Input, sent: Sent): Promise<Trace> => {
  const byTask = await traceOf(ctx, input, sent, ["qmclone", "vzclone"]);
  if (byTask.found !== "absence") return byTask;
  const there = (await freshEntries(ctx)).find((entry) => entry.vmid === Number(mustFact(sent, "newVmid")));
  return there === undefined ? byTask : { found: "unclear", words: `Guest ${there.vmid} (${there.name ?? "no name"}) is there, but no task of ours made it.` };
};

export const guestClone = guestAct({
  title: "Clone a guest",
  about: "Copies a guest or template under a new number and leaves the copy stopped. It keeps the settings inside, its address too: change that before both run.",
  effect: "disruptive",
  input: Input,
  what: "clone",
  types: ["qmclone", "vzclone"],
  deadlineSeconds: 2 * 3600,
  preflight,
  send: async (ctx, place, { name, storage, snapshot }, sent) => {
    const [newid, full] = [Number(mustFact(sent, "newVmid")), mustFact(sent, "full") === "true"];
    const form = { newid, [place.sort === "qemu" ? "name" : "hostname"]: name, full, storage: full ? storage : undefined, snapname: snapshot };
    const upid = await ctx.client.post(ctx, path`/nodes/${place.node}/${place.sort}/${place.vmid}/clone`, form);
    return { upid, text: `Asked ${place.node} to copy ${place.name} (${place.vmid}) as ${name} (${newid}).`, data: { newVmid: newid } };
  },
  verify,
  trace,
});
