// Slots: the only holes a runbook's steps may have, each of one type. Filled from the incident's own resource, or given by who runs the runbook; never text of a model, and never a guess. Pure.
import { type Prescribed, z } from "jarvis";

type Found = Prescribed["resource"];

interface Slot {
  readonly type: z.ZodType<string | number>;
  readonly example: string;
  /** From a resource, its id known even where the resource is not. */
  readonly from?: (id: string, resource: Found) => unknown;
}

const part = (pattern: RegExp, id: string): string | undefined => pattern.exec(id)?.[1];
const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
const nodeOf = (id: string): string | undefined => part(/^node\/([^/]+)$/, id);
const label = (resource: Found, key: string): string | undefined => resource?.labels?.[key];

export const SLOTS = {
  vmid: { type: z.number().int().min(100).max(999_999_999), example: "101", from: (id) => number(part(/^guest\/(\d{3,9})$/, id)) },
  node: {
    type: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/i),
    example: "pve1",
    from: (id, resource) => nodeOf(id) ?? nodeOf(resource?.parent ?? "") ?? part(/^storage\/(?!shared\/)([^/]+)\/[^/]+$/, id),
  },
  storage: { type: z.string().regex(/^[a-z][a-z0-9._-]{0,99}$/i), example: "local-lvm", from: (id) => part(/^storage\/[^/]+\/([^/]+)$/, id) },
  container: {
    type: z.string().regex(/^[a-z0-9][a-z0-9/_.-]{0,200}$/i),
    example: "container/nas/grafana",
    from: (id) => (id.startsWith("container/") ? id : undefined),
  },
  resource: { type: z.string().regex(/^[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9._@/-]{0,180}$/), example: "guest/101", from: (id) => id },
  name: { type: z.string().min(1).max(200), example: "nextcloud", from: (id, resource) => resource?.name ?? id },
  /** The oldest of the guest's snapshots. */
  snapshot: { type: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,39}$/), example: "before-update", from: (_, resource) => label(resource, "oldestsnapshot") },
  /** A replication job; found by the state, not by the resource. */
  job: { type: z.string().regex(/^\d{3,9}-\d{1,9}$/), example: "101-0" },
} as const satisfies Record<string, Slot>;

export type SlotName = keyof typeof SLOTS;
export const SLOT_NAMES: readonly SlotName[] = z
  .array(z.enum(["vmid", "node", "storage", "container", "resource", "name", "snapshot", "job"] as const satisfies readonly SlotName[]))
  .parse(Object.keys(SLOTS));

export type Slots = Partial<Record<SlotName, string | number>>;

const isSlot = (name: string): name is SlotName => Object.hasOwn(SLOTS, name);

/** Those of the incident's resource that are known; `more`: found elsewhere. */
export const slotsOf = (id: string, resource: Found, more: Slots = {}): Slots => {
  const own = SLOT_NAMES.map((name): [SlotName, unknown] => {
    const slot: Slot = SLOTS[name];
    return [name, more[name] ?? slot.from?.(id, resource)];
  });
  return typed(Object.fromEntries(own));
};

/** What of it fits its slot. */
export const typed = (given: Readonly<Record<string, unknown>>): Slots => {
  const fits: Slots = {};
  for (const name of SLOT_NAMES) {
    const slot: Slot = SLOTS[name];
    const read = slot.type.safeParse(given[name]);
    if (read.success) fits[name] = read.data;
  }
  return fits;
};

/** What does not fit its slot, with an example of what does. */
export const unfitting = (needs: readonly SlotName[], given: Readonly<Record<string, unknown>>): { name: string; message: string }[] =>
  needs.flatMap((name) => {
    if (given[name] === undefined) return [{ name, message: `is missing: expected such as ${SLOTS[name].example}` }];
    return SLOTS[name].type.safeParse(given[name]).success ? [] : [{ name, message: `is no ${name}: expected such as ${SLOTS[name].example}` }];
  });

const HOLE = /\{([a-z]+)\}/g;

/** The names of all holes in a value, at any depth. */
export const holesIn = (value: unknown): string[] => {
  if (typeof value === "string") return [...value.matchAll(HOLE)].flatMap(([, name]) => name ?? []);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(holesIn);
  return [];
};

/** `{vmid}` alone keeps the value's own type, within words it becomes text; what has no value stays a hole. */
export const fill = (value: unknown, slots: Slots): unknown => {
  if (Array.isArray(value)) return value.map((inner) => fill(inner, slots));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, slots)]));
  if (typeof value !== "string") return value;
  const [, whole] = /^\{([a-z]+)\}$/.exec(value) ?? [];
  if (whole !== undefined && isSlot(whole)) return slots[whole] ?? value;
  return value.replace(HOLE, (hole, name: string) => (isSlot(name) ? String(slots[name] ?? hole) : hole));
};
