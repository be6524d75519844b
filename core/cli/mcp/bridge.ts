// Carries MCP between a pipe and /mcp of the running Jarvis, message by message, for clients of both eras. Everything is decided there; here nothing is.
import { z } from "zod";
import { JarvisError } from "../../contract/error.ts";
import { messagesIn } from "./events.ts";
import type { Knocking } from "./knock.ts";
import { type Message, messageOf } from "./message.ts";

const SESSION = "mcp-session-id";
const MOST_AT_ONCE = 64;
const FAILED = -32603;

interface Options {
  readonly knock: Knocking;
  /** One message to the client. */
  readonly write: (line: string) => void;
  readonly say: (words: string) => void;
}

const Answered = z.looseObject({ id: z.unknown(), error: z.looseObject({}).optional(), result: z.looseObject({ protocolVersion: z.string().optional() }).optional() });

const inOneLine = (text: string): string => (text.includes("\n") ? JSON.stringify(JSON.parse(text)) : text);

/** A refusal at the door knows no id; who waits for theirs is told by it. */
const addressed = (text: string, id: Message["id"]): string => {
  const parsed = Answered.safeParse(JSON.parse(text));
  return parsed.success && parsed.data.error !== undefined && (parsed.data.id ?? null) === null && id !== undefined ? JSON.stringify({ ...parsed.data, id }) : inOneLine(text);
};

export const createBridge = ({ knock, write, say }: Options) => {
  const running = new Map<string | number, AbortController>();
  const over = new AbortController();
  /** A client of 2025: what it opened with, so that it can be opened again. */
  let opening: Message | undefined;
  let session: { readonly id: string; readonly version: string } | undefined;

  const fail = (id: Message["id"], thrown: unknown): void => {
    const words = thrown instanceof JarvisError ? thrown.message : String(thrown);
    if (id === undefined) say(words);
    else write(JSON.stringify({ jsonrpc: "2.0", id, error: { code: FAILED, message: words } }));
  };

  const sessionHeaders = (): Record<string, string> => (session === undefined ? {} : { [SESSION]: session.id, "mcp-protocol-version": session.version });

  const post = (message: Message, signal: AbortSignal): Promise<Response> =>
    knock({ method: "POST", headers: message.version === undefined && message.method !== "initialize" ? sessionHeaders() : message.headers, body: message.text, signal });

  /** What the server says by itself. It ends with the session, or with us. */
  const listen = async (): Promise<void> => {
    try {
      const answer = await knock({ method: "GET", headers: sessionHeaders(), signal: over.signal });
      if (answer.ok) for await (const text of messagesIn(answer)) write(inOneLine(text));
    } catch {
      // Nothing is lost that is not told again: the next request finds out whether anybody is there.
    }
  };

  const begun = (answer: Response, text: string): void => {
    const id = answer.headers.get(SESSION);
    const parsed = Answered.safeParse(JSON.parse(text));
    if (id !== null && parsed.success) session = { id, version: parsed.data.result?.protocolVersion ?? "2025-06-18" };
  };

  /** Jarvis was started again: the session is opened anew with the client's own words, and the client need not know. */
  const reopen = async (): Promise<void> => {
    if (opening === undefined) return;
    const answer = await post(opening, over.signal);
    for await (const text of messagesIn(answer)) begun(answer, text);
    await knock({ method: "POST", headers: sessionHeaders(), body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }), signal: over.signal });
    void listen();
  };

  const carry = async (message: Message, signal: AbortSignal): Promise<void> => {
    let answer = await post(message, signal);
    if (answer.status === 404 && message.version === undefined && session !== undefined) {
      await answer.body?.cancel();
      await reopen();
      answer = await post(message, signal);
    }
    for await (const text of messagesIn(answer)) {
      if (message.method === "initialize") begun(answer, text);
      write(addressed(text, message.id));
    }
    if (message.method === "notifications/initialized") void listen();
  };

  const request = async (message: Message): Promise<void> => {
    const { id } = message;
    if (id !== undefined && running.size >= MOST_AT_ONCE) return fail(id, new JarvisError("rate", { message: `${MOST_AT_ONCE} requests are open already; let some end.` }));
    const stop = new AbortController();
    if (id !== undefined && message.method !== undefined) running.set(id, stop);
    try {
      await carry(message, AbortSignal.any([stop.signal, over.signal]));
    } catch (thrown) {
      if (!stop.signal.aborted && !over.signal.aborted) fail(id, thrown);
    } finally {
      if (id !== undefined && running.get(id) === stop) running.delete(id);
    }
  };

  /** One line of the client's. Resolves when it is answered. */
  const take = async (line: string): Promise<void> => {
    const message = messageOf(line);
    if (message === undefined) return void write(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "That line is no JSON-RPC message." } }));
    if (message.method === "initialize") opening = message;
    // Since 2026 leaving a request is closing its line; before, it is a message.
    const left = message.cancels === undefined ? undefined : running.get(message.cancels);
    if (left !== undefined && session === undefined) return left.abort();
    await request(message);
  };

  /** The client left. */
  const end = async (): Promise<void> => {
    const headers = session === undefined ? undefined : sessionHeaders();
    over.abort();
    if (headers !== undefined) await knock({ method: "DELETE", headers, signal: AbortSignal.timeout(1000) }).catch(() => undefined);
  };

  return { take, end };
};
