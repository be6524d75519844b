// proxmox_guest_reset, _suspend, _resume: a VM's processors, by QEMU's own verbs. Containers have none of the three; what HA keeps is not reset or paused behind its back (P7).
import { type Preflight, type Verdict, z } from "jarvis";
import type { Ctx } from "../context.ts";
import { Current, stateOf } from "../shapes/guest.ts";
import { withBackup } from "./backup-fact.ts";
import { baseOf } from "./base.ts";
import { guestAct } from "./guest-act.ts";
import { refused, undoneBy } from "./guest-task.ts";
import { atPlace, type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { verifyRunning } from "./verify.ts";

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);

const PAUSED = new Set(["paused", "suspended"]);
/** States `resume` leads out of; an input/output error comes again while its cause stands, and the task says so. */
const CAN_RESUME = new Set([...PAUSED, "io-error", "prelaunch"]);

const INSTEAD = {
  reset: "use proxmox_guest_reboot, or proxmox_guest_stop and proxmox_guest_start",
  suspend: "freezing a container is experimental in Proxmox and can hang its file systems; use proxmox_guest_shutdown",
  resume: "a container is never paused by Proxmox; use proxmox_guest_start",
} as const;
type Verb = keyof typeof INSTEAD;

/** What stands against the verb in this state; undefined: nothing. */
export const against = (verb: Verb, name: string, state: string): string | undefined => {
  if (state === "stopped") return `${name} is stopped: there is nothing to ${verb}. ${verb === "suspend" ? "" : "Use proxmox_guest_start."}`.trim();
  if (verb === "resume" && state === "internal-error") return `${name} is in state internal-error, which QEMU cannot leave: it needs proxmox_guest_reset.`;
  if (verb === "resume" && state !== "running" && !CAN_RESUME.has(state)) return `${name} is ${state}, which resume does not lead out of.`;
  if (verb === "suspend" && state !== "running" && !PAUSED.has(state)) return `${name} is ${state}; only a running guest can be suspended.`;
  return undefined;
};

const preflight = async (ctx: Ctx, input: GuestInput, verb: Verb): Promise<Preflight> => {
  const {
    preflight: facts,
    place,
    current,
  } = await lookAtGuest(ctx, input, { memory: false, pastHa: verb !== "resume", ...(verb === "resume" ? { makes: "running" as const } : {}) });
  if (place.sort === "lxc") throw refused(`${place.name} is a container, which has no ${verb}: ${INSTEAD[verb]}.`);
  const state = stateOf(current);
  const no = against(verb, place.name, state);
  if (no !== undefined) throw refused(no);
  if (verb === "reset") return withBackup(ctx, facts);
  return verb === "suspend" && PAUSED.has(state) ? { ...facts, already: `${place.name} is ${state} already` } : facts;
};

const verifyPaused = async (ctx: Ctx, input: GuestInput): Promise<Verdict> => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) => client.get(ctx, `${baseOf(at)}/status/current`, Current));
  const state = stateOf(value);
  return { ok: PAUSED.has(state), words: `${value.name ?? place.name} is ${state}.` };
};

const DOING: Readonly<Record<Verb, string>> = { reset: "reset", suspend: "suspend", resume: "resume" };

const pauseTool = (verb: Verb, words: { title: string; about: string; effect: "reversible" | "disruptive" }) =>
  guestAct({
    ...words,
    input: Input,
    what: verb,
    // QEMU's pause is `qmpause` in task lists of newer releases.
    types: verb === "suspend" ? ["qmsuspend", "qmpause"] : [`qm${verb}`],
    deadlineSeconds: 120,
    preflight: (ctx, input) => preflight(ctx, input, verb),
    send: async (ctx, place) => ({
      upid: await ctx.client.post(ctx, `${baseOf(place)}/status/${verb}`),
      text: `Asked ${place.node} to ${DOING[verb]} ${place.name} (${place.vmid}).`,
    }),
    undo: (_, sent) => (verb === "reset" ? undefined : undoneBy(sent, verb === "suspend" ? "guest_resume" : "guest_suspend")),
    verify: (ctx, input, _, earlier) => (verb === "suspend" ? verifyPaused(ctx, input) : verifyRunning(ctx, input, earlier)),
  });

export const guestReset = pauseTool("reset", {
  title: "Reset a VM",
  about: "Presses a VM's reset button: its system restarts at once and unsaved data is lost. Only for a VM that hangs; else proxmox_guest_reboot. Not for containers.",
  effect: "disruptive",
});

export const guestSuspend = pauseTool("suspend", {
  title: "Suspend a VM",
  about: "Pauses a running VM where it stands, its memory kept; it serves nobody until proxmox_guest_resume. Not for containers.",
  effect: "disruptive",
});

export const guestResume = pauseTool("resume", {
  title: "Resume a VM",
  about: "Lets a paused VM go on. For a stopped one use proxmox_guest_start. After an input/output error it helps only once the storage has room again.",
  effect: "reversible",
});
