// The table from a method's name to its schema and its face. Refuses params that do not fit, saying where.
import type { z } from "zod";
import { type Issue, JarvisError } from "../contract/error.ts";
import { METHODS, type MethodName } from "../contract/wire.ts";
import { worded } from "../lib/wording.ts";
import type { EdgeFaces } from "./edge-faces.ts";
import type { CoreFaces, Who } from "./faces.ts";

export interface Method {
  parse(params: unknown): unknown;
  run(params: unknown, who: Who): Promise<unknown>;
}

const MOST_ISSUES = 50;

export const issuesOf = (error: z.ZodError, schema: z.ZodType): Issue[] =>
  error.issues
    .slice(0, MOST_ISSUES)
    .flatMap((issue) => worded(issue, schema))
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({ path: path.map(String).join("."), message: message.slice(0, 500) }));

/** Throws bad_input with every issue and its path. Absent params are an empty object. */
export const checked = <S extends z.ZodType>(schema: S, params: unknown): z.output<S> => {
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error, schema);
  const [first] = issues;
  const message = first === undefined ? undefined : `${first.path === "" ? "params" : first.path}: ${first.message}`;
  throw new JarvisError("bad_input", { issues, ...(message === undefined ? {} : { message }) });
};

const method = <S extends z.ZodType>(schema: S, face: (params: z.output<S>, who: Who) => Promise<unknown>): Method => ({
  parse: (params) => checked(schema, params),
  run: (params, who) => face(checked(schema, params), who),
});

/** Methods that need the socket itself. */
type SocketMethod = "channels.subscribe" | "channels.unsubscribe" | "chat.stop" | "console.open" | "console.write" | "console.close";

export const createMethods = (core: CoreFaces, edge: EdgeFaces) =>
  ({
    "tools.list": method(METHODS["tools.list"].params, core["tools.list"]),
    "tools.call": method(METHODS["tools.call"].params, core["tools.call"]),
    "calls.get": method(METHODS["calls.get"].params, core["calls.get"]),
    "journal.list": method(METHODS["journal.list"].params, core["journal.list"]),
    "state.get": method(METHODS["state.get"].params, core["state.get"]),
    "state.refresh": method(METHODS["state.refresh"].params, core["state.refresh"]),
    "incidents.list": method(METHODS["incidents.list"].params, core["incidents.list"]),
    "incidents.get": method(METHODS["incidents.get"].params, core["incidents.get"]),
    "asks.list": method(METHODS["asks.list"].params, core["asks.list"]),
    "asks.decide": method(METHODS["asks.decide"].params, core["asks.decide"]),
    "status.get": method(METHODS["status.get"].params, core["status.get"]),
    "autonomy.get": method(METHODS["autonomy.get"].params, core["autonomy.get"]),
    "autonomy.set": method(METHODS["autonomy.set"].params, core["autonomy.set"]),
    "autonomy.shadow": method(METHODS["autonomy.shadow"].params, core["autonomy.shadow"]),
    kill: method(METHODS.kill.params, core.kill),
    release: method(METHODS.release.params, core.release),
    "rules.list": method(METHODS["rules.list"].params, core["rules.list"]),
    "rules.add": method(METHODS["rules.add"].params, core["rules.add"]),
    "rules.change": method(METHODS["rules.change"].params, core["rules.change"]),
    "rules.remove": method(METHODS["rules.remove"].params, core["rules.remove"]),
    "rules.order": method(METHODS["rules.order"].params, core["rules.order"]),
    "plugins.list": method(METHODS["plugins.list"].params, core["plugins.list"]),
    "widgets.list": method(METHODS["widgets.list"].params, core["widgets.list"]),
    "consoles.list": method(METHODS["consoles.list"].params, core["consoles.list"]),
    "history.get": method(METHODS["history.get"].params, core["history.get"]),
    "feed.list": method(METHODS["feed.list"].params, core["feed.list"]),
    "report.get": method(METHODS["report.get"].params, core["report.get"]),
    "time.sync": method(METHODS["time.sync"].params, core["time.sync"]),
    /** Without a socket nobody hears the deltas: it waits and answers what chat.done carries. */
    "chat.send": method(METHODS["chat.send"].params, (params, who) => core.chat(params, who, () => undefined).done),
    "channels.list": method(METHODS["channels.list"].params, edge["channels.list"]),
    "tokens.new": method(METHODS["tokens.new"].params, edge["tokens.new"]),
    "tokens.list": method(METHODS["tokens.list"].params, edge["tokens.list"]),
    "tokens.revoke": method(METHODS["tokens.revoke"].params, edge["tokens.revoke"]),
    "login.code": method(METHODS["login.code"].params, edge["login.code"]),
  }) satisfies Record<Exclude<MethodName, SocketMethod>, Method>;
