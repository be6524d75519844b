// proxmox_guest_config_set: a few settings of a guest, written only onto the configuration that was looked at (its digest). Refuses every key that is not listed here, and to take memory from a running guest (hazard 35).
import { type Preflight, type Sent, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { Guarded } from "../client/digest.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { baseOf } from "./base.ts";
import { mustFact, placeNoted, refused, withFacts } from "./guest-task.ts";
import { atPlace, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, type Place, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";

const MAX_NOTES = 8192;
const TAGS = /^(?:[a-z0-9_][a-z0-9_+.-]*(?:;[a-z0-9_][a-z0-9_+.-]*)*)?$/i;
const STARTUP = /^(?:(?:order=\d+|up=\d+|down=\d+)(?:,(?:order=\d+|up=\d+|down=\d+))*)?$/;

/** Empty text removes the setting. */
const Settings = z.strictObject({
  description: z.string().max(MAX_NOTES).optional().describe("The notes; empty removes them"),
  tags: z.string().max(500).regex(TAGS, "tags joined by ;").optional().describe("All its tags, joined by ; (empty removes them)"),
  onboot: z.boolean().optional().describe("Start it with its node"),
  startup: z.string().max(100).regex(STARTUP, "such as order=2,up=30,down=60").optional().describe("Its place in the order of starting at boot"),
  memory: z.number().int().min(16).max(16_777_216).optional().describe("MiB"),
  balloon: z.number().int().min(0).max(16_777_216).optional().describe("Least memory of a VM, MiB; 0 turns ballooning off"),
  swap: z.number().int().min(0).max(16_777_216).optional().describe("Swap of a container, MiB"),
  cores: z.number().int().min(1).max(512).optional().describe("Processor cores"),
});
type Settings = z.output<typeof Settings>;

const Input = z
  .object({ ...guestInput, set: Settings.describe("What to set; what is not named stays") })
  .refine(oneOfBoth, ONE_OF_BOTH)
  .refine(({ set }) => Object.values(set).some((value) => value !== undefined), { message: "name at least one setting", path: ["set"] });
type Input = z.output<typeof Input>;

type Plain = string | number;
type Read = Readonly<Record<string, unknown>>;

const asRead = (value: unknown): string => (value === true ? "1" : value === false || value === undefined || value === null ? "0" : String(value));
const sortedTags = (text: string): string => [...new Set(text.split(/[;,\s]+/).filter(Boolean))].sort().join(";");

/** Whether the configuration says this of the key already, as Proxmox writes it. */
const says = (config: Read, key: string, wanted: string | number | boolean): boolean => {
  const now = config[key];
  if (key === "tags") return sortedTags(asRead(now ?? "").replace(/^0$/, "")) === sortedTags(String(wanted));
  if (key === "description" || key === "startup") return String(now ?? "").trimEnd() === String(wanted).trimEnd();
  if (key === "memory") return Number(/\d+/.exec(asRead(now))?.[0]) === wanted;
  if (typeof wanted === "boolean") return asRead(now) === asRead(wanted);
  return now !== undefined && asRead(now) === String(wanted);
};

const wantedOf = (set: Settings): [keyof Settings & string, Plain | boolean][] =>
  Settings.keyof().options.flatMap((key) => {
    const value = set[key];
    return value === undefined ? [] : [[key, value] as [typeof key, Plain | boolean]];
  });

/** What differs from the configuration. */
export const changesOf = (set: Settings, config: Read): [string, Plain | boolean][] => wantedOf(set).filter(([key, wanted]) => !says(config, key, wanted));

const formOf = (changes: readonly [string, Plain | boolean][]): Record<string, Plain | boolean> => {
  const dropped = changes.filter(([, value]) => value === "").map(([key]) => key);
  return { ...Object.fromEntries(changes.filter(([, value]) => value !== "")), ...(dropped.length > 0 ? { delete: dropped.join(",") } : {}) };
};

const OF_ONE_SORT: Readonly<Record<string, Place["sort"]>> = { balloon: "qemu", swap: "lxc" };
const MIB = 1024 ** 2;

/** What must not be written; undefined: all of it may. `running`: it takes effect on a guest at work. */
export const forbidden = (set: Settings, config: Read, about: { name: string; sort: Place["sort"]; running: boolean }): string | undefined => {
  for (const [key, sort] of Object.entries(OF_ONE_SORT))
    if (Settings.keyof().options.some((one) => one === key && set[one] !== undefined) && about.sort !== sort)
      return `${key} is no setting of a ${about.sort === "lxc" ? "container" : "VM"}.`;
  const memoryNow = Number(/\d+/.exec(asRead(config.memory ?? 512))?.[0]);
  if (about.running && set.memory !== undefined && set.memory < memoryNow)
    return `${about.name} runs with ${memoryNow} MiB; taking memory from a running guest can kill what runs in it. Shut it down first.`;
  const memory = set.memory ?? memoryNow;
  if (set.balloon !== undefined && set.balloon > memory) return `balloon (${set.balloon} MiB) is its least memory and cannot be more than its memory (${memory} MiB).`;
  return undefined;
};

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const grows = input.set.memory !== undefined;
  const { preflight: facts, place, current } = await lookAtGuest(ctx, input, { memory: grows });
  const config = await ctx.client.get(ctx, `${baseOf(place)}/config`, Guarded);
  const running = current.status === "running";
  const no = forbidden(input.set, config, { name: place.name, sort: place.sort, running });
  if (no !== undefined) throw refused(no);
  const changes = changesOf(input.set, config);
  const more = Math.max(0, (input.set.memory ?? 0) * MIB - (current.maxmem ?? 0));
  const share = await shareOf(ctx, place, facts.memoryFreeAfter, more);
  const noted = withFacts(facts, { digest: config.digest, keys: changes.map(([key]) => key).join(",") });
  const withShare: Preflight = share === undefined ? noted : { ...noted, memoryFreeAfter: share };
  return changes.length > 0 ? withShare : { ...withShare, already: `${place.name} has these settings already` };
};

const NodeTotal = z.object({ memory: z.object({ total: z.coerce.number().positive() }) });

/** Share of the node's memory free after the guest has taken `moreBytes` more. */
const shareOf = async (ctx: Ctx, place: Place, before: number | null | undefined, moreBytes: number): Promise<number | null | undefined> => {
  if (typeof before !== "number" || moreBytes === 0) return before;
  const { memory } = await ctx.client.get(ctx, `/nodes/${encodeURIComponent(place.node)}/status`, NodeTotal);
  return Math.max(0, before - moreBytes / memory.total);
};

const read = async (ctx: Ctx, input: Input) => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) =>
    Promise.all([client.get(ctx, `${baseOf(at)}/config`, Guarded), client.get(ctx, `${baseOf(at)}/config`, Guarded, { current: true })]),
  );
  return { place, wished: value[0], inForce: value[1] };
};

