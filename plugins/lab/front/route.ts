// One row of the API: what is called, who may, with which parameters, and what it answers. Paths are those of the API viewer: `/nodes/{node}/qemu`.
import type { Life } from "../world/create.ts";
import type { World } from "../world/state.ts";
import type { Parameters, Rules } from "./parameters.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Who calls: `user@realm`, with `!token` where one was used. */
export interface Caller {
  who: string;
  viaToken: boolean;
}

export interface Call {
  readonly life: Life;
  readonly world: World;
  /** The node whose listener was called. */
  readonly at: string;
  readonly path: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  readonly who: string;
  readonly method: Method;
  /** As called, without `/api2/json`. */
  readonly url: string;
}

/** What stands beside `data` in an answer. */
export interface Beside {
  total?: number;
}

const ANSWER = Symbol("answer");

export interface Answer {
  readonly [ANSWER]: true;
  readonly data: unknown;
  readonly beside: Beside;
  /** The journal's stream is compressed whether asked for or not. */
  readonly alwaysGzip: boolean;
}

export const answer = (data: unknown, beside: Beside = {}, alwaysGzip = false): Answer => ({ [ANSWER]: true, data, beside, alwaysGzip });
export const isAnswer = (result: unknown): result is Answer => typeof result === "object" && result !== null && ANSWER in result;

/** `[path, privilege...]`; every privilege is needed, or with `any` one of them. */
export interface Needs {
  path: string;
  privileges: readonly string[];
  any?: true;
}

export interface Route {
  method: Method;
  path: string;
  /** Reachable without a login. */
  open?: true;
  /** Refused to API tokens. */
  noToken?: true;
  needs?: Needs;
  rules?: Rules;
  run(call: Call): unknown;
}

export const get = (path: string, run: Route["run"], more: Partial<Route> = {}): Route => ({ method: "GET", path, run, ...more });
export const post = (path: string, run: Route["run"], more: Partial<Route> = {}): Route => ({ method: "POST", path, run, ...more });
export const put = (path: string, run: Route["run"], more: Partial<Route> = {}): Route => ({ method: "PUT", path, run, ...more });
export const remove = (path: string, run: Route["run"], more: Partial<Route> = {}): Route => ({ method: "DELETE", path, run, ...more });
export const needs = (path: string, ...privileges: string[]): { needs: Needs } => ({ needs: { path, privileges } });
export const needsAny = (path: string, ...privileges: string[]): { needs: Needs } => ({ needs: { path, privileges, any: true } });

interface Found<R> {
  route: R;
  path: Record<string, string>;
}

/** Finds the row for a path; nothing found is the server's 501. */
export function createFinder<R extends { method: string; path: string }>(routes: readonly R[]): (method: string, path: string) => Found<R> | undefined {
  const rows = routes.map((route) => ({ route, parts: route.path.split("/").filter(Boolean) }));
  return (method, path) => {
    const given = path.split("/").filter(Boolean);
    for (const { route, parts } of rows) {
      if (route.method !== method || parts.length !== given.length) continue;
      const held: Record<string, string> = {};
      const fits = parts.every((part, index) => {
        const word = given[index] ?? "";
        if (part.startsWith("{")) held[part.slice(1, -1)] = word;
        return part.startsWith("{") || part === word;
      });
      if (fits) return { route, path: held };
    }
    return undefined;
  };
}
