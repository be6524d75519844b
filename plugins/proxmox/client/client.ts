// The client of the Proxmox VE API: one node at a time, the next when it cannot be reached, and back; reads tried again, acts sent once. It holds no timer and reaches the network only through the context it is handed.
import { JarvisError, z } from "jarvis";
import type { Config } from "../config.ts";
import { type Access, createAccess } from "./access.ts";
import type { Asked } from "./asked.ts";
import { createCredentials, type Role } from "./credential.ts";
import { type Change, type Changed, Guarded, writeGuarded } from "./digest.ts";
import { createEndpoints, type Endpoint, type Health, type Turn } from "./endpoints.ts";
import { dataOf } from "./failure.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createMemory, type Memory } from "./memory.ts";
import { encoded, nodeOf, type Query, withQuery } from "./path.ts";
import { isUnsent, standingOf, unreached } from "./reach.ts";
import { type Caller, createTransport, isPatient, type Request } from "./transport.ts";

export type { Caller } from "./transport.ts";

/** An endpoint that failed before is tried out shortly, when another one stands well. */
const RETURN_TIMEOUT_MS = 3000;
const MOST_OTHERS = 3;
const MOST_BEGUN = 500;
const Upid = z.string().regex(/^UPID:[A-Za-z0-9.-]+:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:[0-9A-Fa-f]{8}:[^:\s/]+:[^:\s/]*:[^:\s/]+:$/, "no task id");

export interface Write<S extends z.ZodType> {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Goes into the body, with DELETE into the query. */
  readonly form?: Query;
  readonly answer: S;
}

export interface Client {
  /** GET, parsed by `shape`. Tried once more on a reset socket and at the other endpoints when this one cannot be reached. */
  get<S extends z.ZodType>(ctx: Caller, path: string, shape: S, query?: Query): Promise<z.output<S>>;
  /** The same asked of some other endpoints, for what one node alone cannot know: the answers of those that answer. `aside`: the one that was asked first sees too little of the cluster, so the others are asked before it for a while. */
  others<S extends z.ZodType>(ctx: Caller, path: string, shape: S): Promise<{ answers: z.output<S>[]; aside: (words: string) => void }>;
  /** GET with the act token: for what only the doer may see, such as what its command inside a guest printed. */
  getAsActor<S extends z.ZodType>(ctx: Caller, path: string, shape: S, query?: Query): Promise<z.output<S>>;
  /** GET of a list with the `total` beside it. */
  page<S extends z.ZodType>(ctx: Caller, path: string, shape: S, query?: Query): Promise<{ data: z.output<S>; total: number | undefined }>;
  /** POST that only looks, as some commands of the guest agent do: with the read token, sent once. */
  look<S extends z.ZodType>(ctx: Caller, path: string, shape: S): Promise<z.output<S>>;
  /** POST that begins a task; answers its UPID. Sent as `write` sends. */
  post(ctx: Caller, path: string, form?: Query): Promise<string>;
  /**
   * A change with the act token. It goes to another endpoint only when not a byte of it can have left; else it is sent once. A lost or senseless reply is
   * upstream_timeout or upstream_refused without `data.definitive`: what became of it is not known.
   */
  write<S extends z.ZodType>(ctx: Caller, write: Write<S>): Promise<z.output<S>>;
  /** As `write`, for an answer that is good only at the endpoint that gave it: which that was, and what the next call there is sent with. */
  writeHere<S extends z.ZodType>(ctx: Caller, write: Write<S>): Promise<{ data: z.output<S>; endpoint: Endpoint; headers: Readonly<Record<string, string>> }>;
  /** A change of a configuration that stands as it was read: `unavailable` with reason `changed-meanwhile` when somebody else was faster. */
  guarded(ctx: Caller, change: Change): Promise<Changed>;
  /** Full ids of our tokens, `user@realm!name`; of a login, the user. `own`: those that are ours alone; a login's user may be a person as well, so what it did is not taken for ours. */
  readonly identity: { read: string; act: string | undefined; own: readonly string[] };
  /** What both credentials may and what they lack: read rarely, and kept. */
  rights: Access["rights"];
  /** What is not seen or not done for want of a right, by the last `rights`; `words` say "unknown: needs X on Y". Sends nothing. */
  missing: Access["missing"];
  tree: Access["tree"];
  held: Access["held"];
  /** Something that was listed is not any more: the rights are read again soon. */
  doubt: Access["denied"];
  readonly ledger: Ledger;
  health(): readonly Health[];
  /** Epoch ms of the cluster's clock as last told, or ours when it never did. */
  serverTime(ctx: Pick<Caller, "now">): number;
  readonly memory: Memory;
}

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
  error.type === "upstream_garbage" && !isUnsent(error)
    ? new JarvisError("upstream_timeout", { message: `${error.message} What became of the request is not known.`, cause: error })
    : error;

