// Which thing a person means: exact names beat parts, parts beat near misses; more than one is asked about. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import { didYouMean } from "../../lib/nearest.ts";

export type Meant = { found: "one"; resource: LiveResource } | { found: "many"; resources: LiveResource[] } | { found: "none" };

const MOST_CANDIDATES = 8;
const KIND_WORDS: Record<string, LiveResource["kind"]> = {
  guest: "guest",
  vm: "guest",
  ct: "guest",
  lxc: "guest",
  machine: "guest",
  container: "container",
  node: "node",
  gast: "guest",
  maschine: "guest",
  knoten: "node",
  host: "node",
  server: "node",
  storage: "storage",
  disk: "storage",
  service: "service",
};
const FILLERS = new Set([
  "the",
  "a",
  "an",
  "my",
  "our",
  "please",
  "now",
  "again",
  "vm",
  "ct",
  "lxc",
  "guest",
  "container",
  "node",
  "host",
  "server",
  "machine",
  "storage",
  "disk",
  "service",
  "box",
  "instance",
  "up",
  "der",
  "die",
  "das",
  "den",
  "dem",
  "des",
  "mein",
  "meine",
  "meinen",
  "gast",
  "maschine",
  "rechner",
  "knoten",
  "kiste",
  "bitte",
  "mal",
  "called",
  "named",
]);

export const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "");

/** Edits between two words, given up above `most`. */
const distance = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] ?? most + 1;
};

/** A number is never a slip: web2 is not web1, nor postgres2 postgres. */
const sameDigits = (a: string, b: string): boolean => a.replace(/\D/g, "") === b.replace(/\D/g, "");

/** A whole name with more than a letter beside it is another name, or more words than a name: "immichdb", "of nextcloud". */
const isSlipOf = (name: string, wanted: string, most: number): boolean =>
  sameDigits(name, wanted) && distance(name, wanted, most) <= most && (wanted.length - name.length < 2 || !wanted.includes(name));

const decide = (resources: readonly LiveResource[]): Meant => {
  const [first] = resources;
  if (!first) return { found: "none" };
  return resources.length === 1 ? { found: "one", resource: first } : { found: "many", resources: resources.slice(0, MOST_CANDIDATES) };
};

/** ` Did you mean nginx?`, to stand after a sentence about a name that nothing bears; empty when nothing is near. */
export const nearTo = (words: string, all: readonly LiveResource[]): string => didYouMean(words.trim(), [...new Set(all.map(({ name }) => name).filter((name) => name !== ""))]);

/** What people call by more than one kind of thing: a server may be a guest, and a Linux container is a guest. */
const LOOSE = new Set(["server", "machine", "host"]);
const ofThatKind = (all: readonly LiveResource[], kind: LiveResource["kind"], tokens: readonly string[]): readonly LiveResource[] => {
  const strict = all.filter((resource) => resource.kind === kind);
  if (tokens.some((token) => LOOSE.has(token))) return [...strict, ...all.filter((resource) => resource.kind !== kind && (resource.kind === "guest" || resource.kind === "node"))];
  const named = kind === "container" ? all.filter(({ guestKind }) => guestKind === "ct") : [];
  return [...strict, ...named.filter(({ name }) => !strict.some((one) => plain(one.name) === plain(name)))];
};

/** `words`: what stands where a name is expected, such as "the grafana container" or "guest 105". */
export const whatIsMeant = (words: string, all: readonly LiveResource[]): Meant => {
  const tokens = words.toLowerCase().match(/[a-z0-9][a-z0-9._/@-]*/g) ?? [];
  const kind = tokens.map((token) => KIND_WORDS[token]).find((found) => found !== undefined);
  const ofKind = kind ? ofThatKind(all, kind, tokens) : all;
  const rest = tokens.filter((token) => !FILLERS.has(token));
  const wanted = plain(rest.join(""));
  if (!wanted) return { found: "none" };

  const byId = all.filter((resource) => resource.id === rest.join(" ") || (resource.vmid !== undefined && String(resource.vmid) === wanted));
  if (byId.length > 0) return decide(byId);
  const exact = ofKind.filter((resource) => plain(resource.name) === wanted);
  if (exact.length > 0) return decide(exact);
  const part = ofKind.filter((resource) => plain(resource.name).includes(wanted) && wanted.length >= 3);
  if (part.length > 0) return decide(part);
  const most = wanted.length >= 8 ? 2 : wanted.length >= 5 ? 1 : 0;
  return most === 0 ? { found: "none" } : decide(ofKind.filter(({ name }) => isSlipOf(plain(name), wanted, most)));
};
