// What all detectors share: an alert with its proof, whether one is open already, and figures in words. Decides nothing about what is wrong.
import type { Alert, Evidence } from "jarvis";

export interface Told extends Omit<Alert, "cause" | "evidence" | "why"> {
  readonly why: string;
  readonly cause: string;
  readonly evidence: readonly Evidence[];
}

const [LONGEST_TITLE, LONGEST_WHY, LONGEST_PIECE, MOST_EVIDENCE] = [300, 500, 1000, 20];

/** Within the bounds an alert has. */
export const alertOf = ({ evidence, ...told }: Told): Alert => ({
  ...told,
  title: told.title.slice(0, LONGEST_TITLE),
  why: told.why.slice(0, LONGEST_WHY),
  evidence: evidence.slice(0, MOST_EVIDENCE).map((piece) => ({ ...piece, what: piece.what.slice(0, LONGEST_PIECE), source: piece.source.slice(0, 300) })),
});

export const isOpen = (open: readonly Alert[], key: string, resource: string): boolean => open.some((alert) => alert.key === key && alert.resource === resource);

export const nodeId = (name: string): string => `node/${name.toLowerCase()}`;

/** Of `node/pve` and `storage/pve/tank` the node; of what is shared, of guests and of the cluster none. */
const nodeIn = (resource: string): string | undefined => /^(?:node|storage)\/([^/]+)/.exec(resource)?.[1];

export const isOneNodes = ({ resource }: Pick<Alert, "resource">): boolean => !["shared", undefined].includes(nodeIn(resource));

/** Of a monitor that takes the nodes in turn: whether the node that an alert is about is among those it has looked at. */
export const isLookedAt = (nodes: Readonly<Record<string, unknown>>, { resource }: Pick<Alert, "resource">): boolean => {
  const node = nodeIn(resource);
  return node === undefined || node === "shared" || Object.keys(nodes).some((name) => name.toLowerCase() === node);
};

/** The same by those that it still has to look at: who is not in sight any more is not waited for. */
export const isNotWaiting = (waiting: readonly string[], { resource }: Pick<Alert, "resource">): boolean => {
  const node = nodeIn(resource);
  return node === undefined || !waiting.some((name) => name.toLowerCase() === node);
};

export const shareOf = (used: number | undefined, total: number | undefined): number | undefined =>
  used === undefined || total === undefined || total <= 0 ? undefined : (used / total) * 100;

const GIB = 1024 ** 3;
export const gib = (bytes: number): string => `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)} GiB`;
