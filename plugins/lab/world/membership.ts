// Who is in the cluster as one node sees it, whether that is enough to vote.
import type { Node, World } from "./state.ts";

const alive = (node: Node): boolean => node.power === "on" && node.machine.services.get("corosync")?.state === "running";

/** Members as `from` counts them, itself among them. */
export function membersSeenBy(world: World, from: Node): Node[] {
  if (!alive(from)) return [from];
  return [...world.nodes.values()].filter((node) => alive(node) && node.segment === from.segment);
}

export const isOnline = (world: World, from: Node, node: Node): boolean => membersSeenBy(world, from).includes(node);

/** The half a QDevice votes for: the larger one, of equal ones that with the first node. */
function favoured(world: World): number | undefined {
  const sizes = new Map<number, number>();
  for (const node of world.nodes.values()) if (alive(node)) sizes.set(node.segment, (sizes.get(node.segment) ?? 0) + 1);
  return [...sizes].sort(([, a], [, b]) => b - a)[0]?.[0];
}

export const votesOf = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + node.seed.votes, 0);

/** What the QDevice adds for the node `from`. */
export const deviceVotes = (world: World, from: Node): number => (world.qdevice?.connected && alive(from) && favoured(world) === from.segment ? world.qdevice.votes : 0);

/** Votes there and votes needed, as the node `from` counts them. */
export function quorumOf(world: World, from: Node): { votes: number; needed: number; quorate: boolean } {
  const votes = votesOf(membersSeenBy(world, from)) + deviceVotes(world, from);
  const needed = Math.floor(world.expectedVotes / 2) + 1;
  return { votes, needed, quorate: votes >= needed };
}

/** The node whose view counts where nobody in particular asks: one of the largest segment that is on. */
export function spokesman(world: World): Node | undefined {
  let best: Node | undefined;
  let most = 0;
  for (const node of world.nodes.values()) {
    if (!alive(node)) continue;
    const votes = membersSeenBy(world, node).length;
    if (votes > most) [best, most] = [node, votes];
    if (most * 2 > world.nodes.size) break;
  }
  return best;
}
