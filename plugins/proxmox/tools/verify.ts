// Looks at the world after an act: running with a growing uptime, or stopped. One look each time; the pipeline asks twice.
import type { Verdict } from "jarvis";
import { z } from "jarvis";
import type { Ctx } from "../context.ts";
import { Current, stateOf } from "../shapes/guest.ts";
import { baseOf } from "./base.ts";
import { atPlace, type GuestInput, locateInput } from "./locate.ts";

const Seen = z.object({ uptimeSeconds: z.number() });

const look = async (ctx: Ctx, input: GuestInput): Promise<{ current: Current; name: string }> => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) => client.get(ctx, `${baseOf(at)}/status/current`, Current));
  return { current: value, name: value.name ?? place.name };
};

/** `below`: an uptime a restarted guest must be under at the first look (a reboot that did not happen keeps the old one). */
export const verifyRunning = async (ctx: Ctx, input: GuestInput, earlier: Verdict | undefined, below?: number): Promise<Verdict> => {
  const { current, name } = await look(ctx, input);
  const state = stateOf(current);
  const uptimeSeconds = current.uptime ?? 0;
  if (state !== "running") return { ok: false, words: `${name} is ${state}.` };
  if (below !== undefined && uptimeSeconds >= below) return { ok: false, words: `${name} runs with its old uptime of ${uptimeSeconds} s: it has not been restarted.` };
  const before = Seen.safeParse(earlier?.ok ? earlier.seen : undefined);
  if (before.success && uptimeSeconds <= before.data.uptimeSeconds)
    return { ok: false, words: `${name} runs, but its uptime went from ${before.data.uptimeSeconds} s to ${uptimeSeconds} s: it started anew.`, seen: { uptimeSeconds } };
  return { ok: true, words: `${name} is running, up for ${uptimeSeconds} s.`, seen: { uptimeSeconds } };
};

export const verifyStopped = async (ctx: Ctx, input: GuestInput): Promise<Verdict> => {
  const { current, name } = await look(ctx, input);
  return { ok: current.status === "stopped", words: `${name} is ${stateOf(current)}.` };
};
