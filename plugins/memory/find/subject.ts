// Which thing of the house a sentence is about, by the names there are now. Pure but for the one look.
import { z } from "jarvis";
import type { Ctx } from "../fact.ts";

const CHANNEL = "core/resources";
const Things = z.object({ resources: z.record(z.string(), z.object({ id: z.string(), kind: z.string(), name: z.string(), vmid: z.number().optional() })) });

export interface Named {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly vmid?: number | undefined;
}

/** Empty where nothing is known yet, or nothing may be seen. */
export const namesIn = async (ctx: Pick<Ctx, "state">): Promise<Named[]> => {
  const readings = await ctx.state(CHANNEL).catch(() => undefined);
  return Object.values(Things.safeParse(readings?.[CHANNEL]?.value).data?.resources ?? {});
};

const bounded = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}./_@-]+/gu, " ")
    .replace(/[./]+(?= |$)/g, "")} `;
const ORDER = ["guest", "container", "node", "service", "storage"];

/** All that the words name: by id, by name, or as `guest 101`; the longest names first, for `web` stands in `web-db` too. */
export const subjectsOf = (words: string, all: readonly Named[]): Named[] => {
  const text = bounded(words);
  return all
    .filter(
      ({ id, name, vmid }) =>
        text.includes(` ${id} `) ||
        (name.length > 1 && text.includes(` ${name.toLowerCase()} `)) ||
        (vmid !== undefined && new RegExp(` (?:guest|vm|ct|lxc|gast) ${vmid} `).test(text)),
    )
    .sort((a, b) => b.name.length - a.name.length || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
};

export const subjectOf = (words: string, all: readonly Named[]): string | undefined => subjectsOf(words, all)[0]?.id;
