// The client of the Proxmox VE API: token header, one node at a time, reads tried again, acts sent once. It holds no timer and reaches the network only through the context it is handed.
import { type Context, type FetchAnswer, type FetchInit, JarvisError, type z } from "jarvis";
import type { Config } from "../config.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createEndpoints, type Endpoint, type Endpoints } from "./endpoints.ts";
import { dataOf, failureOf, thrown } from "./failure.ts";
import { createMemory, type Memory } from "./memory.ts";
import { type Query, withQuery } from "./path.ts";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;
const UPID = /^UPID:[A-Za-z0-9.-]+:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:[^:\s/]+:[^:\s/]*:[^:\s/]+:$/;

/** What a call needs of its context. */
export type Caller = Pick<Context<unknown, unknown>, "fetch" | "now" | "signal">;
type Role = "read" | "act";

export interface Client {
  /** GET, parsed by `shape`. Tried once more on a reset socket and at the other endpoints when this one cannot be reached. */
  get<S extends z.ZodType>(ctx: Caller, path: string, shape: S, query?: Query): Promise<z.output<S>>;
  /** GET of a list with the `total` beside it. */
  page<S extends z.ZodType>(ctx: Caller, path: string, shape: S, query?: Query): Promise<{ data: z.output<S>; total: number | undefined }>;
  /** POST with the act token, never repeated. Answers the UPID. A lost or senseless reply is upstream_timeout or upstream_refused. */
  post(ctx: Caller, path: string, form?: Query): Promise<string>;
  /** Full ids of our tokens, `user@realm!name`. */
  readonly identity: { read: string; act: string | undefined };
  /** Epoch ms of the cluster's clock as last told, or ours when it never did. */
  serverTime(ctx: Pick<Caller, "now">): number;
  readonly memory: Memory;
}

const nameOf = (token: string): string => token.slice(0, token.indexOf("="));

const parse = <S extends z.ZodType>(shape: S, data: unknown, what: string): z.output<S> => {
  const read = shape.safeParse(data);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new JarvisError("upstream_garbage", {
    message: `${what} answered data of another shape (${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "?"}).`,
    data: { reason: "shape" },
  });
};

/** A reply to an act that says nothing about the act must not pass for a refusal. */
const asLost = (error: JarvisError): JarvisError =>
  error.type === "upstream_garbage" ? new JarvisError("upstream_timeout", { message: `${error.message} What became of the request is not known.`, cause: error }) : error;

export const createClient = (config: Config, ca: string | undefined): Client => {
  const endpoints: Endpoints = createEndpoints(config, ca);
  const breakers: Record<Role, Breaker> = { read: createBreaker(), act: createBreaker() };
  const tokens: Record<Role, string | undefined> = { read: config.token, act: config.actToken };
  let skewMs = 0;

  const send = async (ctx: Caller, endpoint: Endpoint, role: Role, path: string, more: FetchInit): Promise<FetchAnswer> => {
    const token = tokens[role];
    if (token === undefined) throw new JarvisError("configuration", { message: "There is no `actToken` in plugins.proxmox: I can look at this cluster but not act on it." });
    breakers[role].admit(ctx.now());
    const what = `${more.method ?? "GET"} ${path.split("?")[0]}`;
    const headers = { authorization: `PVEAPIToken=${token}`, accept: "application/json", ...more.headers };
    const tls = endpoint.tls === undefined ? {} : { tls: endpoint.tls };
    const answer = await ctx.fetch(`${endpoint.origin}/api2/json${path}`, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, ...more, ...tls, headers }).catch((error: unknown) => {
      throw thrown(error, what);
    });
    if (answer.serverTimeMs !== undefined) skewMs = answer.serverTimeMs - ctx.now();
    if (answer.status >= 200 && answer.status < 300) {
      breakers[role].works();
      return answer;
    }
    const failure = failureOf(answer, what);
    if (failure.type === "upstream_auth") breakers[role].refused(failure.message);
    throw failure;
  };

  /** A reset socket is tried once more, an unreachable endpoint makes room for the next; a slow one only for the next call. */
  const read = async (ctx: Caller, path: string): Promise<FetchAnswer> => {
    const order = endpoints.order();
    const tries = order.flatMap((endpoint, index) => (index === 0 ? [endpoint, endpoint] : [endpoint]));
    let last: JarvisError | undefined;
    for (const endpoint of tries) {
      if (ctx.signal.aborted) break;
      try {
        const answer = await send(ctx, endpoint, "read", path, {});
        endpoints.works(endpoint);
        return answer;
      } catch (error) {
        const failure = thrown(error, path);
        last = failure;
        if (failure.type === "upstream_timeout") endpoints.failed(endpoint);
        if (failure.type !== "upstream_refused") throw failure;
      }
    }
    throw last ?? new JarvisError("upstream_timeout", { message: `GET ${path} was given up before it was sent.` });
  };

  const page: Client["page"] = async (ctx, path, shape, query) => {
    const full = withQuery(path, query);
    const body = dataOf(await read(ctx, full), `GET ${path}`);
    const total = Number(body.total);
    return { data: parse(shape, body.data, `GET ${path}`), total: body.total === undefined || !Number.isFinite(total) ? undefined : total };
  };

  const post: Client["post"] = async (ctx, path, form = {}) => {
    const [endpoint] = endpoints.order();
    if (!endpoint) throw new JarvisError("configuration", { message: "plugins.proxmox names no endpoint." });
    const body = withQuery("", form).slice(1);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    try {
      const { data } = dataOf(await send(ctx, endpoint, "act", path, { method: "POST", headers, body }), `POST ${path}`);
      if (typeof data === "string" && UPID.test(data)) return data;
      throw new JarvisError("upstream_garbage", { message: `POST ${path} was answered without a task id.` });
    } catch (error) {
      throw asLost(thrown(error, `POST ${path}`));
    }
  };

  return {
    get: async (ctx, path, shape, query) => (await page(ctx, path, shape, query)).data,
    page,
    post,
    identity: { read: nameOf(config.token ?? ""), act: config.actToken === undefined ? undefined : nameOf(config.actToken) },
    serverTime: (ctx) => ctx.now() + skewMs,
    memory: createMemory(),
  };
};
