// A held call as a question back to the client's person: where to decide. Nothing they answer here approves anything; only the operator's own word on Jarvis's side does.
import { type InputRequiredResult, inputRequired, inputResponse, type ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { CallAnswer } from "../contract/call.ts";
import type { Seal } from "./catalogue.ts";
import type { Understood } from "./client.ts";
import { standing } from "./outcome.ts";

const KEY = "decided";
const Held = z.object({ held: z.object({ callId: z.string(), tool: z.string() }) });

/** Undefined when the client cannot ask its person anything. */
export const asQuestion = async (seal: Seal, turn: ServerContext, tool: string, answer: CallAnswer, can: Understood, deckUrl: string): Promise<InputRequiredResult | undefined> => {
  if (!can.url && !can.form) return undefined;
  const message = standing(tool, answer);
  const request = can.url
    ? inputRequired.elicitUrl({ message, url: deckUrl })
    : inputRequired.elicit({
        message: `${message} When that is decided, answer here to see what became of it; this answer itself approves nothing.`,
        requestedSchema: { type: "object", properties: {} },
      });
  return inputRequired({ inputRequests: { [KEY]: request }, requestState: await seal.mint({ held: { callId: answer.callId, tool } }, turn) });
};

/** The call this request comes back about; undefined when it is a new one. `again`: its person wants to see how it stands, rather than to leave it. */
export const comesBack = (turn: ServerContext, tool: string): { readonly callId: string; readonly again: boolean } | undefined => {
  const state = Held.safeParse(turn.mcpReq.requestState());
  if (!state.success || state.data.held.tool !== tool) return undefined;
  const said = inputResponse(turn.mcpReq.inputResponses, KEY);
  return { callId: state.data.held.callId, again: said.kind === "elicit" && said.action === "accept" };
};
