// The one document of what is remembered of runbooks: one writer after the other, so that none writes over another with what was there before. Decides nothing.
import { type Context, z } from "jarvis";

const Document = z.looseObject({ good: z.record(z.string(), z.string()).optional(), confirmed: z.record(z.string(), z.string()).optional() });
export type Document = z.output<typeof Document>;

/** Whose turn is over when the promise is. */
export interface Turns {
  writing: Promise<unknown>;
}
export type Keeper = Pick<Context<unknown, Turns>, "kept" | "keep" | "client">;

export const remembered = async (ctx: Pick<Keeper, "kept">): Promise<Document> => Document.safeParse(await ctx.kept()).data ?? {};

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
