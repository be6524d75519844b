// The wire's zod schemas as JSON Schema 2020-12, for OpenAPI and AsyncAPI. Pure.
import { z } from "zod";

/** `io`: input is what a client may send, output what it gets. What JSON Schema cannot say becomes "anything". */
export const jsonSchema = (schema: z.ZodType, io: "input" | "output"): Record<string, unknown> => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
  return rest;
};

const Issue = z.object({ path: z.string(), message: z.string() });

/** What every error carries. */
export const ErrorShape = z.object({
  code: z.number().int(),
  message: z.string(),
  data: z.looseObject({
    type: z.string(),
    fault: z.enum(["caller", "policy", "upstream", "bug"]),
    retryable: z.boolean(),
    path: z.string().optional(),
    issues: z.array(Issue).optional(),
  }),
});
