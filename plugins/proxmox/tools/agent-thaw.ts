// proxmox_guest_fsfreeze_thaw: lets a VM write again whose file systems a dead backup left frozen. While a backup runs it refuses: the freeze is what makes that backup whole (hazard 29).
import { type Preflight, type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { agentBase, noAgent } from "./agent-answer.ts";
import { placeNoted, refused } from "./guest-task.ts";
import { type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, type Place, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
const State = z.object({ result: z.enum(["frozen", "thawed"]) });
const Thawed = z.object({ result: z.coerce.number().optional() });

/** A POST that only looks; asked with the act token, as the thawing is. */
const stateOf = async (ctx: Ctx, place: Place): Promise<"frozen" | "thawed"> =>
  (await ctx.client.write(ctx, { method: "POST", path: `${agentBase(place)}/fsfreeze-status`, answer: State })).result;

const preflight = async (ctx: Ctx, input: GuestInput): Promise<Preflight> => {
  const look = await lookAtGuest(ctx, input, { memory: false });
  const no = noAgent(look);
  if (no !== undefined) throw refused(no);
  const state = await stateOf(ctx, look.place);
  return state === "frozen" ? look.preflight : { ...look.preflight, already: `the file systems of ${look.place.name} are not frozen` };
};

const lookAgain = async (ctx: Ctx, input: GuestInput) => {
  const place = await locateInput(ctx, input);
  return { place, state: await stateOf(ctx, place) };
};

export const guestThaw: Tool<Config, Client, typeof Input> = {
  title: "Thaw a VM's file systems",
  about: "Ends a file system freeze that a broken backup left behind in a VM: it runs, answers, and writes nothing. Not while a backup runs.",
  effect: "disruptive",
  input: Input,
  output: z.object({ vmid: z.number(), node: z.string(), fileSystems: z.number().optional() }),
  target: targetOf,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    const { result: count } = await ctx.client.write(ctx, { method: "POST", path: `${agentBase(place)}/fsfreeze-thaw`, answer: Thawed });
    const text = `Thawed ${count === undefined ? "the file systems" : `${count} file systems`} of ${place.name} (${place.vmid}).`;
    return { text, data: { vmid: place.vmid, node: place.node, ...(count === undefined ? {} : { fileSystems: count }) } };
  },
  verify: async (ctx, input) => {
    const { place, state } = await lookAgain(ctx, input);
    return { ok: state === "thawed", words: `The file systems of ${place.name} are ${state}.` };
  },
  trace: async (ctx, input) => {
    const { place, state } = await lookAgain(ctx, input);
    const words = `The file systems of ${place.name} are ${state}.`;
    return state === "thawed" ? { found: "effect", words } : { found: "absence", words };
  },
};
