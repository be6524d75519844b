// proxmox_guest_unlock: takes a stale lock off a guest, with proof that nobody holds it. Refuses locks of moves, clones and rollbacks, and every doubt. Proxmox lets only root@pam do it, and of containers nobody; then the proof and the command for the node's shell are told.
import { type Preflight, type Sent, type Tool, type Trace, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { Guarded } from "../client/digest.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { baseOf } from "./base.ts";
import { mustFact, placeNoted, refused, withFacts } from "./guest-task.ts";
import { atPlace, type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, type Place, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { CAN_UNLOCK, stillOwned } from "./unlock-proof.ts";

const DEFAULT_MINUTES = 60;
const MINUTE_MS = 60_000;

const Input = z
  .object({ ...guestInput, olderThanMinutes: z.number().int().min(30).max(10_080).optional().describe("How long no task may have touched the guest, 60 unless said") })
  .refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

/**
 * Why no call of ours takes it off, for the sentence with the command. `PUT .../qemu/{vmid}/config` takes skiplock from the user root@pam alone (not from its tokens);
 * `PUT .../lxc/{vmid}/config` knows no skiplock and refuses a locked container whatever is to be changed.
 */
const whyByHand = ({ sort }: Place, user: string | undefined): string | undefined => {
  if (sort === "lxc") return "takes it off a container at the node's own shell only, for root too";
  return user === "root@pam" ? undefined : "lets only root@pam take it off";
};

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, place } = await lookAtGuest(ctx, input, { memory: false });
  const { lock, ...unlocked } = facts;
  const config = await ctx.client.get(ctx, `${baseOf(place)}/config`, Guarded);
  const noted = withFacts(unlocked, { digest: config.digest, lock: lock ?? "" });
  if (lock === undefined) return { ...noted, already: `${place.name} is not locked` };
  if (!CAN_UNLOCK.has(lock))
    throw refused(
      `${place.name} has the lock ${lock}: what it was taken for may be half done. Look at the guest's disks and tasks on ${place.node} first; Jarvis does not unlock that.`,
    );
  const minutes = input.olderThanMinutes ?? DEFAULT_MINUTES;
  const owner = await stillOwned(ctx, place, lock, ctx.client.serverTime(ctx) - minutes * MINUTE_MS);
  if (owner !== undefined) throw refused(`The lock ${lock} of ${place.name} may still have its owner: ${owner}.`);
  const proof = `no task on any node has touched ${place.name} for ${minutes} minutes`;
  const byHand = whyByHand(place, ctx.client.identity.act);
  if (byHand !== undefined)
    throw refused(
      `The lock ${lock} of ${place.name} is stale (${proof}), but Proxmox ${byHand}. On ${place.node} run: ${place.sort === "qemu" ? "qm" : "pct"} unlock ${place.vmid}`,
    );
  return withFacts(noted, { proof });
};

const lockNow = async (ctx: Ctx, input: GuestInput) => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) => client.get(ctx, `${baseOf(at)}/config`, Guarded));
  return { place, lock: typeof value.lock === "string" && value.lock !== "" ? value.lock : undefined };
};

/** Nobody but a person at a shell takes a lock off without a task; its absence is told as what it is. */
const trace = async (ctx: Ctx, input: Input, sent: Sent): Promise<Trace> => {
  const { place, lock } = await lockNow(ctx, input);
  if (lock === undefined) return { found: "effect", words: `${place.name} has no lock any more.` };
  if (lock === mustFact(sent, "lock")) return { found: "absence", words: `${place.name} still has its lock ${lock}.` };
  return { found: "unclear", words: `${place.name} has another lock now (${lock}).` };
};

export const guestUnlock: Tool<Config, Client, typeof Input> = {
  title: "Take a stale lock off a guest",
  about:
    "Removes a lock that a dead backup or snapshot left on a guest, after proof that no task anywhere holds it. Never for moves, clones or rollbacks. VMs only, with a login as root@pam; else, and for containers, it tells the command.",
  effect: "destructive",
  input: Input,
  output: z.object({ vmid: z.number(), node: z.string(), lock: z.string() }),
  target: targetOf,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    const [digest, lock] = [mustFact(sent, "digest"), mustFact(sent, "lock")];
    await ctx.client.write(ctx, { method: "PUT", path: `${baseOf(place)}/config`, form: { delete: "lock", skiplock: true, digest }, answer: z.unknown() });
    return { text: `Took the lock ${lock} off ${place.name} (${place.vmid}).`, data: { vmid: place.vmid, node: place.node, lock } };
  },
  verify: async (ctx, input) => {
    const { place, lock } = await lockNow(ctx, input);
    return { ok: lock === undefined, words: lock === undefined ? `${place.name} has no lock.` : `${place.name} is locked (${lock}).` };
  },
  trace,
};
