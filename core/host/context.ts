// Builds a plugin's Context: closures over what it was granted, frozen. What is not in here a plugin cannot have.
import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import type { Asker, Caller } from "../contract/caller.ts";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import { isPattern, matches } from "../contract/pattern.ts";
import { PermissionName } from "../contract/permission.ts";
import type { Clock } from "../lib/clock.ts";
import { link } from "../lib/link.ts";
import type { HostFaces } from "./faces.ts";
import { createFetching } from "./fetching.ts";
import { createFiles } from "./files.ts";
import { allows, type Grant, isDenied } from "./grant.ts";
import { createKeeping } from "./keeping.ts";
import { stepOf } from "./on-behalf.ts";
import { grantedPath } from "./path-grant.ts";
import { createRun } from "./program.ts";
import { createRecordKeeping, pastOf } from "./records.ts";

const LONGEST_PAUSE_MS = 60_000;
const LONGEST_WORDS = 4000;
const MOST_MINUTES = 15;

export type BareContext = Omit<Context<unknown, undefined>, "client">;

interface Options {
  readonly id: string;
  readonly config: unknown;
  readonly grant: Grant;
  /** Schemas of the channels it declared, by topic. */
  readonly topics: Readonly<Record<string, z.ZodType>>;
  readonly faces: Pick<HostFaces, "publish" | "state" | "history" | "call" | "askPermission" | "env" | "note" | "kept" | "sessions" | "records" | "incidents">;
  readonly clock: Clock;
}

/** What a use of the context is for. `looks`: it may change nothing, so its own calls of tools go no further than scope read. `asker`: who called the tool, where it acts on behalf. `speaker`: whose words it was called with; absent: the plugin's own accord. */
export interface Purpose {
  readonly signal: AbortSignal;
  readonly incident?: string | undefined;
  readonly looks?: boolean | undefined;
  readonly asker?: Asker | undefined;
  readonly speaker?: Caller | undefined;
}

export interface ContextSource {
  /** The context of the plugin's whole life, for connect(). */
  readonly bare: BareContext;
  /** Runs `act` with the context of one call: whatever it or the client it uses begins ends when `signal` aborts. */
  within<T>(call: Purpose & { client: unknown }, act: (context: Context<unknown, unknown>) => T | Promise<T>): Promise<T>;
  close(reason: JarvisError): void;
}

export const createContext = (options: Options): ContextSource => {
  const { clock, config } = options;
  const life = new AbortController();
  /** A client made in connect() keeps the methods it got there; this tells them which call they now work for. */
  const present = new AsyncLocalStorage<Purpose>();
  const signal = (): AbortSignal => present.getStore()?.signal ?? life.signal;
  const fetching = createFetching(options.grant, clock, options.faces.sessions);
  const pause = async (ms: number): Promise<void> => {
    if (!(ms >= 0 && ms <= LONGEST_PAUSE_MS)) throw new JarvisError("bad_input", { message: `A pause lasts 0 to ${LONGEST_PAUSE_MS} ms.` });
    await clock.pause(ms, signal());
  };
  const bare: BareContext = Object.freeze({
    config,
    signal: life.signal,
    now: () => clock.now(),
    log: (message: string, data?: Record<string, unknown>) => options.faces.note?.(options.id, message.slice(0, LONGEST_WORDS), data),
    ...fetching.under(signal),
    ...createFiles(options.grant),
    run: createRun({ grant: options.grant, clock, env: (name) => options.faces.env?.(name) })(signal),
    pause,
    ...createKeeping(options.id, options.faces.kept),
    records: createRecordKeeping(options, () => present.getStore()),
    incidents: pastOf(options),
    ...shared(options, () => present.getStore()),
    permissions: permissionsOf(options),
  });

  const within: ContextSource["within"] = async ({ client, signal: wanted, ...purpose }, act) => {
    const linked = link(wanted, life.signal);
    try {
      return await present.run({ ...purpose, signal: linked.signal }, () => act(Object.freeze({ ...bare, client, signal: linked.signal })));
    } finally {
      linked.unlink();
    }
  };

  const close = (reason: JarvisError): void => {
    life.abort(reason);
    fetching.close();
  };

  return { bare, within, close };
};

