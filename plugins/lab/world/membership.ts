// Who is in the cluster as one node sees it, whether that is enough to vote.
import type { Node, World } from "./state.ts";

const alive = (node: Node): boolean => node.power === "on" && node.machine.services.get("corosync")?.state === "running";

/** Members as `from` counts them, itself among them. */
export function membersSeenBy(world: World, from: Node): Node[] {
  if (!alive(from)) return [from];
  return [...world.nodes.values()].filter((node) => alive(node) && node.segment === from.segment);
}

export const isOnline = (world: World, from: Node, node: Node): boolean => membersSeenBy(world, from).includes(node);

/** Votes there and votes needed, as the node `from` counts them. */
export function quorumOf(world: World, from: Node): { votes: number; needed: number; quorate: boolean } {
  const votes = membersSeenBy(world, from).length;
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
