// Before any route: phase, Host, Origin, rate and credential, in this order. Refuses by throwing the error to answer.
import { reaches } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import { tooOften } from "./answer.ts";
import type { Buckets } from "./bucket.ts";
import { bearerOf, type Credential, type Credentials, cookieOf, keyOf } from "./credentials.ts";
import type { Who } from "./faces.ts";
import type { Peer } from "./peer.ts";
import { INGEST, isReserved, ROUTES, type Route } from "./routes.ts";

export type Phase = "starting" | "ready" | "stopping";

interface Options {
  credentials: Credentials;
  /** Requests by address, upgrades by address, requests by credential, wrong credentials by address. */
  rates: { address: Buckets; upgrade: Buckets; credential: Buckets; wrong: Buckets };
  phase: () => Phase;
  cookieName: () => string;
}

export const RATES = {
  address: { perSecond: 300, burst: 1500 },
  upgrade: { perSecond: 500, burst: 1500 },
  credential: { perSecond: 200, burst: 1000 },
  wrong: { perSecond: 1, burst: 80 },
  guess: { perSecond: 0.1, burst: 10 },
} as const;

const paths: ReadonlySet<string> = new Set(ROUTES.map(({ path }) => path));

/** The least a path asks for: its route's, anonymous for the page, `read` for what may exist one day. Throws 405's words. */
const accessOf = (method: string, path: string): Route["access"] => {
  const route = ROUTES.find((one) => one.path === path && (one.method === method || (one.method === "GET" && method === "HEAD")));
  if (route !== undefined) return route.access;
  if (path.startsWith(INGEST)) return "anonymous";
  return paths.has(path) || isReserved(path) ? "read" : "anonymous";
};

export const createGate = ({ credentials, rates, phase, cookieName }: Options) => {
  const limit = (buckets: Buckets, key: string): void => {
    const seconds = buckets.take(key);
    if (seconds > 0) throw tooOften(seconds);
  };

  const presented = (headers: Headers, peer: Peer): Credential | undefined => {
    const bearer = bearerOf(headers);
    if (bearer !== undefined) return credentials.byToken(bearer, "rpc");
    const cookie = cookieOf(headers, cookieName());
    const key = keyOf(headers);
    if (cookie === undefined || key === undefined) return undefined;
    if (peer.origin === null) throw new JarvisError("scope", { message: "A session works from our own page only: the Origin is missing." });
    return credentials.bySession(cookie, key, "rpc");
  };

  const identify = (headers: Headers, peer: Peer): Who => {
    const who = presented(headers, peer)?.who();
    if (who !== undefined) return who;
    if (headers.has("authorization") || keyOf(headers) !== undefined) limit(rates.wrong, peer.ip);
    throw new JarvisError("unauthorised");
  };

  /** Throws; answers who it is, or undefined where nobody needs to be known. `stops`: it asks to stop, which nobody who is known may do too often. */
  const enter = (request: Request, path: string, peer: Peer, stops = false): Who | undefined => {
    if (peer.refused !== undefined) throw new JarvisError("scope", { message: peer.refused });
    if (path === "/healthz") return undefined;
    if (phase() !== "ready") throw new JarvisError("unavailable", { message: `Jarvis is ${phase()}; try again in a moment.`, data: { retryAfterSeconds: 1 } });
    if (!stops) limit(path === "/api/v1/ws" ? rates.upgrade : rates.address, peer.ip);
    const access = accessOf(request.method, path);
    if (path === "/api/v1/session" && peer.origin === null) throw new JarvisError("scope", { message: "Sign in from our own page: the Origin is missing." });
    if (access === "anonymous") return undefined;
    const who = identify(request.headers, peer);
    if (!stops) limit(rates.credential, who.token ?? who.session ?? who.caller.id);
    if (!reaches(who.caller.scope, access)) throw new JarvisError("scope");
    return who;
  };

  return { enter };
};