/** What is asked of a node waits for that node, and pveproxy waits longer than we do: who was asked is judged by what it answers itself. */
const isOthersDelay = (path: string): boolean => isPatient(path) || nodeOf(path) !== undefined;

type Body = { data: unknown; total?: unknown };

export const createClient = (config: Config, ca: string | undefined): Client => {
  const endpoints = createEndpoints(config, ca);
  const credentials = createCredentials(config);
  const ledger = createLedger();
  const transport = createTransport(ledger);
  const askedOf = (origin: string, { method, path }: Request, role: Role): Asked => ({ origin, method, path, who: credentials(role).who, by: credentials(role).by });

  const once = async (ctx: Caller, { endpoint, returning }: Turn, request: Request, role: Role): Promise<Body> => {
    try {
      const timeout = returning ? { timeoutMs: RETURN_TIMEOUT_MS } : {};
      const body = dataOf(await transport.send(ctx, endpoint, credentials(role), { ...request, ...timeout }), askedOf(endpoint.origin, request, role));
      endpoints.works(endpoint, ctx.now());
      return body;
    } catch (thrown) {
      const failure = unreached(thrown, askedOf(endpoint.origin, request, role));
      const standing = failure.type === "upstream_timeout" && isOthersDelay(request.path) ? undefined : standingOf(failure);
      if (standing !== undefined && !ctx.signal.aborted) endpoints.failed(endpoint, ctx.now(), standing, failure.message);
      else if (failure.details.data?.upstreamStatus !== undefined) endpoints.works(endpoint, ctx.now());
      if (failure.type === "upstream_denied") access.denied();
      throw failure;
    }
  };

  /** A reset socket is tried once more, an unreachable endpoint makes room for the next; a slow one only for the next call. A node behind a living endpoint is tried from one other. */
  const read = async (ctx: Caller, path: string, role: Role = "read"): Promise<Body> => {
    const request: Request = { method: "GET", path };
    const waiting: Turn[] = [...endpoints.order(ctx.now())];
    let [last, hops, again]: [JarvisError | undefined, number, boolean] = [undefined, 0, false];
    for (let turn = waiting.shift(); turn !== undefined && !ctx.signal.aborted; turn = again ? turn : waiting.shift()) {
      try {
        return await once(last === undefined ? ctx : { ...ctx, cause: again ? "again" : "elsewhere" }, turn, request, role);
      } catch (thrown) {
        const failure = unreached(thrown, askedOf(turn.endpoint.origin, request, role));
        const first = last === undefined;
        last = failure;
        const reason = failure.details.data?.reason;
        const isHop = reason === "node-unreachable" || (reason === "no-files" && standingOf(failure) === undefined);
        hops += isHop ? 1 : 0;
        again = first && !isHop && failure.type === "upstream_refused" && !isUnsent(failure);
        const slow = failure.type === "upstream_timeout" && reason !== "proxy" && !turn.returning;
        const elsewhere = reason === "no-files" || failure.type === "upstream_refused" || failure.type === "upstream_timeout" || failure.type === "upstream_garbage";
        if (slow || !elsewhere || hops > 1) throw failure;
      }
    }
    throw last ?? new JarvisError("upstream_timeout", { message: `GET ${path} was given up before it was sent.`, data: { sent: false } });
  };

  const page: Client["page"] = async (ctx, path, shape, query) => {
    const body = await read(ctx, withQuery(path, query));
    const total = Number(body.total);
    return { data: parse(shape, body.data, `GET ${path}`), total: body.total === undefined || !Number.isFinite(total) ? undefined : total };
  };

  const writeAt = async <S extends z.ZodType>(ctx: Caller, { method, path, form = {}, answer }: Write<S>): Promise<{ data: z.output<S>; endpoint: Endpoint }> => {
    credentials("act");
    const request: Request = method === "DELETE" ? { method, path: withQuery(path, form) } : { method, path, body: encoded(form) };
    let last: JarvisError | undefined;
    for (const endpoint of endpoints.trusted()) {
      if (ctx.signal.aborted) break;
      try {
        const { data } = await once({ cause: "act", ...ctx }, { endpoint, returning: false }, request, "act");
        return { data: parse(answer, data, `${method} ${path}`), endpoint };
      } catch (thrown) {
        last = asLost(unreached(thrown, askedOf(endpoint.origin, request, "act")));
        if (!isUnsent(last) || (last.type !== "upstream_refused" && last.type !== "upstream_timeout")) throw last;
      }
    }
    throw last ?? new JarvisError("upstream_timeout", { message: `${method} ${path} was given up before it was sent.`, data: { sent: false } });
  };
  const write: Client["write"] = async (ctx, what) => (await writeAt(ctx, what)).data;
  const writeHere: Client["writeHere"] = async (ctx, what) => {
    const done = await writeAt(ctx, what);
    // The call above has signed in where that was due.
    const noLogin = { post: () => Promise.reject(new JarvisError("unavailable", { message: "The login ran out meanwhile; try again." })), serverTime: ctx.now };
    return { ...done, headers: (await credentials("act").pass(ctx.now(), "GET", noLogin)).headers };
  };

  const look: Client["look"] = async (ctx, path, shape) => {
    const [turn] = endpoints.order(ctx.now());
    if (turn === undefined) throw new JarvisError("upstream_refused", { message: `No endpoint of plugins.proxmox stands well enough to be asked POST ${path}.` });
    const { data } = await once(ctx, turn, { method: "POST", path, body: "" }, "read");
    return parse(shape, data, `POST ${path}`);
  };

  const hasAct = config.actToken !== undefined || config.user !== undefined;
  const [reader, actor] = [credentials("read").who, hasAct ? credentials("act").who : undefined];
  const identity = { read: reader, act: actor, own: [actor, reader].filter((id) => id !== undefined).filter((id) => id.includes("!")) };
  const access = createAccess({
    who: (role) => identity[role],
    read: async (ctx, path, shape, role, query) => parse(shape, (await read({ ...ctx, cause: "rights" }, withQuery(path, query), role)).data, `GET ${path}`),
  });
  const get: Client["get"] = async (ctx, path, shape, query) => (await page(ctx, path, shape, query)).data;
  const others: Client["others"] = async (ctx, path, shape) => {
    const [first, ...rest] = endpoints.order(ctx.now());
    const asked = rest.slice(0, MOST_OTHERS).map(async (turn) => {
      const { data } = await once({ ...ctx, cause: "elsewhere" }, { ...turn, returning: true }, { method: "GET", path }, "read");
      return [parse(shape, data, `GET ${path}`)];
    });
    const answers = (await Promise.all(asked.map((one) => one.catch(() => [])))).flat();
    return { answers, aside: (words) => first && endpoints.failed(first.endpoint, ctx.now(), "alone", words) };
  };
  const memory = createMemory();
  return {
    get,
    others,
    getAsActor: async (ctx, path, shape, query) => parse(shape, (await read({ cause: "act", ...ctx }, withQuery(path, query), "act")).data, `GET ${path}`),
    page,
    look,
    async post(ctx, path, form = {}) {
      const upid = await write(ctx, { method: "POST", path, form, answer: Upid });
      memory.begun.add(upid);
      for (const old of [...memory.begun].slice(0, Math.max(0, memory.begun.size - MOST_BEGUN))) memory.begun.delete(old);
      return upid;
    },
    write,
    writeHere,
    guarded: (ctx, change) => writeGuarded({ read: (path) => get(ctx, path, Guarded), write: (what) => write(ctx, { ...what, answer: z.unknown() }) }, change),
    identity,
    rights: access.rights,
    missing: access.missing,
    tree: access.tree,
    held: access.held,
    doubt: access.denied,
    ledger,
    health: endpoints.health,
    serverTime: (ctx) => ctx.now() + transport.skewMs(),
    memory,
  };
};
