// The MCP endpoint: which era a request is of, and who answers it. Knows a visitor by what the door says, never by anything in the request.
import { createMcpHandler, createRequestStateCodec, isLegacyRequest } from "@modelcontextprotocol/server";
import { z } from "zod";
import { Caller } from "../contract/caller.ts";
import type { Clock } from "../lib/clock.ts";
import { createAnswers } from "./answers.ts";
import type { CatalogueOf } from "./catalogue.ts";
import type { Change, Visitor } from "./faces.ts";
import { asksToHold } from "./hold-tool.ts";
import { createProtocol } from "./protocol.ts";
import { createOldSessions } from "./sessions.ts";

const MOST_LISTENING = 64;
/** How long a question that went to a client may come back. */
const QUESTION_SECONDS = 900;

interface Options {
  readonly clock: Clock;
  readonly version: string;
  readonly catalogue: CatalogueOf;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
}

export interface Endpoint {
  /** `body`: the parsed one of a POST. Throws rate, unavailable. */
  readonly answer: (request: Request, body: unknown, visitor: Visitor) => Promise<Response>;
  readonly tell: (change: Change) => void;
  /** Ends every session and stream, or those of one credential. */
  readonly close: (credential?: string) => void;
}

const Known = z.object({ caller: Caller, credential: z.string(), deckUrl: z.string() });

export const createEndpoint = ({ clock, version, catalogue, log }: Options): Endpoint => {
  const seal = createRequestStateCodec({
    key: crypto.getRandomValues(new Uint8Array(32)),
    ttlSeconds: QUESTION_SECONDS,
    bind: ({ mcpReq, http }) => `${mcpReq.method}\0${http?.authInfo?.clientId ?? ""}`,
  });
  const onerror = (error: Error): void => log("an MCP request went wrong", { error: error.message });
  const protocol = (visitor: Visitor, follows?: Set<string>) =>
    createProtocol({ catalogue: catalogue(visitor, seal), seal, version, ...(follows === undefined ? {} : { follows }) });
  const modern = createMcpHandler(({ authInfo }) => protocol(Known.parse(authInfo?.extra)), { legacy: "reject", onerror, maxSubscriptions: MOST_LISTENING });
  const old = createOldSessions({ clock, protocol });
  const answers = createAnswers();

  const answered = async (request: Request, body: unknown, visitor: Visitor): Promise<Response> => {
    const isPost = request.method === "POST";
    if (await isLegacyRequest(request, isPost ? body : undefined)) return old.answer(request, body, visitor);
    const authInfo = { token: "", clientId: visitor.caller.id, scopes: [visitor.caller.scope], extra: { ...visitor } };
    return modern.fetch(request, { authInfo, ...(isPost ? { parsedBody: body } : {}) });
  };

  return {
    answer: (request, body, visitor) => answers.take(visitor.credential, () => answered(request, body, visitor), asksToHold(body)),
    tell: (change) => {
      old.tell(change);
      if (change.what === "tools") modern.notify.toolsChanged();
      else if (change.what === "resources") modern.notify.resourcesChanged();
      else modern.notify.resourceUpdated(change.uri);
    },
    close: (credential) => {
      old.close(credential);
      answers.close(credential);
    },
  };
};
