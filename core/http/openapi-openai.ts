// What /v1 takes and answers, for the OpenAPI document: from the schemas that validate. Pure.
import { ChatAnswer, ChatRequest } from "./openai-request.ts";
import { jsonSchema } from "./schemas.ts";

const content = (schema: unknown) => ({ "application/json": { schema } });

const OpenaiError = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "type", "param", "code"],
      properties: { message: { type: "string" }, type: { type: "string" }, param: { type: ["string", "null"] }, code: { type: "string" } },
    },
  },
};

export const openaiFailure = (description: string) => ({ description, content: content(OpenaiError) });

/** What stands beside the summary of a route's row; undefined for routes that are none of these. */
export const openaiOperation = (path: string): { summary: string; requestBody?: unknown; responses: Record<number, unknown> } | undefined => {
  if (path === "/v1/models") return { summary: "The one there is to talk to, in OpenAI's list", responses: { 200: { description: "A list of one" } } };
  if (path !== "/v1/chat/completions") return undefined;
  return {
    summary: "Say something to Jarvis from a chat program, in the name of the token it shows; with `stream` as server-sent events",
    requestBody: { required: true, content: content(jsonSchema(ChatRequest, "input")) },
    responses: {
      200: { description: "What Jarvis says", content: { ...content(jsonSchema(ChatAnswer, "output")), "text/event-stream": { schema: { type: "string" } } } },
      400: openaiFailure("Not what is taken here"),
      413: openaiFailure("Larger than allowed"),
    },
  };
};
