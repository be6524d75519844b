// Everything a reading says of one resource, in groups of rows a person reads. Generic over names; what is drawn elsewhere on the sheet is left out. Pure.
import type { LiveResource } from "$contract/resource.ts";
import { bytes } from "../format/figure.ts";
import { nameWords, unitOf, valueWords } from "./words.ts";

export interface Row {
  name: string;
  words: string;
}
export interface Group {
  title: string;
  rows: Row[];
}

/** On the sheet already, as bars, as uptime or as the status; or for programs alone. */
const ELSEWHERE: ReadonlySet<string> = new Set(["cpuPercent", "cpus", "memoryBytes", "memoryTotalBytes", "diskBytes", "diskTotalBytes", "uptimeSeconds", "digest"]);

/** By what a name speaks of; the first that fits. */
const GROUPS: readonly { title: string; about: RegExp }[] = [
  { title: "Network", about: /^net|address|^macs?$|bridge|network|^ports?$/i },
  { title: "Upkeep", about: /update|upgrade|certificate|cert\b|expir|kernel|version|release|reboot/i },
  { title: "Copies", about: /backup|snapshot|replicat|verif|prune|garbage|pending/i },
  { title: "Disks", about: /smart|wear|zfs|raid|array|fragment|scrub|temperature|sector|degraded/i },
  { title: "Load", about: /pressure|wait|load|swap|cpu|memory|read|written|write|iops/i },
  { title: "Room", about: /bytes$|full|inode|root|disk|size/i },
  { title: "State", about: /state|health|lock|agent|api|quor|vote|restart|exit|reach|work|fail|error|drift/i },
];
const ORDER = ["State", "Load", "Room", "Disks", "Copies", "Upkeep", "Network", "About"];
const groupOf = (name: string): string => GROUPS.find(({ about }) => about.test(name))?.title ?? "About";

const MOST_ROWS = 100;

type Told = Pick<LiveResource, "labels" | "needs"> & { figures?: LiveResource["figures"] };

const MOST_NAMED = 12;
/** What it cannot run without, by name. */
const needsWords = (needs: readonly string[], nameOf: (id: string) => string): string => {
  const more = needs.length - MOST_NAMED;
  return `${needs.slice(0, MOST_NAMED).map(nameOf).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** `rootBytes` and `rootTotalBytes` become one row. */
const figureRow = (name: string, value: number, figures: Readonly<Record<string, number>>): Row | undefined => {
  const { stem, words } = unitOf(name);
  if (name.endsWith("TotalBytes") && figures[`${name.slice(0, -"TotalBytes".length)}Bytes`] !== undefined) return undefined;
  const total = name.endsWith("Bytes") ? figures[`${stem}TotalBytes`] : undefined;
  if (total === undefined) return { name: nameWords(stem), words: words(value) };
  if (total <= 0) return { name: nameWords(stem), words: "none" };
  return { name: nameWords(stem), words: `${bytes(value)} of ${bytes(total)} (${Math.round((100 * value) / total)} %)` };
};

export const detailsOf = ({ figures = {}, labels = {}, needs = [] }: Told, now: number, nameOf: (id: string) => string = (id) => id): Group[] => {
  const rows: [string, Row][] = needs.length === 0 ? [] : [["About", { name: "Cannot run without", words: needsWords(needs, nameOf) }]];
  for (const [name, value] of Object.entries(figures)) {
    const row = ELSEWHERE.has(name) || !Number.isFinite(value) ? undefined : figureRow(name, value, figures);
    if (row) rows.push([groupOf(name), row]);
  }
  for (const [name, value] of Object.entries(labels))
    if (!ELSEWHERE.has(name) && value !== "") rows.push([groupOf(name), { name: nameWords(name), words: valueWords(value, now) }]);
  const byGroup = Map.groupBy(rows.slice(0, MOST_ROWS), ([title]) => title);
  return ORDER.flatMap((title) => {
    const found = byGroup.get(title);
    return found === undefined ? [] : [{ title, rows: found.map(([, row]) => row) }];
  });
};
