// One tools/call through the one pipeline: asked once, waited for with progress, answered as result, question or task. Refuses nothing itself; that is the pipeline's.
import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { CallAnswer } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import type { BoundTool } from "../tools/bound.ts";
import type { Seal } from "./catalogue.ts";
import { understood, wished } from "./client.ts";
import type { McpFaces, Visitor } from "./faces.ts";
import { asQuestion, comesBack } from "./held.ts";
import { mistaken, resultOf } from "./outcome.ts";
import type { Tasks } from "./tasks.ts";

interface Parts {
  readonly faces: McpFaces;
  readonly visitor: Visitor;
  readonly seal: Seal;
  readonly tasks: Tasks;
}

/** Tells each state of a call under way, where the client wants to hear of it. */
const teller = (turn: ServerContext): ((state: string) => void) | undefined => {
  const token = turn.mcpReq._meta?.progressToken;
  if (token === undefined) return undefined;
  let progress = 0;
  return (state) => {
    progress += 1;
    // A client that left meanwhile hears nothing more; the call goes on.
    void turn.mcpReq.notify({ method: "notifications/progress", params: { progressToken: token, progress, message: state } }).catch(() => undefined);
  };
};

/** A call that went out is never taken back because its client left: only the waiting ends. */
const asked = async ({ faces, visitor }: Parts, tool: BoundTool, input: unknown, turn: ServerContext): Promise<CallAnswer> => {
  const { dryRun, key, seconds } = wished(turn);
  const request = { tool: tool.name, arguments: input, caller: visitor.caller, ...(key === undefined ? {} : { idempotencyKey: key }) };
  if (dryRun || tool.effect === "read") return faces.call({ ...request, ...(dryRun ? { dryRun } : {}) });
  const tell = teller(turn);
  const first = await faces.call({ ...request, waitSeconds: 0 });
  if (first.state !== "running") return first;
  tell?.(first.state);
  return faces.follow(first.callId, { seconds, signal: turn.mcpReq.signal, ...(tell === undefined ? {} : { moved: ({ state }) => tell(state) }) });
};

const wordsOf = (thrown: unknown): string | undefined => {
  if (thrown instanceof JarvisError && thrown.type !== "bug") return thrown.message;
  return thrown instanceof z.ZodError ? z.prettifyError(thrown) : undefined;
};

/** Whose call comes back is looked at anew: what a client holds in its hands is no proof. */
const seenAgain = async ({ faces, visitor }: Parts, callId: string, again: boolean, turn: ServerContext): Promise<CallAnswer | undefined> => {
  const known = faces.answer(callId);
  if (known === undefined || known.caller.kind !== visitor.caller.kind || known.caller.id !== visitor.caller.id) return undefined;
  return again && known.answer.state === "running" ? faces.follow(callId, { seconds: wished(turn).seconds, signal: turn.mcpReq.signal }) : known.answer;
};

export const callThrough = async (parts: Parts, tool: BoundTool, input: unknown, turn: ServerContext): Promise<CallToolResult | InputRequiredResult> => {
  const fits = (data: unknown): boolean => tool.output?.safeParse(data).success ?? true;
  try {
    const back = comesBack(turn, tool.name);
    if (back !== undefined) {
      const seen = await seenAgain(parts, back.callId, back.again, turn);
      return seen === undefined ? mistaken(tool.name, "there is no such call of yours.") : resultOf(tool.name, seen, fits);
    }
    const answer = await asked(parts, tool, input, turn);
    const can = understood(turn);
    const isOpen = answer.state === "held" || answer.state === "running";
    if (isOpen && can.tasks) return parts.tasks.begun(tool.name, answer);
    const question = answer.state === "held" ? await asQuestion(parts.seal, turn, tool.name, answer, can, parts.visitor.deckUrl) : undefined;
    return question ?? resultOf(tool.name, answer, fits);
  } catch (thrown) {
    const words = wordsOf(thrown);
    if (words === undefined) throw thrown;
    return mistaken(tool.name, words);
  }
};
