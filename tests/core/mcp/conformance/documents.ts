// The documents and prompts that the conformance suites ask for by name. For tests only.
import type { Prompt, PromptMessage, ReadResourceResult, Resource } from "@modelcontextprotocol/server";
import type { OfferedPrompt } from "../../../../core/mcp/catalogue.ts";
import { PIXEL } from "./tools.ts";

const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/;

export const resources: readonly Resource[] = [
  { uri: "test://static-binary", name: "static-binary", description: "A pixel", mimeType: "image/png" },
  { uri: "test://static-text", name: "static-text", description: "A sentence", mimeType: "text/plain" },
  { uri: "test://watched-resource", name: "watched-resource", description: "It may change", mimeType: "text/plain" },
];
export const templates = [{ uriTemplate: "test://template/{id}/data", name: "template", description: "By its id", mimeType: "application/json" }] as const;

export const read = async (uri: string): Promise<ReadResourceResult | undefined> => {
  if (uri === "test://static-binary") return { contents: [{ uri, mimeType: "image/png", blob: PIXEL }] };
  const id = TEMPLATE.exec(uri)?.[1];
  if (id !== undefined) return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }] };
  return resources.some((one) => one.uri === uri) ? { contents: [{ uri, mimeType: "text/plain", text: "This is the content of the static text resource." }] } : undefined;
};

const words = (text: string): PromptMessage => ({ role: "user", content: { type: "text", text } });

const prompt = (name: string, required: readonly string[], messages: (input: Readonly<Record<string, string>>) => PromptMessage[]): OfferedPrompt => {
  const listed: Prompt = {
    name,
    description: `A fixture of the conformance suites: ${name}`,
    arguments: required.map((argument) => ({ name: argument, description: "A word", required: true })),
  };
  return { listed, get: async (input) => ({ messages: messages(input) }) };
};

export const prompts: readonly OfferedPrompt[] = [
  prompt("test_prompt_with_arguments", ["arg1", "arg2"], ({ arg1, arg2 }) => [words(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)]),
  prompt("test_prompt_with_embedded_resource", ["resourceUri"], ({ resourceUri = "" }) => [
    { role: "user", content: { type: "resource", resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." } } },
    words("Please process the embedded resource above."),
  ]),
  prompt("test_prompt_with_image", [], () => [{ role: "user", content: { type: "image", data: PIXEL, mimeType: "image/png" } }, words("Please analyze the image above.")]),
  prompt("test_simple_prompt", [], () => [words("This is a simple prompt for testing.")]),
];
