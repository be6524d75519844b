// The tools that the conformance suites call by name. They exist to exercise the protocol behind core/mcp; nothing in Jarvis is like them.
import { type CallToolResult, MissingRequiredClientCapabilityError, type ServerContext, type Tool } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { OfferedTool } from "../../../../core/mcp/catalogue.ts";

/** One red pixel, and a silence of a few samples. */
export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

type Answering = OfferedTool["call"];

export const tool = (name: string, call: Answering, inputSchema: Tool["inputSchema"] = { type: "object" }): OfferedTool => ({
  listed: { name, description: `A fixture of the conformance suites: ${name}`, inputSchema },
  call,
});

export const says = (text: string): CallToolResult => ({ content: [{ type: "text", text }] });

const embedded = { type: "resource" as const, resource: { uri: "test://embedded-resource", mimeType: "text/plain", text: "This is an embedded resource content." } };
const image = { type: "image" as const, data: PIXEL, mimeType: "image/png" };

const told = async (turn: ServerContext, progress: number): Promise<void> => {
  const progressToken = turn.mcpReq._meta?.progressToken;
  if (progressToken !== undefined) await turn.mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
};

/** As text: one of its keywords would make a promise of an object in code. */
const conditional: Record<string, unknown> = JSON.parse(
  '{"if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]}, "then": {"required": ["phone"]}, "else": {"required": ["email"]}}',
);

const broad: Tool["inputSchema"] = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" }, city: { type: "string" } } } },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  ...conditional,
  additionalProperties: false,
};

const Envelope = z.looseObject({ "io.modelcontextprotocol/clientCapabilities": z.record(z.string(), z.unknown()).optional() });

/** What the client of this request said it can do. */
export const capabilitiesOf = ({ mcpReq }: ServerContext): Record<string, unknown> => Envelope.parse(mcpReq.envelope ?? {})["io.modelcontextprotocol/clientCapabilities"] ?? {};

const Prompted = z.object({ prompt: z.string() });

/** `changed`: tells that the list of tools is another. */
export const fixtureTools = (changed: () => void): readonly OfferedTool[] => [
  tool("json_schema_2020_12_tool", async () => says("It was called."), broad),
  tool("test_audio_content", async () => ({ content: [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }] })),
  tool("test_embedded_resource", async () => ({ content: [embedded] })),
  tool("test_error_handling", async () => ({ ...says("This tool intentionally returns an error for testing"), isError: true })),
  tool("test_image_content", async () => ({ content: [image] })),
  tool("test_logging_tool", async (_, turn) => {
    await turn.mcpReq.log("info", "A word on the side");
    return says("It was told.");
  }),
  tool("test_missing_capability", async (_, turn) => {
    const { sampling } = capabilitiesOf(turn);
    if (sampling === undefined) throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    return says("It can sample.");
  }),
  tool("test_multiple_content_types", async () => ({ content: [{ type: "text", text: "Multiple content types test:" }, image, embedded] })),
  tool("test_reconnection", async (_, turn) => {
    turn.http?.closeSSE?.();
    return says("It was closed and found again.");
  }),
  tool(
    "test_sampling",
    async (input, turn) => {
      const { prompt } = Prompted.parse(input);
      const { content } = await turn.mcpReq.requestSampling({ messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens: 100 });
      return says(`LLM response: ${JSON.stringify(content)}`);
    },
    { type: "object", properties: { prompt: { type: "string" } }, required: ["prompt"] },
  ),
  tool("test_simple_text", async () => says("This is a simple text response for testing.")),
  tool("test_streaming_elicitation", async (_, turn) => {
    await turn.mcpReq.notify({ method: "notifications/progress", params: { progressToken: turn.mcpReq._meta?.progressToken ?? "none", progress: 1 } });
    return says("It was streamed.");
  }),
  tool("test_tool_with_logging", async (_, turn) => {
    for (const words of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await turn.mcpReq.log("info", words);
      await Bun.sleep(10);
    }
    return says("It was logged.");
  }),
  tool("test_tool_with_progress", async (_, turn) => {
    for (const progress of [0, 50, 100]) {
      await told(turn, progress);
      await Bun.sleep(10);
    }
    return says("It came to its end.");
  }),
  tool("test_trigger_tool_change", async () => {
    changed();
    return says("The list is another.");
  }),
];
