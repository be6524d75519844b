// The JSON Schemas of a tool as MCP lists them: its input as it is, its output within what every call answers. Pure.
import type { Tool } from "@modelcontextprotocol/server";
import { z } from "zod";
import { OutsideState } from "../contract/call.ts";
import type { BoundTool } from "../tools/bound.ts";
import { toolInfo } from "../tools/schema.ts";

type ObjectSchema = Tool["inputSchema"];
const JsonObject = z.looseObject({ $schema: z.unknown().optional() });

const JsonRecord = z.record(z.string(), z.json());

const plain = (schema: unknown): Record<string, unknown> => {
  const { $schema: _, ...rest } = JsonObject.catch({}).parse(schema);
  return rest;
};

/** MCP wants an object at the root; whatever else a tool takes stands beside it. */
export const rooted = (schema: unknown): ObjectSchema => ({ ...plain(schema), type: "object" });

/** A schema that refers to its own root cannot stand inside another. */
const nested = (schema: unknown): z.infer<typeof JsonRecord> => (JSON.stringify(schema ?? {}).includes('"$ref"') ? {} : JsonRecord.catch({}).parse(plain(schema)));

/** What every call answers, whatever became of it; `data` is the tool's own. */
const answerSchema = (data: unknown): ObjectSchema => ({
  type: "object",
  properties: {
    callId: { type: "string" },
    state: { type: "string", enum: [...OutsideState.options] },
    text: { type: "string" },
    data: nested(data),
    rule: { type: "string" },
    upid: { type: "string" },
    ask: { type: "string", description: "Only the operator decides it, never through MCP." },
    warnings: { type: "array", items: { type: "string" } },
  },
  required: ["callId", "state", "text"],
});

export const listedTool = (tool: BoundTool): Tool => {
  const { inputSchema, outputSchema } = toolInfo(tool);
  const isRead = tool.effect === "read";
  return {
    name: tool.name,
    title: tool.title,
    description: tool.about,
    inputSchema: rooted(inputSchema),
    outputSchema: answerSchema(outputSchema),
    annotations: {
      title: tool.title,
      readOnlyHint: isRead,
      destructiveHint: tool.effect === "disruptive" || tool.effect === "destructive",
      idempotentHint: isRead,
      openWorldHint: false,
    },
    _meta: { "jarvis/effect": tool.effect },
  };
};