const verify = async (ctx: Ctx, input: Input): Promise<Verdict> => {
  const { place, wished, inForce } = await read(ctx, input);
  const missing = changesOf(input.set, wished).map(([key]) => key);
  if (missing.length > 0) return { ok: false, words: `${missing.join(", ")} of ${place.name} is not as it was set.` };
  const waiting = changesOf(input.set, inForce).map(([key]) => key);
  return { ok: true, words: waiting.length === 0 ? `${place.name} has the settings.` : `${place.name} has the settings; ${waiting.join(", ")} takes effect at its next start.` };
};

/** Proxmox writes only onto the digest we noted: an unchanged digest proves that nothing was written. */
const trace = async (ctx: Ctx, input: Input, sent: Sent): Promise<Trace> => {
  const { place, wished } = await read(ctx, input);
  if (changesOf(input.set, wished).length === 0) return { found: "effect", words: `The configuration of ${place.name} says so now.` };
  if (wished.digest === mustFact(sent, "digest")) return { found: "absence", words: `The configuration of ${place.name} is unchanged since before the request.` };
  return { found: "unclear", words: `Somebody changed the configuration of ${place.name} meanwhile, and it does not say what was asked.` };
};

export const guestConfigSet: Tool<Config, Client, typeof Input> = {
  title: "Set a guest's settings",
  about:
    "Sets notes, tags, start at boot, start order, memory, balloon, swap or cores of a guest. Some take effect at its next start only; the answer says which. Disks: proxmox_guest_disk_resize.",
  effect: "disruptive",
  input: Input,
  output: z.object({ vmid: z.number(), node: z.string(), keys: z.array(z.string()) }),
  target: targetOf,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    const keys = mustFact(sent, "keys").split(",");
    const form = formOf(wantedOf(input.set).filter(([key]) => keys.includes(key)));
    await ctx.client.write(ctx, { method: "PUT", path: `${baseOf(place)}/config`, form: { ...form, digest: mustFact(sent, "digest") }, answer: z.unknown() });
    return { text: `Set ${keys.join(", ")} of ${place.name} (${place.vmid}).`, data: { vmid: place.vmid, node: place.node, keys } };
  },
  verify: (ctx, input) => verify(ctx, input),
  trace,
};
