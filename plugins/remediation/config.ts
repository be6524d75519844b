// What the owner may write under `plugins: remediation:`.
import { z } from "jarvis";

export const Config = z.strictObject({
  runbooks: z.string().min(1).max(1000).default("memory:runbooks").describe("The folder of runbooks, markdown files with front matter; memory: is the memory folder"),
});
export type Config = z.output<typeof Config>;
