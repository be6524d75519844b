// Every way into a running core, as a client of that way would knock: control socket, rpc by token or session, WebSocket, command line. For tests only.
import { join, resolve } from "node:path";
import { z } from "zod";
import { connect } from "../core/http/support/client.ts";

const root = resolve(import.meta.dir, "../..");

const Reply = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.looseObject({ type: z.string() }).optional() }).optional(),
});
export type Reply = z.infer<typeof Reply>;
export type Rpc = (method: string, params?: unknown) => Promise<Reply>;

/** Reads the JSON-RPC answer; a non-200 answer is an error by its own words. */
const replyOf = async (answer: Response): Promise<Reply> => Reply.parse(await answer.json());

export const rpcOver =
  (door: { unix: string } | { url: string; headers: Record<string, string> }): Rpc =>
  async (method, params = {}) => {
    const init = { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) };
    const headers = { "content-type": "application/json" };
    if ("unix" in door) return replyOf(await fetch("http://jarvis.local/api/v1/rpc", { ...init, headers, unix: door.unix }));
    return replyOf(await fetch(`${door.url}/api/v1/rpc`, { ...init, headers: { ...headers, ...door.headers } }));
  };

export const byToken = (url: string, token: string): Rpc => rpcOver({ url, headers: { authorization: `Bearer ${token}` } });

export interface Session {
  readonly cookie: string;
  readonly key: string;
}

/** Signs in as the page does. Answers the response when it was refused. */
export const signIn = async (url: string, code: string | undefined, more: Record<string, string> = {}): Promise<{ status: number; session?: Session; text: string }> => {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url, ...more },
    body: JSON.stringify(code === undefined ? {} : { code }),
  });
  const text = await answer.text();
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (!answer.ok || cookie === undefined) return { status: answer.status, text };
  return { status: answer.status, text, session: { cookie, key: z.object({ key: z.string() }).parse(JSON.parse(text)).key } };
};

export const bySession = (url: string, { cookie, key }: Session): Rpc => rpcOver({ url, headers: { cookie, "x-jarvis-key": key, origin: url } });

/** One authenticated WebSocket as an rpc, with what it heard. Closed by its caller. */
export const bySocket = async (url: string, credential: { token: string } | Session) => {
  const host = new URL(url).host;
  if ("token" in credential) {
    const client = await connect(host, { token: credential.token });
    return { rpc: client.request as Rpc, client };
  }
  const client = await connect(host, { headers: { cookie: credential.cookie, origin: url } });
  const answer = await client.request("auth", { key: credential.key });
  if (answer.error !== undefined) throw new Error(`auth: ${answer.error.message}`);
  return { rpc: client.request as Rpc, client };
};

/** Runs a command of the command line against the core of a data folder. */
export const cli = async (data: string, words: readonly string[], more: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("JARVIS_"));
  const child = Bun.spawn([process.execPath, join(root, "core/cli/main.ts"), ...words], {
    cwd: root,
    env: { ...Object.fromEntries(kept), JARVIS_DATA: data, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { code, out, err };
};
