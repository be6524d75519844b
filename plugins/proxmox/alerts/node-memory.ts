// A node that lives from its swap: memory used up and swap with it, or work that stands still for want of memory. A page cache that fills memory is none: `used` leaves it out.
import type { Alert } from "jarvis";
import type { NodeState } from "../monitors/node-state.ts";
import { alertOf, isOpen, nodeId, shareOf } from "./tell.ts";

const KEY = "node-memory-short";
const [MEMORY_PERCENT, SWAP_PERCENT, FULL_PERCENT] = [95, 50, 10];
/** Below these it is over. */
const [MEMORY_KEEP_PERCENT, SWAP_KEEP_PERCENT, FULL_KEEP_PERCENT] = [90, 30, 4];
/** A guest that boots or a backup that begins passes by. */
const STANDS_S = 120;

export const memoryAlert = (node: NodeState, open: readonly Alert[]): Alert | undefined => {
  const resource = nodeId(node.name);
  const [memory, swap, full] = [shareOf(node.memoryBytes, node.memoryTotalBytes), shareOf(node.swapBytes, node.swapTotalBytes), node.pressure?.pressureMemoryFullPercent];
  const kept = isOpen(open, KEY, resource);
  const used = memory !== undefined && memory >= (kept ? MEMORY_KEEP_PERCENT : MEMORY_PERCENT) && (swap ?? 0) >= (kept ? SWAP_KEEP_PERCENT : SWAP_PERCENT);
  const waits = full !== undefined && full >= (kept ? FULL_KEEP_PERCENT : FULL_PERCENT);
  if (!used && !waits) return undefined;
  const words = [
    ...(memory === undefined ? [] : [`memory ${Math.round(memory)} % used`]),
    ...(swap === undefined ? [] : [`swap ${Math.round(swap)} %`]),
    ...(full === undefined ? [] : [`${Math.round(full)} % of the time everything waits for memory`]),
  ].join(", ");
  return alertOf({
    key: KEY,
    resource,
    severity: "warning",
    title: `${node.name} is short of memory`,
    why: `${words}, for ${STANDS_S / 60} minutes: next the kernel kills the largest guest on it`,
    cause: "memory",
    afterSeconds: STANDS_S,
    evidence: [{ what: words, source: `GET /nodes/${node.name}/status`, at: node.at }],
  });
};
