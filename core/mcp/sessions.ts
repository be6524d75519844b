// Sessions of clients of 2025, which keep one connection's state on our side: bounded in number, each its credential's own. Refuses a session's id from anybody else as if it did not exist.
import { type Server, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Change, Visitor } from "./faces.ts";

const MOST_SESSIONS = 64;
const MOST_OF_ONE = 8;
const IDLE_MS = 30 * 60_000;
const NOT_FOUND = -32001;
const INVALID = -32600;

interface Session {
  readonly credential: string;
  readonly server: Server;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly follows: Set<string>;
  usedMs: number;
}

const refused = (status: number, code: number, message: string): Response =>
  new Response(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } }), { status, headers: { "content-type": "application/json" } });

const Opening = z.looseObject({ method: z.literal("initialize") });
const isOpening = (body: unknown): boolean => Opening.safeParse(body).success;

export const createOldSessions = ({ clock, protocol }: { clock: Clock; protocol: (visitor: Visitor, follows: Set<string>) => Server }) => {
  const sessions = new Map<string, Session>();

  const end = (id: string): void => {
    const session = sessions.get(id);
    sessions.delete(id);
    void session?.server.close().catch(() => undefined);
  };

  /** The longest unused go first: those that are long idle, then those that are too many. */
  const makeRoom = (credential: string): void => {
    const byUse = [...sessions].sort(([, a], [, b]) => a.usedMs - b.usedMs);
    for (const [id, { usedMs }] of byUse) if (clock.now() - usedMs > IDLE_MS) end(id);
    const own = byUse.filter(([id, one]) => one.credential === credential && sessions.has(id));
    for (const [id] of own.slice(0, Math.max(0, own.length + 1 - MOST_OF_ONE))) end(id);
    const left = byUse.filter(([id]) => sessions.has(id));
    for (const [id] of left.slice(0, Math.max(0, left.length + 1 - MOST_SESSIONS))) end(id);
  };

  const begin = async (visitor: Visitor): Promise<WebStandardStreamableHTTPServerTransport> => {
    makeRoom(visitor.credential);
    const follows = new Set<string>();
    const server = protocol(visitor, follows);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, { credential: visitor.credential, server, transport, follows, usedMs: clock.now() }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport);
    return transport;
  };

  const answer = async (request: Request, body: unknown, visitor: Visitor): Promise<Response> => {
    const parsed = request.method === "POST" ? { parsedBody: body } : {};
    const id = request.headers.get("mcp-session-id");
    if (id === null) {
      if (request.method === "POST" && isOpening(body)) return (await begin(visitor)).handleRequest(request, parsed);
      return refused(400, INVALID, "There is no session yet: begin with initialize, and send the Mcp-Session-Id it answers with every request.");
    }
    const session = sessions.get(id);
    if (session === undefined || session.credential !== visitor.credential) return refused(404, NOT_FOUND, "There is no such session; begin again with initialize.");
    session.usedMs = clock.now();
    return session.transport.handleRequest(request, parsed);
  };

  const tell = (change: Change): void => {
    for (const { server, follows } of sessions.values()) {
      const told = change.what === "tools" ? server.sendToolListChanged() : undefined;
      const listed = change.what === "resources" ? server.sendResourceListChanged() : undefined;
      const updated = change.what === "resource" && follows.has(change.uri) ? server.sendResourceUpdated({ uri: change.uri }) : undefined;
      // Who went away meanwhile hears nothing; their session ends by its age.
      for (const sent of [told, listed, updated]) void sent?.catch(() => undefined);
    }
  };

  /** Ends all, or those of one credential. */
  const close = (credential?: string): void => {
    for (const [id, session] of [...sessions]) if (credential === undefined || session.credential === credential) end(id);
  };

  return { answer, tell, close, count: (): number => sessions.size };
};