/** What reaches the rest of the core: other plugins' tools and readings, the history, one's own channels. */
const shared = ({ id, grant, faces, topics }: Options, purpose: () => Purpose | undefined): Pick<BareContext, "call" | "state" | "history" | "publish"> => {
  const mayRead = (channel: string): boolean => channel.startsWith(`${id}/`) || allows(grant, "state", channel);

  const call: BareContext["call"] = async (tool, input, about = {}) => {
    if (!allows(grant, "tool", tool)) throw ungranted("tool", tool);
    const { incident, looks, asker } = purpose() ?? {};
    const own = { caller: { kind: "plugin", id, scope: looks === true ? "read" : "operate", tainted: false } } as const;
    const answer = await faces.call({
      tool,
      arguments: input,
      ...(about.runbook === undefined ? own : stepOf(id, asker, about.runbook)),
      ...(about.hold === undefined ? {} : { hold: about.hold.slice(0, LONGEST_WORDS) }),
      ...(incident === undefined ? {} : { incident }),
    });
    const { callId, state, text, data, upid, warnings } = answer;
    return { callId, state, text, ...(data === undefined ? {} : { data }), ...(upid === undefined ? {} : { upid }), ...(warnings === undefined ? {} : { warnings }) };
  };

  const state: BareContext["state"] = async (pattern) => {
    if (!isPattern(pattern) && !mayRead(pattern)) throw ungranted("state", pattern);
    if (!pattern.startsWith(`${id}/`) && grant.wishes.state.every((wish) => !wish.granted)) throw ungranted("state", pattern);
    return Object.fromEntries(Object.entries(faces.state(pattern)).filter(([channel]) => matches(pattern, channel) && mayRead(channel)));
  };

  const history: BareContext["history"] = async (pattern, minutes = MOST_MINUTES) => {
    if (grant.wishes.state.every((wish) => !wish.granted)) throw ungranted("state", "(the history of series needs a granted state)");
    return faces.history(pattern, Math.min(MOST_MINUTES, Math.max(0, minutes)));
  };

  const publish: BareContext["publish"] = async (topic, data) => {
    const schema = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
    if (schema === undefined) throw new JarvisError("permission", { message: `${id} declares no channel ${topic}.` });
    const fits = schema.safeParse(data);
    if (!fits.success) throw new JarvisError("bug", { message: `${id}/${topic}: what was published does not fit its schema: ${z.prettifyError(fits.error)}` });
    faces.publish(`${id}/${topic}`, fits.data);
  };

  return { call, state, history, publish };
};

const ungranted = (name: PermissionName, value: string): JarvisError =>
  new JarvisError("permission", { message: `This plugin was not granted ${name}: ${value}.`, data: { permission: name, value } });

const permissionsOf = ({ id, grant, faces }: Options): BareContext["permissions"] => {
  const query: BareContext["permissions"]["query"] = async ({ name, value }) => {
    if (!PermissionName.safeParse(name).success) return "denied";
    if (isDenied(grant, name, value)) return "denied";
    const path = name === "net" && value.startsWith("unix:") ? value.slice("unix:".length) : value;
    const granted =
      name === "read" || name === "write" ? await grantedPath(grant, name, path) : path !== value ? await grantedPath(grant, "unix", path) : allows(grant, name, value);
    return granted === undefined || granted === false ? "prompt" : "granted";
  };
  const request: BareContext["permissions"]["request"] = async (ask) => {
    const now = await query(ask);
    return now === "prompt" ? faces.askPermission({ ...ask, why: ask.why.slice(0, 300), plugin: id }) : now;
  };
  return Object.freeze({ query, request });
};
