// How one engine is reached, and the only requests ever sent to it. Whatever is not in REQUESTS cannot be asked, whoever asks.
import type { Context, FetchAnswer, FetchInit } from "jarvis";
import { type HostConfig, isPlain } from "../config.ts";
import { nonsense, refusal, unreachable } from "./failure.ts";

export type Reach = Pick<Context<unknown, unknown>, "fetch" | "open" | "next" | "cancel" | "read" | "now">;

/** An engine: `words` is what people call the place. */
export interface Where {
  readonly name: string;
  readonly words: string;
  readonly host: HostConfig;
}

const ID = "[A-Za-z0-9][A-Za-z0-9_.-]{0,254}";
const REQUESTS: readonly (readonly [method: "GET" | "POST", path: RegExp])[] = [
  ["GET", /^\/version$/],
  ["GET", /^\/events$/],
  ["GET", /^\/containers\/json$/],
  ["GET", new RegExp(`^/containers/${ID}/(json|logs|stats)$`)],
  ["POST", new RegExp(`^/containers/${ID}/(start|stop|restart)$`)],
];

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const isPath = (text: string): boolean => text.startsWith("/");

/** PEM as it is, or read from the file it names. */
const material = async (ctx: Reach, text: string | undefined): Promise<string | undefined> => (text !== undefined && isPath(text) ? ctx.read(text) : text);

const tlsOf = async (ctx: Reach, host: Extract<HostConfig, { url: string }>): Promise<NonNullable<FetchInit["tls"]>> => {
  const [ca, cert, key] = await Promise.all([material(ctx, host.ca), material(ctx, host.cert), material(ctx, host.key)]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(host.fingerprint === undefined ? {} : { fingerprint: host.fingerprint }),
  };
};

const plan = async (ctx: Reach, where: Where, ask: Ask): Promise<{ url: string; init: FetchInit }> => {
  const method = ask.method ?? "GET";
  if (!REQUESTS.some(([allowed, path]) => allowed === method && path.test(ask.path))) throw nonsense(where.words, `${method} ${ask.path} is no request Jarvis sends.`);
  const query = ask.query === undefined ? "" : `?${new URLSearchParams(ask.query)}`;
  const init: FetchInit = { method, ...(ask.timeoutMs === undefined ? {} : { timeoutMs: ask.timeoutMs }) };
  const { host } = where;
  if ("socket" in host) return { url: `http://docker${ask.path}${query}`, init: { ...init, unix: host.socket } };
  if (!("url" in host)) throw nonsense(where.words, "no way to reach it is configured.");
  const plain = isPlain(host);
  const base = host.url.replace(/^\w+:/, plain ? "http:" : "https:").replace(/\/$/, "");
  return { url: `${base}${ask.path}${query}`, init: plain ? init : { ...init, tls: await tlsOf(ctx, host) } };
};

/** The whole answer when its status is one of `fine`; else throws JarvisError. */
export const request = async (ctx: Reach, where: Where, ask: Ask, fine: readonly number[] = [200]): Promise<FetchAnswer> => {
  const { url, init } = await plan(ctx, where, ask);
  const answer = await ctx.fetch(url, init).catch((thrown: unknown) => {
    throw unreachable(thrown, where.words);
  });
  if (!fine.includes(answer.status)) throw refusal(answer.status, answer.body, where.words);
  return answer;
};

const MAX_REFUSAL_BYTES = 65_536;

export interface Stream {
  /** The next bytes, or undefined at its end. */
  next(): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** An answer that comes bit by bit, open once its head is there. Whoever opens it closes it. */
export const openStream = async (ctx: Reach, where: Where, ask: Ask): Promise<Stream> => {
  const { url, init } = await plan(ctx, where, ask);
  const failed = (thrown: unknown): never => {
    throw unreachable(thrown, where.words);
  };
  const { id, status } = await ctx.open(url, init).catch(failed);
  if (status !== 200) {
    const words = await refusalText(ctx, id).catch(() => "");
    await ctx.cancel(id);
    throw refusal(status, words, where.words);
  }
  const next = async (): Promise<Uint8Array | undefined> => {
    const piece = await ctx.next(id).catch(failed);
    return piece.done ? undefined : (piece.bytes ?? new Uint8Array());
  };
  return { next, close: () => ctx.cancel(id) };
};

const refusalText = async (ctx: Reach, id: string): Promise<string> => {
  let text = "";
  const decoder = new TextDecoder();
  while (text.length < MAX_REFUSAL_BYTES) {
    const piece = await ctx.next(id);
    if (piece.done) break;
    text += decoder.decode(piece.bytes, { stream: true });
  }
  return text;
};
