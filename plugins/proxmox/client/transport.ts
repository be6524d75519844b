// Sends one request to one endpoint with one credential, counts it, and turns what is not a good answer into an error. Chooses no endpoint and repeats nothing but a call whose ticket had run out.
import { type Context, type FetchAnswer, JarvisError } from "jarvis";
import type { Asked } from "./asked.ts";
import type { Credential } from "./credential.ts";
import type { Endpoint } from "./endpoints.ts";
import { failureOf } from "./failure.ts";
import type { Ledger } from "./ledger.ts";
import { encoded } from "./path.ts";
import { unreached } from "./reach.ts";

const TIMEOUT_MS = 10_000;
/** Longer than pveproxy waits for the node behind it (30 s), so that its own word (596) comes first. */
const PATIENT_MS = 35_000;
/** Waits for machinery: disks that have to spin up, a storage that lists itself, packages, a file system inside a guest. */
const PATIENT = /\/(?:content|disks|apt|prunebackups)(?:\/|\?|$)|\/agent\/fs/;

/** Its answer may take long on the healthiest node: a wait in vain says nothing against whom it was asked. */
export const isPatient = (path: string): boolean => PATIENT.test(path);
const MAX_BYTES = 16 * 1024 * 1024;
const FORM = "application/x-www-form-urlencoded";

/** What a call needs of its context. `cause`: a word for the counts, why it is made. */
export type Caller = Pick<Context<unknown, unknown>, "fetch" | "now" | "signal"> & { readonly cause?: string };

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below /api2/json, with the query. */
  readonly path: string;
  /** A form of known length; pveproxy takes neither streams nor a body with GET or DELETE. */
  readonly body?: string;
  readonly timeoutMs?: number;
}

export interface Transport {
  /** The answer, 2xx; throws the errors of failure.ts and reach.ts. */
  send(ctx: Caller, endpoint: Endpoint, credential: Credential, request: Request): Promise<FetchAnswer>;
  /** How far the cluster's clock is ahead of ours, ms, as last told. */
  skewMs(): number;
}

export const createTransport = (ledger: Ledger): Transport => {
  let skewMs = 0;

  const exchange = async (ctx: Caller, endpoint: Endpoint, request: Request, headers: Readonly<Record<string, string>>, asked: Asked): Promise<FetchAnswer> => {
    const { method, path, body, timeoutMs = isPatient(request.path) ? PATIENT_MS : TIMEOUT_MS } = request;
    const at = ctx.now();
    const note = (answer: number, tookMs = ctx.now() - at, late = false): void => ledger.note({ method, path, cause: ctx.cause ?? "reading", answer, at, tookMs, late });
    try {
      const answer = await ctx.fetch(`${endpoint.origin}/api2/json${path}`, {
        method,
        timeoutMs,
        maxBytes: MAX_BYTES,
        ...(body === undefined ? {} : { body }),
        ...(endpoint.tls === undefined ? {} : { tls: endpoint.tls }),
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": FORM }), ...headers },
      });
      note(answer.status, answer.tookMs);
      if (answer.serverTimeMs !== undefined) skewMs = answer.serverTimeMs - ctx.now();
      return answer;
    } catch (thrown) {
      const failure = unreached(thrown, asked);
      note(0, undefined, failure.type === "upstream_timeout");
      throw failure;
    }
  };

  const login = async (ctx: Caller, endpoint: Endpoint, credential: Credential, form: Readonly<Record<string, string>>): Promise<FetchAnswer> => {
    const request: Request = { method: "POST", path: "/access/ticket", body: encoded(form) };
    const asked: Asked = { origin: endpoint.origin, method: "POST", path: request.path, who: credential.who, by: credential.by };
    const answer = await exchange({ ...ctx, cause: "login" }, endpoint, request, {}, asked);
    if (answer.status === 401 || (answer.status >= 200 && answer.status < 300)) return answer;
    throw failureOf(answer, asked);
  };

  /** A login that failed sent nothing of the call it was for. */
  const passFor = (ctx: Caller, endpoint: Endpoint, credential: Credential, method: string) =>
    credential.pass(ctx.now(), method, { post: (form) => login(ctx, endpoint, credential, form), serverTime: () => ctx.now() + skewMs }).catch((thrown: unknown) => {
      if (!(thrown instanceof JarvisError)) throw thrown;
      throw new JarvisError(thrown.type, { message: thrown.message, cause: thrown, data: { ...thrown.details.data, sent: false } });
    });

  const send: Transport["send"] = async (ctx, endpoint, credential, request) => {
    const asked: Asked = { origin: endpoint.origin, method: request.method, path: request.path, who: credential.who, by: credential.by };
    for (let again = false; ; again = true) {
      const pass = await passFor(ctx, endpoint, credential, request.method);
      const answer = await exchange(ctx, endpoint, request, pass.headers, asked);
      if (answer.status >= 200 && answer.status < 300) {
        credential.works(pass);
        return answer;
      }
      const failure = failureOf(answer, asked);
      // A 401 comes before anything is done, so even an act may be said once more with a new ticket.
      if (failure.type !== "upstream_auth" || !credential.refused(pass, ctx.now(), failure.message) || again) throw failure;
    }
  };

  return { send, skewMs: () => skewMs };
};
