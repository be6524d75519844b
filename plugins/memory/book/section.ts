// What Jarvis writes of one thing in the lab book: what it is, where it stands, what it needs and carries. Nothing that changes by the minute. Pure.
import { z } from "jarvis";

/** Of what exists, as core/resources tells it; the rest of it is not looked at. */
export const Thing = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  needs: z.array(z.string()).optional(),
  vmid: z.number().optional(),
  guestKind: z.string().optional(),
  template: z.boolean().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});
export type Thing = z.output<typeof Thing>;

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = { node: "Node", guest: "Guest", container: "Container" };
/** Labels that say what a thing is, rather than how. */
const TELLING: readonly (readonly [label: string, word: string])[] = [
  ["image", "Image"],
  ["tags", "Tags"],
  ["project", "Project"],
];
const [MOST_SECTIONS, MOST_NAMED, LONGEST_NAME] = [2000, 30, 100];

/** Names come from outside: one line, bounded, and nothing in them is markdown or a comment. */
export const escaped = (text: string, longest = LONGEST_NAME): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, longest)
    .replace(/[\\`*_[\]#|<>]/g, "\\$&")
    .replace(/--/g, "-\\-");

const what = ({ kind, guestKind, vmid }: Thing): string => {
  if (kind !== "guest") return KINDS[kind] ?? kind;
  return `${guestKind === "ct" ? "Container (LXC)" : guestKind === "vm" ? "VM" : "Guest"}${vmid === undefined ? "" : ` ${vmid}`}`;
};

const listed = (names: readonly string[]): string => {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** Guests by number, the rest by name. */
const order = (a: Thing, b: Thing): number =>
  Object.keys(KINDS).indexOf(a.kind) - Object.keys(KINDS).indexOf(b.kind) || (a.vmid ?? 0) - (b.vmid ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export const sectionsOf = (all: readonly Thing[]): Section[] => {
  const byId = new Map(all.map((thing) => [thing.id, thing]));
  const called = (id: string): string => {
    const name = byId.get(id)?.name;
    return name === undefined || name === "" ? escaped(id) : `${escaped(name)} (${escaped(id)})`;
  };
  const carried = Map.groupBy(
    all.filter(({ template }) => template !== true),
    ({ parent }) => parent ?? "",
  );
  return all
    .filter(({ kind, template }) => kind in KINDS && template !== true)
    .sort(order)
    .slice(0, MOST_SECTIONS)
    .map((thing) => {
      const carries = (carried.get(thing.id) ?? []).filter(({ kind }) => kind in KINDS).sort(order);
      const lines = [
        `- ${what(thing)}${thing.parent === undefined ? "" : ` on ${called(thing.parent)}`}`,
        ...TELLING.flatMap(([label, word]) => (thing.labels?.[label] ? [`- ${word}: ${escaped(thing.labels[label], 200)}`] : [])),
        ...(thing.needs?.length ? [`- Needs: ${listed([...thing.needs].sort().map(called))}`] : []),
        ...(carries.length > 0 ? [`- On it: ${listed(carries.map(({ name, id }) => escaped(name || id)))}`] : []),
      ];
      return { id: thing.id, title: `${escaped(thing.name || thing.id)} (${thing.id})`, lines };
    });
};
