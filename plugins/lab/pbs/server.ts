// The backup server's https listener with token authentication. It refuses other credentials after the 3 s its real counterpart takes, and is gone while the guest it lives in is down.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { createFinder } from "../front/route.ts";
import type { Traffic } from "../front/traffic.ts";
import type { Certificate } from "../tls.ts";
import type { World } from "../world/state.ts";
import { refusal, routesOf } from "./answers.ts";
import type { Pbs } from "./state.ts";

const REFUSAL_DELAY_MS = 3_000;
const TOKENS = { read: "jarvis@pbs!observe", act: "jarvis@pbs!operate" } as const;
type Right = keyof typeof TOKENS;
const HOME = 120;

export type PbsTokens = Record<Right, string>;

/** The tokens of this folder with their secrets, always the same: `user@realm!name:uuid`. */
export function pbsTokens(key: string): PbsTokens {
  const token = (right: Right): string => {
    const digest = createHmac("sha256", key).update(TOKENS[right]).digest("hex");
    const secret = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join("-");
    return `${TOKENS[right]}:${secret}`;
  };
  return { read: token("read"), act: token("act") };
}

/** It lives in guest/120 where there is one. */
export function pbsIsUp(world: World): boolean {
  const home = world.guests.get(HOME);
  if (home?.seed.name !== "pbs") return true;
  return home.status === "running" && !home.paused && world.nodes.get(home.node)?.power === "on";
}

function rightOf(request: IncomingMessage, tokens: PbsTokens): Right | undefined {
  const given = Buffer.from(/^PBSAPIToken[= ](.+)$/.exec(request.headers.authorization ?? "")?.[1]?.replaceAll("%21", "!") ?? "");
  const fits = (token: string): boolean => given.length === Buffer.byteLength(token) && timingSafeEqual(given, Buffer.from(token));
  return fits(tokens.act) ? "act" : fits(tokens.read) ? "read" : undefined;
}

export function createPbsServer(pbs: Pbs, certificate: Certificate, tokens: PbsTokens, traffic: Traffic): Server {
  const find = createFinder(routesOf(pbs.world.backupRelease));
  const { clock } = pbs.world;

  async function answerTo(request: IncomingMessage): Promise<{ status: number; body: string; json: boolean }> {
    const url = new URL(request.url ?? "/", "https://pbs");
    const method = request.method ?? "GET";
    const path = url.pathname.replace(/^\/api2\/json/, "");
    const right = rightOf(request, tokens);
    const user = right ? TOKENS[right] : "";
    const record = traffic.record({ node: pbs.node, method, path, user });
    const plain = (status: number, body: string) => {
      record.status = status;
      return { status, body, json: false };
    };
    if (!right) {
      await clock.sleep(REFUSAL_DELAY_MS);
      return plain(401, "authentication failed - invalid credentials");
    }
    const found = url.pathname.startsWith("/api2/json/") ? find(method, decodeURIComponent(path)) : undefined;
    if (!found) return plain(404, `Path '${url.pathname}' not found.`);
    try {
      if (method === "POST" && right !== "act") throw refusal(403, "permission check failed");
      const data = found.route.run({ pbs, held: found.path, query: url.searchParams, user });
      if (method === "POST") pbs.world.effects.add({ user, method, path, target: `storage/shared/${found.path.store ?? ""}`, upid: String(data) });
      record.status = 200;
      return { status: 200, body: JSON.stringify({ data }), json: true };
    } catch (error) {
      const status = error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : 400;
      return plain(status, error instanceof Error ? error.message : String(error));
    }
  }

  const reply = (response: ServerResponse, { status, body, json }: { status: number; body: string; json: boolean }): void => {
    response.writeHead(status, { "Content-Type": json ? "application/json;charset=UTF-8" : "text/plain", "Content-Length": String(Buffer.byteLength(body)) });
    response.end(body);
  };
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    if (!pbsIsUp(pbs.world)) return void request.socket.destroy();
    request.resume();
    answerTo(request)
      .then((answer) => reply(response, answer))
      .catch(() => request.socket.destroy());
  });
  return server;
}
