// What a client said of itself in this request: which answers it understands, and what it wishes for this one call. Reads it with bounds; believes nothing else of it.
import type { ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";

const TASKS = "io.modelcontextprotocol/tasks";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const DEFAULT_WAIT_SECONDS = 20;

const Capabilities = z.looseObject({
  elicitation: z.looseObject({ form: z.looseObject({}).optional(), url: z.looseObject({}).optional() }).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});

const Envelope = z.looseObject({ [CAPABILITIES]: Capabilities.optional() });

export interface Understood {
  /** It can send its person to a page. */
  readonly url: boolean;
  /** It can show its person a form. */
  readonly form: boolean;
  readonly tasks: boolean;
}

/** Of a client of 2026; one of 2025 has none of these within a request. */
export const understood = ({ mcpReq }: Pick<ServerContext, "mcpReq">): Understood => {
  const { elicitation, extensions } = Envelope.catch({}).parse(mcpReq.envelope ?? {})[CAPABILITIES] ?? {};
  const isBare = elicitation !== undefined && elicitation.url === undefined && elicitation.form === undefined;
  return { url: elicitation?.url !== undefined, form: isBare || elicitation?.form !== undefined, tasks: extensions?.[TASKS] !== undefined };
};

const Wish = z.object({
  "jarvis/dryRun": z.boolean().optional(),
  "jarvis/idempotencyKey": z.string().min(1).max(200).optional(),
  "jarvis/waitSeconds": z.number().min(0).max(300).optional(),
});

export interface Wished {
  readonly dryRun: boolean;
  readonly key: string | undefined;
  readonly seconds: number;
}

/** Throws ZodError when a wish of ours is malformed: acting without it would not be what was asked. */
export const wished = ({ mcpReq }: Pick<ServerContext, "mcpReq">): Wished => {
  const wish = Wish.parse(mcpReq._meta ?? {});
  return { dryRun: wish["jarvis/dryRun"] ?? false, key: wish["jarvis/idempotencyKey"], seconds: wish["jarvis/waitSeconds"] ?? DEFAULT_WAIT_SECONDS };
};
