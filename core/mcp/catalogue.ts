// What one visitor is offered: tools, documents and prompts, each with what answers it. Shapes only.
import type {
  CallToolResult,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  RequestStateCodec,
  Resource,
  ResourceTemplateType,
  ServerContext,
  Tool,
} from "@modelcontextprotocol/server";
import type { Visitor } from "./faces.ts";
import type { Tasks } from "./tasks.ts";

export interface OfferedTool {
  readonly listed: Tool;
  readonly call: (input: Readonly<Record<string, unknown>>, turn: ServerContext) => Promise<CallToolResult | InputRequiredResult>;
}

export interface OfferedPrompt {
  readonly listed: Prompt;
  readonly get: (input: Readonly<Record<string, string>>, turn: ServerContext) => Promise<GetPromptResult | InputRequiredResult>;
}

export interface Catalogue {
  /** In the order of their names, the same for everyone of one scope. */
  readonly tools: () => readonly OfferedTool[];
  /** Also one that is not listed to this visitor: then it says no in its own words. */
  readonly tool: (name: string) => OfferedTool | undefined;
  readonly resources: () => Promise<readonly Resource[]>;
  readonly templates: readonly ResourceTemplateType[];
  /** Undefined when nothing stands there. */
  readonly read: (uri: string) => Promise<ReadResourceResult | undefined>;
  readonly prompts: readonly OfferedPrompt[];
  /** What an argument of a prompt or template may become, beginning as `text` does. */
  readonly complete: (of: { readonly prompt?: string; readonly template?: string; readonly argument: string; readonly text: string }) => Promise<readonly string[]>;
  readonly tasks?: Tasks;
}

/** Seals what goes through a client and comes back. */
export type Seal = RequestStateCodec<unknown>;

export type CatalogueOf = (visitor: Visitor, seal: Seal) => Catalogue;
