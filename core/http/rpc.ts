// The one dispatcher for socket, rpc and control socket: schema, scope, operator-only acts, then the face. Refuses in that table's words.
import { reaches } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import { METHODS, type MethodName, RpcRequest } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { EdgeFaces } from "./edge-faces.ts";
import type { CoreFaces, Who } from "./faces.ts";
import { createMethods, issuesOf, type Method } from "./methods.ts";
import { actOf, operatorRefusal } from "./operator.ts";

/** What a name that is told back looks like: anything else may be anything. */
const METHOD_NAME = /^[a-z.]{1,40}$/i;
const isMethod = (name: string): name is MethodName => Object.hasOwn(METHODS, name);

/** Names people try, and what does it. */
const MEANT: Readonly<Record<string, MethodName>> = {
  "calls.list": "journal.list",
  "journal.get": "calls.get",
  "resources.list": "state.get",
  "guests.list": "state.get",
  "state.list": "state.get",
  "status.list": "status.get",
  "tools.get": "tools.list",
  "asks.approve": "asks.decide",
  "asks.reject": "asks.decide",
  "rules.set": "rules.change",
};

/** Throws method_not_found. */
export const methodNamed = (name: string): MethodName => {
  if (isMethod(name)) return name;
  if (name === "auth")
    throw new JarvisError("method_not_found", {
      message: "auth is the first message of a WebSocket (/api/v1/ws); over HTTP every request carries its own credential, Authorization: Bearer TOKEN.",
    });
  const meant = Object.hasOwn(MEANT, name) ? MEANT[name] : undefined;
  const known = meant === undefined ? didYouMean(name, Object.keys(METHODS)) : ` ${meant} does it.`;
  throw new JarvisError("method_not_found", { message: METHOD_NAME.test(name) ? `There is no method ${name}.${known}` : "There is no method of that name." });
};

/** Throws invalid_request for JSON that is no request, a batch among it. */
export const asRequest = (value: unknown): RpcRequest => {
  if (Array.isArray(value)) throw new JarvisError("invalid_request", { message: "Batches are not taken; send one request at a time." });
  const parsed = RpcRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new JarvisError("invalid_request", { issues: issuesOf(parsed.error, RpcRequest) });
};

interface Options {
  core: CoreFaces;
  edge: EdgeFaces;
  clock: Clock;
  open: boolean;
  clean?: ((thrown: unknown) => unknown) | undefined;
}

export const createDispatcher = ({ core, edge, clock, open, clean = (thrown) => thrown }: Options) => {
  const table = new Map<string, Method>(Object.entries(createMethods(core, edge)));

  const needsOperator = async (name: MethodName, params: unknown, who: Who): Promise<void> => {
    const mode = name === "autonomy.set" ? (await core["autonomy.get"]({}, who)).mode : undefined;
    const act = actOf(name, params, mode);
    if (act === undefined) return;
    const asked = act === "approve" && typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
    const ask = asked === undefined ? undefined : (await core["asks.list"]({}, who)).asks.find(({ id }) => id === asked);
    const words = operatorRefusal(act, who, { open, nowMs: clock.now(), ask });
    if (words !== undefined) throw new JarvisError("operator_only", { message: words });
  };

  /** Operator-only before scope: a read token that tries `release` hears that only the operator may. */
  const authorise = async (name: MethodName, params: unknown, who: Who): Promise<void> => {
    await needsOperator(name, params, who);
    const { scope } = METHODS[name];
    if (!reaches(who.caller.scope, scope)) throw new JarvisError("scope", { message: `${name} needs the scope ${scope}; this credential has ${who.caller.scope}.` });
  };

  /** Resolves with the result; throws JarvisError (anything else is a bug of ours). */
  const dispatch = async (name: MethodName, params: unknown, who: Who): Promise<unknown> => {
    const method = table.get(name);
    if (method === undefined) throw new JarvisError("method_not_found", { message: `${name} works over the WebSocket only (/api/v1/ws; ./jarvis ws sub follows a channel).` });
    const fitting = method.parse(params);
    await authorise(name, fitting, who);
    try {
      return await method.run(fitting, who);
    } catch (thrown) {
      throw clean(thrown);
    }
  };

  return { dispatch, authorise };
};

export type Dispatcher = ReturnType<typeof createDispatcher>;
