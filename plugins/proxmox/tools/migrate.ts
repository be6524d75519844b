// proxmox_guest_migrate: a guest to another node, live for a running VM, with a restart for a running container, cold for a stopped one. What stands in the way is said before anything is sent (hazards 18, 20).
import { type Preflight, type Sent, type Verdict, z } from "jarvis";
import type { Ctx } from "../context.ts";
import { Current, GuestConfig, stateOf } from "../shapes/guest.ts";
import { baseOf } from "./base.ts";
import { guestAct } from "./guest-act.ts";
import { disksOf } from "./guest-disks.ts";
import { factOf, mustFact, refused, undoneBy, withFacts } from "./guest-task.ts";
import { guestInput, ONE_OF_BOTH, oneOfBoth, type Place } from "./locate.ts";
import { localDisksOf, lookAtBoth, moveOf, obstacles, targetNode } from "./migrate-check.ts";
import { lookAtGuest } from "./preflight.ts";

const Input = z
  .object({
    ...guestInput,
    target: z.string().min(1).max(100).describe("The node to move to"),
    withLocalDisks: z.boolean().optional().describe("Copy disks that are not on a shared storage; this takes long and loads both nodes"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, place, current, config } = await lookAtGuest(ctx, input, { memory: false });
  if (config === undefined) throw refused(`The configuration of ${place.name} could not be read, so what must move with it is not known.`);
  const target = await targetNode(ctx, input.target, place);
  // What waits for the next start (a CPU type, a device) does not count for one that runs.
  const [seen, inForce] = await Promise.all([lookAtBoth(ctx, place.node, target), ctx.client.get(ctx, `${baseOf(place)}/config`, GuestConfig, { current: true })]);
  const against = obstacles(moveOf(place, current, inForce, { target, withLocalDisks: input.withLocalDisks === true }), seen);
  if (against.length > 0) throw refused(`${place.name} cannot move to ${target}: ${against.join("; ")}.`);
  const copies = localDisksOf(seen.stores.value ?? [], disksOf(config)).length > 0;
  const way = current.status !== "running" ? "cold" : place.sort === "qemu" ? "live" : "restart";
  return withFacts(facts, { target, way, copies: String(copies), status: stateOf(current) });
};

const WAYS: Readonly<Record<string, string>> = { live: "live", restart: "with a restart", cold: "while it is stopped" };

const formOf = ({ sort }: Place, sent: Sent) => {
  const [target, way, copies] = [mustFact(sent, "target"), factOf(sent, "way"), factOf(sent, "copies") === "true"];
  if (sort === "lxc") return { target, ...(way === "restart" ? { restart: true } : {}) };
  return { target, ...(way === "live" ? { online: true, ...(copies ? { "with-local-disks": true } : {}) } : {}) };
};

/** On the target, in the state it was in. */
const verify = async (ctx: Ctx, sent: Sent): Promise<Verdict> => {
  const [target, before] = [mustFact(sent, "target"), factOf(sent, "status")];
  const [sort, vmid] = [factOf(sent, "sort") === "lxc" ? ("lxc" as const) : ("qemu" as const), Number(/\d+$/.exec(sent.preflight?.target ?? "")?.[0])];
  const current = await ctx.client.get(ctx, `${baseOf({ node: target, sort, vmid })}/status/current`, Current);
  const state = stateOf(current);
  const name = current.name ?? `guest ${vmid}`;
  if (current.lock !== undefined) return { ok: false, words: `${name} is on ${target}, locked (${current.lock}).` };
  return { ok: state === before, words: `${name} is on ${target} and ${state}${state === before ? "" : `; it was ${before} before`}.` };
};

export const guestMigrate = guestAct({
  title: "Migrate a guest",
  about:
    "Moves a guest to another node: a running VM live, a running container with a short restart, a stopped one cold. Disks, storages, memory, CPU, release and HA of the target are looked at first; a dry run tells what stands in the way.",
  effect: "disruptive",
  input: Input,
  what: "migrate",
  types: ["qmigrate", "vzmigrate", "hamigrate"],
  deadlineSeconds: 4 * 3600,
  // Under HA the task only orders the move.
  verifySeconds: 900,
  preflight,
  send: async (ctx, place, _, sent) => {
    const target = mustFact(sent, "target");
    const upid = await ctx.client.post(ctx, `${baseOf(place)}/migrate`, formOf(place, sent));
    return { upid, text: `Asked ${place.node} to move ${place.name} (${place.vmid}) to ${target} ${WAYS[factOf(sent, "way") ?? ""] ?? ""}.`, data: { target } };
  },
  undo: (_, sent) => undoneBy(sent, "guest_migrate", { target: factOf(sent, "node"), ...(factOf(sent, "copies") === "true" ? { withLocalDisks: true } : {}) }),
  verify: (ctx, _, sent) => verify(ctx, sent),
});
