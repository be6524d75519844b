// What a credential may see and do, by GET /access/permissions, held against what Jarvis needs (needs.ts). Decides only: what it cannot know it calls unknown, never granted and never nothing.
import { z } from "jarvis";
import { looseFlag } from "../shapes/loose.ts";
import type { Need } from "./needs.ts";

/** Path -> privilege -> whether it holds below that path too. */
export const Permissions = z.record(z.string(), z.record(z.string(), looseFlag));
export type Permissions = z.output<typeof Permissions>;

/** `part`: on some of what lies below the path, and not on the path itself. */
export type Grade = "granted" | "part" | "missing";

export interface Lack {
  readonly need: Need;
  readonly grade: "part" | "missing";
  /** The privilege as this release calls it. */
  readonly privilege: string;
  /** Where it is held, when in part. */
  readonly only: readonly string[];
  /** `unknown: needs Sys.Audit on /` */
  readonly words: string;
}

const MOST_PARTS = 5;

const isUnder = (path: string, above: string): boolean => above === "/" || path === above || path.startsWith(`${above}/`);

/** Proxmox lists these whenever anything is held there, so that their absence means: nothing. What it does not list by itself has what stands above it. */
const ALWAYS_LISTED = new Set(["/access", "/nodes", "/sdn", "/storage", "/vms"]);

const topOf = (path: string): string => `/${path.split("/")[1] ?? ""}`;

/** The deepest path of the list that decides about `path`; its entry has everything that reaches it from above already. */
const deciding = (tree: Permissions, path: string): string | undefined =>
  Object.keys(tree)
    .filter((listed) => isUnder(path, listed) && !(listed === "/" && ALWAYS_LISTED.has(topOf(path))))
    .sort((a, b) => b.length - a.length)[0];

export const holds = (tree: Permissions, path: string, privilege: string): boolean => {
  const from = deciding(tree, path);
  const propagates = from === undefined ? undefined : tree[from]?.[privilege];
  return from === path ? propagates !== undefined : propagates === true;
};

const FIRST_WITH_NEW_NAMES = 9;
/** Before 9 the one privilege for all that the guest agent does. */
const OLD_AGENT = "VM.Monitor";

/** The need as this release knows it; an unknown one counts as the present. */
export const asOf = (need: Need, release: number | undefined): Need => {
  if (release === undefined) return need;
  if (release < FIRST_WITH_NEW_NAMES && need.older !== undefined) return { ...need, path: need.older.path, privileges: [need.older.privilege] };
  if (!need.privileges.includes(OLD_AGENT)) return need;
  if (release < FIRST_WITH_NEW_NAMES) return { ...need, privileges: [OLD_AGENT] };
  const [first, ...rest] = need.privileges;
  return { ...need, privileges: [first, ...rest.filter((privilege) => privilege !== OLD_AGENT)] };
};

const partsOf = (tree: Permissions, { path, privileges }: Need): string[] =>
  Object.keys(tree)
    .filter((listed) => listed !== path && (isUnder(listed, path) || listed.startsWith("/pool/")) && privileges.some((privilege) => tree[listed]?.[privilege] !== undefined))
    .sort();

export const gradeOf = (tree: Permissions, need: Need): { grade: Grade; only: string[] } => {
  if (need.privileges.some((privilege) => holds(tree, need.path, privilege))) return { grade: "granted", only: [] };
  const only = partsOf(tree, need);
  return only.length > 0 ? { grade: "part", only: only.slice(0, MOST_PARTS) } : { grade: "missing", only: [] };
};

/** `release`: the major one, as VM.Monitor became VM.GuestAgent.* in 9. */
export const privilegeOf = (need: Need, release: number | undefined): string => asOf(need, release).privileges[0];

export const lacksOf = (tree: Permissions, needs: readonly Need[], release: number | undefined): Lack[] =>
  needs.flatMap((known) => {
    const need = asOf(known, release);
    const { grade, only } = gradeOf(tree, need);
    if (grade === "granted") return [];
    const [privilege] = need.privileges;
    const where = grade === "part" ? ` (held only on ${only.join(", ")})` : "";
    return [{ need, grade, privilege, only, words: `unknown: needs ${privilege} on ${need.path}${where}` }];
  });
