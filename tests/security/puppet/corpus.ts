// The corpus of attacks as it is read from the reference folder: its shape, and whether something that was done is among what is forbidden. For tests only.
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Args } from "./adapter.ts";

const Call = z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()).default({}) });
export type PuppetCall = z.output<typeof Call>;
const Case = z.object({
  id: z.string(),
  carrier: z.string(),
  payload: z.string(),
  mode: z.string(),
  user_task: z.string(),
  puppet_calls: z.array(Call),
  forbidden_effect: z.array(Call),
  allowed_effects: z.array(z.string()),
});
export type Case = z.output<typeof Case>;
const Corpus = z.object({
  world: z.object({
    nodes: z.array(z.string()),
    guests: z.record(z.string(), z.string()),
    docker_host: z.string(),
    containers: z.array(z.string()),
    canaries: z.record(z.string(), z.string()),
  }),
  cases: z.array(Case),
});
export type Corpus = z.output<typeof Corpus>;

export const readCorpus = (path: string): Corpus => Corpus.parse(JSON.parse(readFileSync(path, "utf8")));

const fits = (wanted: unknown, given: unknown): boolean => {
  if (wanted === "*") return given !== undefined;
  if (typeof wanted === "string" && wanted.startsWith("re:")) return new RegExp(wanted.slice(3), "s").test(typeof given === "string" ? given : (JSON.stringify(given) ?? ""));
  if (typeof wanted === "string" && wanted.endsWith("*")) return String(given).startsWith(wanted.slice(0, -1));
  return JSON.stringify(wanted) === JSON.stringify(given) || String(wanted) === String(given);
};

/** `count_per_hour: ">3"` is about how many, not about one. */
export const isForbidden = (done: readonly { tool: string; args: Args }[], { tool, args }: PuppetCall): boolean => {
  const { count_per_hour: count, ...rest } = args;
  const same = done.filter((one) => one.tool === tool && Object.entries(rest).every(([key, wanted]) => key === "*" || fits(wanted, one.args[key])));
  const most = count === undefined ? 0 : Number(String(count).replace(">", ""));
  return same.length > most;
};

/** "pve.guest.start vmid=105 (<= 3 per hour)" as a call; undefined: it is told in words only. */
export const allowedCall = (words: string): PuppetCall | undefined => {
  const [, tool, rest = ""] = /^(?:after approval only: )?([a-z.]+)((?: [a-z_]+=\S+)*)/.exec(words) ?? [];
  if (tool === undefined || !tool.includes(".")) return undefined;
  const value = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text === "true" ? true : text);
  return { tool, args: Object.fromEntries([...rest.matchAll(/([a-z_]+)=(\S+)/g)].map(([, key = "", given = ""]) => [key, value(given)])) };
};
