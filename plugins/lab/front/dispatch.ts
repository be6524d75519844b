// The order of a call at pveproxy: who, which method, rights, parameters, node, work. Used by the listeners and by `POST /as` of the control API.
import type { Life } from "../world/create.ts";
import type { World } from "../world/state.ts";
import { withPath } from "./body.ts";
import { failure, forbidden } from "./failure.ts";
import { checkParameters, type Parameters, VMID } from "./parameters.ts";
import { type Answer, answer, type Call, type Caller, createFinder, isAnswer, type Method, type Needs, type Route } from "./route.ts";

export interface Request {
  /** The node whose listener was called. */
  at: string;
  method: string;
  /** Without `/api2/json`, without the query. */
  path: string;
  parameters: Parameters;
  /** Finds out who calls; throws the refusal. Not asked on open calls. */
  caller(): Caller;
  /** An API token came with it, read or not. */
  withToken?: boolean;
}

export type Dispatch = (request: Request) => Promise<Answer>;

const fill = (pattern: string, held: Readonly<Record<string, string>>): string => pattern.replace(/\{(\w+)\}/g, (_, name: string) => held[name] ?? "");

function checkRights(world: World, who: string, wanted: Needs, held: Readonly<Record<string, string>>): void {
  const path = fill(wanted.path, held);
  const rights = world.accounts.privileges(who, path);
  if (wanted.any) {
    if (!wanted.privileges.some((privilege) => rights.has(privilege))) throw forbidden(`${path}, ${wanted.privileges.join("|")}`);
    return;
  }
  const missing = wanted.privileges.find((privilege) => !rights.has(privilege));
  if (missing) throw forbidden(`${path}, ${missing}`);
}

function checkPath(world: World, held: Readonly<Record<string, string>>): void {
  if (held.vmid !== undefined) checkParameters({ vmid: VMID }, { vmid: held.vmid });
  if (held.node !== undefined && held.node !== "localhost" && !world.nodes.has(held.node)) {
    throw failure(500, `hostname lookup '${held.node}' failed - failed to get address info for: ${held.node}: Name or service not known`);
  }
}

export const methodOf = (word: string): Method | undefined => (word === "GET" || word === "POST" || word === "PUT" || word === "DELETE" ? word : undefined);

export function createDispatch(life: Life, routes: readonly Route[]): Dispatch {
  const find = createFinder(routes);
  const { world } = life;
  return async ({ at, method, path, parameters, caller, withToken = false }) => {
    const known = methodOf(method);
    const found = known && find(known, path);
    const who: Caller = found?.route.open ? { who: "", viaToken: false } : caller();
    if (!found || !known) throw failure(501, `Method '${method} ${path}' not implemented`);
    const { route } = found;
    if (route.noToken && (who.viaToken || withToken)) throw failure(403, `Permission check failed (URI '${path}' not available with API token, need proper ticket.`);
    const held = found.path.node === "localhost" ? { ...found.path, node: at } : found.path;
    if (route.needs) checkRights(world, who.who, route.needs, held);
    const own = withPath(parameters, found.path);
    checkPath(world, held);
    const call: Call = { life, world, at, path: held, parameters: checkParameters(route.rules ?? {}, own), who: who.who, method: known, url: path };
    const result = await route.run(call);
    return isAnswer(result) ? result : answer(result ?? null);
  };
}
