// Monitor `push`: figures that the nodes send by themselves, told as they come. It asks the API nothing; without `push` in the configuration it is silent.
import { type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { heapOf } from "./heap.ts";

/** A node sends its round in several pieces, and the nodes one after the other. */
const TOGETHER_MS = 1500;

const Push = z.object({
  /** By resource. */
  pushed: z.record(z.string(), z.object({ atMs: z.number(), figures: z.record(z.string(), z.number()) })),
});

const view = ({ client, now }: Ctx): z.output<typeof Push> => ({ pushed: heapOf(client).view(now()) });

export const push: Monitor<Config, Client, typeof Push> = {
  title: "Pushed figures",
  every: "5m",
  state: Push,
  read: view,
  watch: async (ctx, emit) => {
    while (!ctx.signal.aborted) {
      await heapOf(ctx.client).more(ctx.signal);
      await ctx.pause(TOGETHER_MS);
      emit(view(ctx));
    }
  },
  figures: ({ pushed }) => pushed,
};
