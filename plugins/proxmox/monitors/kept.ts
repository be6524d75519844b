// The plugin's one kept document, part by part: each monitor writes its own and leaves the others' as they are. A part of another shape counts as none.
import { z } from "jarvis";
import type { Ctx } from "../context.ts";

const Document = z.record(z.string(), z.unknown()).catch({});

export const keptPart = async <S extends z.ZodType>(ctx: Pick<Ctx, "kept">, part: string, shape: S): Promise<z.output<S> | undefined> =>
  shape.safeParse(Document.parse((await ctx.kept()) ?? {})[part]).data;

/** Never throws: what cannot be kept is learned anew after a restart. */
export const keepPart = async (ctx: Pick<Ctx, "kept" | "keep" | "log">, part: string, value: unknown): Promise<void> => {
  try {
    await ctx.keep({ ...Document.parse((await ctx.kept()) ?? {}), [part]: value });
  } catch (thrown) {
    ctx.log(`${part} could not be kept across restarts`, { words: String(thrown) });
  }
};
