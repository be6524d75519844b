// Monitor `book`: looks every few minutes whether the lab book says what there is, and brings it up to date. Writes only what changed, never over an edit of that moment, and nothing before what there is was the same twice.
import { type Monitor, z } from "jarvis";
import type { Config } from "../config.ts";
import { type Ctx, oneLine } from "../fact.ts";
import { textOf } from "../find/pages.ts";
import type { Memory } from "./memory.ts";
import { printOf } from "./merge.ts";

const PATH = "own:cluster.md";
const CHANNEL = "core/resources";
/** Looks at which something was missing before it is believed to be gone: its source may only be slow to come up. */
const LOOKS = 3;
const MOST_WRITTEN = 4000;
/** Ids as short prints: what may be kept is small. */
const Kept = z.object({ written: z.array(z.string()).max(MOST_WRITTEN) });

const Book = z.object({ sections: z.number().int(), edited: z.number().int(), words: z.string() });
type Book = z.output<typeof Book>;

const written = async (ctx: Ctx): Promise<string[]> => Kept.safeParse(await ctx.kept()).data?.written ?? [];

/** Of the book's own, those that are not there any more. */
const goneIn = (memory: Memory, inBook: readonly string[], there: ReadonlySet<string>): Set<string> => {
  for (const id of memory.missing.keys()) if (there.has(id) || !inBook.includes(id)) memory.missing.delete(id);
  for (const id of inBook) if (!there.has(id)) memory.missing.set(id, (memory.missing.get(id) ?? 0) + 1);
  return new Set([...memory.missing].filter(([, looks]) => looks >= LOOKS).map(([id]) => id));
};

const UNSETTLED = "The lab book is written once what there is has stayed the same for a while.";

const update = async (ctx: Ctx): Promise<Book> => {
  // Right after a start nothing was seen yet: there is nothing to compare with, and nothing to load for it.
  if (ctx.client.ids === undefined) {
    ctx.client.ids = "";
    return { sections: 0, edited: 0, words: UNSETTLED };
  }
  const [{ sectionsOf, Thing }, { idsIn, merge }] = await Promise.all([import("./section.ts"), import("./merge.ts")]);
  const Things = z.object({ resources: z.record(z.string(), Thing) });
  const things = Object.values(Things.safeParse((await ctx.state(CHANNEL))[CHANNEL]?.value).data?.resources ?? {});
  const sections = sectionsOf(things);
  const ids = sections.map(({ id }) => id).join();
  const isSettled = ids !== "" && ids === ctx.client.ids;
  ctx.client.ids = ids;
  if (!isSettled) return { sections: sections.length, edited: 0, words: UNSETTLED };
  const before = await textOf(ctx, PATH);
  const prints = new Set(await written(ctx));
  const known = new Set(sections.map(({ id }) => id).filter((id) => prints.has(printOf(id))));
  const gone = goneIn(ctx.client, idsIn(before), new Set(things.map(({ id }) => id)));
  const merged = merge(before, { sections, written: known, gone, today: new Date(ctx.now()).toISOString().slice(0, 10) });
  if (merged.text !== before && (await textOf(ctx, PATH)) === before) {
    const own = merged.written.map(printOf);
    await ctx.keep({ written: [...new Set([...(before.trim() === "" ? [] : prints), ...own])].slice(-MOST_WRITTEN) });
    await ctx.write(PATH, merged.text);
  }
  return {
    sections: sections.length,
    edited: merged.edited,
    words: `The lab book tells of ${sections.length} things${merged.edited === 0 ? "" : `; ${merged.edited} as you wrote them`}.`,
  };
};

export const book: Monitor<Config, Memory, typeof Book> = {
  title: "The lab book",
  every: "5m",
  state: Book,
  read: async (ctx) => {
    if (!ctx.config.book) return { sections: 0, edited: 0, words: "The lab book is not kept: plugins.memory.book is off." };
    try {
      return await update(ctx);
    } catch (thrown) {
      return { sections: 0, edited: 0, words: oneLine(`The lab book could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 300) };
    }
  },
};
