// What became of a trim whose reply was lost. pveproxy waits 30 s for the agent and a big disk takes minutes: an agent that works answers nobody, so its answering again is the end; so is room that came back below, where no other could have given it. It takes silence alone for nothing.
import { type JarvisError, type Sent, type Trace, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { perClient } from "../monitors/turns.ts";
import { ask } from "../probe/ask.ts";
import { Current } from "../shapes/guest.ts";
import type { Entry } from "../shapes/resources.ts";
import { inGib } from "./guest-disks.ts";
import { factOf, notedOf } from "./guest-task.ts";
import { freshEntries, type Place } from "./locate.ts";

/** An agent that is not reached at all is refused within seconds; one that is given up so late was at work. */
const AT_WORK_MS = 20_000;
/** What a night's logs move is no sign of a trim. */
const FELL_BYTES = 256 * 1024 ** 2;
const MOST_KEPT = 100;

const Pong = z.object({ result: z.unknown() });
const busyBy = perClient(() => new Set<string>());
const keyOf = ({ vmid }: Place, sent: Sent): string => `${vmid}@${sent.serverTimeMs ?? 0}`;

const isHere = (entry: Entry, { node }: Pick<Place, "node">): boolean => entry.type === "storage" && entry.disk !== undefined && (entry.node === node || entry.shared === true);

/** `local-lvm=123,tank=456`: bytes used on the storages of its disks. */
export const roomNoted = (entries: readonly Entry[], place: Pick<Place, "node">, storages: readonly string[]): string =>
  [...new Set(storages)]
    .flatMap((name) => {
      const entry = entries.find((one) => one.storage === name && isHere(one, place));
      return entry?.disk === undefined ? [] : [`${name}=${entry.disk}`];
    })
    .join(",");

const DISKS: ReadonlySet<string> = new Set(["images", "rootdir"]);

/** What else may have given room back there, in words; undefined: this guest's disks alone lie on it. */
const besides = ({ client }: Ctx, entries: readonly Entry[], place: Place, name: string): string | undefined => {
  const store = entries.find((entry) => entry.storage === name && isHere(entry, place));
  const files = store?.content?.split(",").filter((one) => !DISKS.has(one)) ?? ["what is not told"];
  if (files.length > 0) return `${name} holds ${files.join(", ")} too`;
  const others = entries.filter(({ vmid, node }) => vmid !== undefined && vmid !== place.vmid && (store?.shared === true || node === place.node));
  const storagesOf = ({ vmid }: Entry): readonly string[] | undefined => client.memory.facts.get(vmid ?? 0)?.facts?.storages;
  const who = ({ vmid, name: called }: Entry): string => `${called ?? "guest"} (${vmid})`;
  const there = others.find((entry) => storagesOf(entry)?.includes(name));
  if (there !== undefined) return `${who(there)} has disks there too`;
  const unknown = others.find((entry) => storagesOf(entry) === undefined);
  return unknown === undefined ? client.missing("guests")[0]?.words : `where ${who(unknown)} has its disks is not known`;
};

interface Room {
  readonly words: string;
  /** Whose doing it may have been as well. */
  readonly others: string | undefined;
}

const roomBack = async (ctx: Ctx, place: Place, sent: Sent): Promise<Room | undefined> => {
  const noted = (factOf(sent, "room") ?? "").split(",").flatMap((part) => {
    const [name, bytes] = part.split("=");
    return name === undefined || bytes === undefined ? [] : [{ name, bytes: Number(bytes) }];
  });
  if (noted.length === 0) return undefined;
  const { value: entries = [] } = await ask(freshEntries(ctx));
  const fell = noted.flatMap(({ name, bytes }) => {
    const now = entries.find((entry) => entry.storage === name && isHere(entry, place))?.disk;
    return now !== undefined && bytes - now >= FELL_BYTES ? [{ words: `${inGib(bytes - now)} of ${name}`, others: besides(ctx, entries, place, name) }] : [];
  });
  if (fell.length === 0) return undefined;
  // Where one of them is this guest's alone, that one is proof enough.
  const others = fell.some((one) => one.others === undefined) ? undefined : fell[0]?.others;
  return { words: `${fell.map(({ words }) => words).join(" and ")} came free since it was sent`, others };
};

/** Remembers of a lost reply that the agent was at work when it was given up. */
export const noteLost = (ctx: Ctx, place: Place, sent: Sent, { thrown, tookMs }: { thrown: JarvisError; tookMs: number }): void => {
  if (thrown.type === "upstream_timeout" && thrown.details.data?.sent !== false && tookMs >= AT_WORK_MS) noteBusy(ctx, place, sent);
};

const noteBusy = (ctx: Ctx, place: Place, sent: Sent): void => {
  const busy = busyBy(ctx.client);
  for (const key of [...busy].slice(0, Math.max(0, busy.size - MOST_KEPT + 1))) busy.delete(key);
  busy.add(keyOf(place, sent));
};

export const traceTrim = async (ctx: Ctx, place: Place, sent: Sent): Promise<Trace> => {
  const base = path`/nodes/${place.node}/qemu/${place.vmid}`;
  const { value: current, words } = await ask(ctx.client.get(ctx, `${base}/status/current`, Current));
  if (current === undefined) return { found: "unclear", words: `How ${place.name} is could not be read: ${words}`.slice(0, 1000) };
  const before = notedOf(sent)?.uptimeSeconds;
  if (current.status !== "running" || (before !== undefined && (current.uptime ?? 0) < before))
    return {
      found: "unclear",
      words: `${place.name} ${current.status === "running" ? "started anew" : `is ${current.status}`}: a trim inside was cut off. Doing it once more does no harm.`,
    };
  const pong = await ask(ctx.client.look(ctx, `${base}/agent/ping`, Pong));
  if (pong.denied) return { found: "unclear", words: pong.words };
  if (pong.value === undefined) {
    noteBusy(ctx, place, sent);
    return { found: "unclear", words: `The agent of ${place.name} answers nobody, as while it trims: it goes on inside the guest.` };
  }
  const room = await roomBack(ctx, place, sent);
  if (busyBy(ctx.client).has(keyOf(place, sent)))
    return {
      found: "effect",
      words: `The agent of ${place.name} worked longer than Proxmox waits for it and answers again: the trim has ended${room === undefined ? "" : `, and ${room.words}`}.`,
    };
  if (room?.others !== undefined)
    return {
      found: "unclear",
      words: `${room.words}, which may be another's doing (${room.others}): whether ${place.name} has trimmed is not known. Doing it once more does no harm.`.slice(0, 1000),
    };
  if (room !== undefined) return { found: "effect", words: `${room.words}: ${place.name} has trimmed.` };
  return { found: "unclear", words: `The agent of ${place.name} answers, and no room came free: it may have had nothing to trim. Doing it once more does no harm.` };
};
