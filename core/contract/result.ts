// What a tool answers: words and data, two halves for two audiences.
import { z } from "zod";

/** `text` for the model and the report, `data` for programs. `upid`: the remote task that was accepted. */
export const ToolResult = z.object({
  text: z.string().max(65_536),
  data: z.unknown().optional(),
  upid: z.string().max(300).optional(),
  warnings: z.array(z.string().max(500)).max(20).optional(),
});
export type ToolResult = z.infer<typeof ToolResult>;
