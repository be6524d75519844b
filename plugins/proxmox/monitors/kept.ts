// The plugin's one kept document, part by part: each monitor writes its own, one after the other, and leaves the others' as they are. A part of another shape counts as none.
import { z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Memory } from "../client/memory.ts";
import type { Ctx } from "../context.ts";

const Document = z.record(z.string(), z.unknown()).catch({});

type Keeper = Pick<Ctx, "kept" | "keep" | "log"> & { client: Pick<Client, "memory"> };

/** Over when who writes has written. */
const turns = new WeakMap<Memory, Promise<void>>();

export const keptPart = async <S extends z.ZodType>(ctx: Pick<Ctx, "kept">, part: string, shape: S): Promise<z.output<S> | undefined> =>
  shape.safeParse(Document.parse((await ctx.kept()) ?? {})[part]).data;

/** Never throws: what cannot be kept is learned anew after a restart. */
export const keepPart = (ctx: Keeper, part: string, value: unknown): Promise<void> => {
  const write = async (): Promise<void> => {
    try {
      await ctx.keep({ ...Document.parse((await ctx.kept()) ?? {}), [part]: value });
    } catch (thrown) {
      ctx.log(`${part} could not be kept across restarts`, { words: String(thrown) });
    }
  };
  const turn = (turns.get(ctx.client.memory) ?? Promise.resolve()).then(write);
  turns.set(ctx.client.memory, turn);
  return turn;
};
