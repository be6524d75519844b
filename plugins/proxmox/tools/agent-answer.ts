// The guest agent of a running VM: whether it is there to be asked, in words that tell the three ways it may not be. Containers have none.
import { z } from "jarvis";
import type { Ctx } from "../context.ts";
import type { GuestConfig } from "../shapes/guest.ts";
import { baseOf } from "./base.ts";
import { refused } from "./guest-task.ts";
import type { Place } from "./locate.ts";
import type { Look } from "./preflight.ts";

export const agentBase = (place: Pick<Place, "node" | "sort" | "vmid">): string => `${baseOf(place)}/agent`;

export const isConfigured = (config: GuestConfig | undefined): boolean => {
  const agent = config?.agent;
  return agent !== undefined && agent !== null && /^(?:1|enabled=1)\b|,enabled=1\b/.test(String(agent === true ? 1 : agent));
};

/** Why the agent cannot be asked; undefined: it may be there. Pure. */
export const noAgent = ({ place, current, config }: Pick<Look, "place" | "current" | "config">): string | undefined => {
  if (place.sort === "lxc")
    return `${place.name} is a container: Proxmox has no guest agent and no call to run commands in containers. On ${place.node}: pct exec ${place.vmid} -- COMMAND; or use its console or SSH.`;
  if (current.status !== "running") return `${place.name} is ${current.status}; its agent answers only while it runs.`;
  if (config === undefined) return `The configuration of ${place.name} could not be read, so whether it has an agent is not known.`;
  if (!isConfigured(config)) return `${place.name} has no guest agent configured (agent: 1 in its options, and qemu-guest-agent installed inside).`;
  return undefined;
};

/** Asks it once; a silent one costs 3 s and is refused in Proxmox's words. */
export const mustAnswer = async (ctx: Ctx, look: Look): Promise<void> => {
  const no = noAgent(look);
  if (no !== undefined) throw refused(no);
  await ctx.client.write(ctx, { method: "POST", path: `${agentBase(look.place)}/ping`, answer: z.unknown() });
};
