// What HA does with a service whose node is lost: which nodes it may choose by its rules, and whether the guest can start there. Pure; it never guesses past what the rules say.
import type { Affinity, GuestNow, Picture } from "./picture.ts";
import { startable } from "./reach.ts";
import { fits, freeShare, type Room, widest } from "./room.ts";

export interface Way {
  readonly fate: "recovered" | "recovered-tight" | "ha-fails" | "ha-stuck" | "ha-off";
  readonly to: string | undefined;
  readonly words: string;
}

const HELD = new Set(["stopped", "disabled", "ignored"]);

/** The nodes HA may use, best first; a rule's highest priority goes before all others. */
const allowed = (guest: GuestNow, affinities: readonly Affinity[], nodes: readonly string[]): string[][] => {
  const rules = affinities.filter((rule) => rule.vmids.includes(guest.vmid));
  const strict = rules.filter((rule) => rule.strict);
  const may = nodes.filter((node) => strict.every((rule) => rule.nodes.has(node)));
  const worth = (node: string): number => Math.max(-1, ...rules.map((rule) => rule.nodes.get(node) ?? -1));
  const ranks = [...new Set(may.map(worth))].sort((a, b) => b - a);
  return ranks.map((rank) => may.filter((node) => worth(node) === rank));
};

/** HA takes any node of the best rank and does not ask whether the disks are there: one that cannot start it there is a fate of its own. */
export const haWay = (guest: GuestNow, picture: Picture, rooms: readonly Room[], leaving: string): Way => {
  const { state, wanted } = guest.ha ?? { state: "", wanted: undefined };
  if (state === "error") return { fate: "ha-stuck", to: undefined, words: "HA holds it in error and leaves it where it is" };
  if (HELD.has(wanted ?? "started")) return { fate: "ha-off", to: undefined, words: `HA was told to keep it ${wanted}` };
  const nodes = picture.nodes.filter((node) => node.online && node.name !== leaving && node.lrm !== "maintenance" && node.lrm !== "dead").map((node) => node.name);
  const [best] = allowed(guest, picture.affinities, nodes);
  if (best === undefined || best.length === 0) return { fate: "ha-stuck", to: undefined, words: "its HA rule allows no node that stays" };
  const able = startable(guest, picture, best);
  if (able.length === 0) return { fate: "ha-fails", to: undefined, words: `HA would move it to ${best.join(" or ")}, and it could not start there` };
  const open = rooms.filter((room) => able.includes(room.node));
  const bytes = guest.memoryTotalBytes ?? 0;
  const room = widest(open.filter((one) => fits(one, bytes))) ?? widest(open);
  if (room === undefined) return { fate: "recovered-tight", to: able[0], words: `HA starts it on ${able.join(" or ")}, whose memory is not known` };
  const roomy = fits(room, bytes);
  room.afterBytes += bytes;
  const left = Math.round(freeShare(room) * 100);
  const choice = able.length > 1 ? `${room.node} (or ${able.filter((node) => node !== room.node).join(", ")})` : room.node;
  return roomy
    ? { fate: "recovered", to: room.node, words: `HA starts it on ${choice}` }
    : { fate: "recovered-tight", to: room.node, words: `HA starts it on ${choice}, which would have ${left} % of its memory left` };
};
