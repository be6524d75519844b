// What a forecast looks at: the cluster as it was read a moment ago, without a way to read more. What could not be read is named in `unread` and is never taken for "there is none".
import type { Lrm } from "../shapes/ha.ts";
import { type Ballot, type Leaving, withoutNode } from "../shapes/votes.ts";

export interface NodeNow {
  readonly name: string;
  readonly online: boolean;
  readonly address: string | undefined;
  readonly memoryBytes: number | undefined;
  readonly memoryTotalBytes: number | undefined;
  /** What HA's local manager says of itself; undefined: HA is not used or was not read. */
  readonly lrm: Lrm["mode"] | undefined;
}

export interface GuestNow {
  readonly vmid: number;
  readonly name: string;
  readonly kind: "vm" | "ct";
  readonly node: string;
  /** On a node that is away: whether it ran there when it was last seen. */
  readonly running: boolean;
  readonly template: boolean;
  /** All it may use, as configured. */
  readonly memoryTotalBytes: number | undefined;
  /** Names of the storages of its disks; undefined: its configuration could not be read. */
  readonly storages: readonly string[] | undefined;
  /** Folders and devices of its node that it uses. */
  readonly bound: readonly string[];
  readonly addresses: readonly string[];
  /** Under HA: its state, and what HA was told to make of it. */
  readonly ha: { readonly state: string; readonly wanted: string | undefined } | undefined;
}

export interface StoreNow {
  readonly name: string;
  readonly type: string;
  readonly shared: boolean;
  /** Nodes it is restricted to; undefined: every one. */
  readonly nodes: readonly string[] | undefined;
  readonly server: string | undefined;
  /** Nodes on which it was available a moment ago. */
  readonly available: readonly string[];
}

/** Where HA services like to be: a group (8.x) or a node-affinity rule (9.x). */
export interface Affinity {
  readonly vmids: readonly number[];
  /** By name, with its priority; the highest is preferred. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Only there. */
  readonly strict: boolean;
}

export interface Replica {
  readonly id: string;
  readonly vmid: number;
  readonly target: string;
  /** Epoch ms of the last copy that went well; undefined: never, or not known. */
  readonly lastSyncMs: number | undefined;
  readonly failing: boolean;
}

export interface Picture {
  readonly atMs: number;
  readonly quorate: boolean;
  /** How votes are counted; undefined: one each, and nobody else votes. */
  readonly ballot?: Ballot | undefined;
  readonly nodes: readonly NodeNow[];
  readonly guests: readonly GuestNow[];
  readonly stores: readonly StoreNow[];
  readonly affinities: readonly Affinity[];
  readonly replicas: readonly Replica[];
  /** Half sentences: what could not be read, and why. */
  readonly unread: readonly string[];
}

/** The votes as they are and without the node. */
export const quorumWithout = ({ nodes, quorate, ballot }: Pick<Picture, "nodes" | "quorate" | "ballot">, node: string): Leaving => withoutNode(nodes, quorate, ballot, node);

export const inGib = (bytes: number): string => `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`;

const MOST_NAMED = 12;
/** `a, b, c and 4 more` */
export const named = (words: readonly string[]): string =>
  words.length <= MOST_NAMED ? words.join(", ") : `${words.slice(0, MOST_NAMED).join(", ")} and ${words.length - MOST_NAMED} more`;
