// The one document of what is remembered of runbooks: one writer after the other, so that none writes over another with what was there before. Decides nothing.
import { type Context, z } from "jarvis";

/** One that is no text costs itself alone. A list that is none is an empty one, not an absent one. */
const Texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((all) => Object.fromEntries(Object.entries(all).flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : []))))
  .optional();
/** What makes no sense at all was something all the same: no first start, at which what lies there is stood behind. */
const Document = z.looseObject({ good: Texts, confirmed: Texts }).catch({ good: {}, confirmed: {} });
export type Document = z.output<typeof Document>;

/** Whose turn is over when the promise is. */
export interface Turns {
  writing: Promise<unknown>;
}
export type Keeper = Pick<Context<unknown, Turns>, "kept" | "keep" | "client">;

export const remembered = async (ctx: Pick<Keeper, "kept">): Promise<Document> => Document.parse((await ctx.kept()) ?? {});

/** `change` is handed what is there at its turn; undefined: nothing is to be changed. Throws what writing throws; the next has its turn all the same. */
export const revise = (ctx: Keeper, change: (now: Document) => Document | undefined): Promise<void> => {
  const { client } = ctx;
  const turn = client.writing.then(async () => {
    const next = change(await remembered(ctx));
    if (next !== undefined) await ctx.keep(next);
  });
  client.writing = turn.catch(() => undefined);
  return turn;
};
