// What the jump dialog finds: pages, resources, tools, and the typed words themselves for Jarvis. Ranks; does nothing. Pure.
import type { ToolInfo } from "$contract/wire.ts";
import { type Condition, conditionOf, kindWord, stateWord } from "../resource/condition.ts";
import type { MarkedDrawn } from "../resource/mark.ts";

export type Hit =
  | { kind: "page"; key: string; title: string; about: string; href: string }
  | { kind: "thing"; key: string; title: string; about: string; condition: Condition }
  | { kind: "tool"; key: string; title: string; about: string; tool: ToolInfo }
  | { kind: "say"; key: string; title: string; about: string };

export const PAGES = [
  { href: "/", title: "Deck" },
  { href: "/incidents", title: "Incidents" },
  { href: "/chat", title: "Chat" },
  { href: "/plugins", title: "Plugins" },
  { href: "/audit", title: "Audit" },
  { href: "/settings", title: "Settings" },
] as const;

const MOST = 40;
const MOST_OF_NOTHING = 12;
const NONE = 9;
const names = new Intl.Collator("en", { numeric: true });

const isLetter = (character: string | undefined): boolean => /[\p{L}\p{N}_]/u.test(character ?? "");
/** Whether a word of the title begins with it; signs such as the hyphen are as good as letters to type. */
const beginsWord = (title: string, first: string): boolean => {
  for (let at = title.indexOf(first); at >= 0; at = title.indexOf(first, at + 1)) if (!isLetter(title[at - 1])) return true;
  return false;
};

/** Every word must be somewhere; the beginning of the title is best, then of a word, then anywhere. Smaller is better. */
const rank = (words: readonly [string, ...string[]], title: string, about: string): number => {
  const [head, tail] = [title.toLowerCase(), about.toLowerCase()];
  const [first] = words;
  if (!words.every((word) => head.includes(word) || tail.includes(word))) return NONE;
  if (head === first) return 0;
  if (head.startsWith(first)) return 1;
  if (beginsWord(head, first)) return 2;
  return head.includes(first) ? 3 : 4;
};

/** Of very many hits only the best are put in order: comparing names is what takes long. */
const best = <T extends { rank: number }>(found: readonly T[], order: (a: T, b: T) => number): T[] => {
  const least = found.map(({ rank }) => rank).sort((a, b) => a - b)[MOST - 1] ?? NONE;
  return found
    .filter(({ rank }) => rank <= least)
    .sort(order)
    .slice(0, MOST);
};

const ORDER: Readonly<Record<Hit["kind"], number>> = { thing: 0, page: 1, tool: 2, say: 3 };

export const find = (text: string, drawn: MarkedDrawn | undefined, tools: readonly ToolInfo[]): Hit[] => {
  const [first, ...others] = text.toLowerCase().split(/\s+/).filter(Boolean);
  const pages = PAGES.map(({ href, title }): Hit => ({ kind: "page", key: href, title, about: "page", href }));
  if (first === undefined) return [...pages, ...tools.filter(({ effect }) => effect !== "read").map(hitOf)].slice(0, MOST_OF_NOTHING);
  const things = Object.entries(drawn?.resources ?? {})
    .filter(([, { template }]) => template !== true)
    .map(([id, one]): Hit => ({ kind: "thing", key: id, title: one.name, about: `${kindWord(one)}, ${stateWord(one)}`, condition: conditionOf(one) }));
  const found = [...things, ...pages, ...tools.map(hitOf)]
    .map((hit) => ({ hit, rank: rank([first, ...others], hit.title, `${hit.about} ${hit.key}`) }))
    .filter((one) => one.rank < NONE);
  const shown = best(found, (a, b) => a.rank - b.rank || ORDER[a.hit.kind] - ORDER[b.hit.kind] || names.compare(a.hit.title, b.hit.title));
  return [...shown.map(({ hit }) => hit), { kind: "say", key: "say", title: text.trim(), about: "say it to Jarvis" }];
};

const hitOf = (tool: ToolInfo): Hit => ({ kind: "tool", key: tool.name, title: tool.title, about: `${tool.effect}, ${tool.name}`, tool });
