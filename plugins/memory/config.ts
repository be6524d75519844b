// What the owner may write under `plugins: memory:`.
import { z } from "jarvis";

export const Config = z.strictObject({
  book: z.boolean().default(true).describe("Keep the lab book, cluster.md, up to date; what you write in it stays either way"),
});
export type Config = z.output<typeof Config>;
