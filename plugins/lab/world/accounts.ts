// Users, API tokens and access lists of the simulated cluster, and what each may do on a path. A token with privilege separation has no more than both it and its user have.
import { privilegesOf, rolesOf } from "./roles.ts";
import type { Dialect } from "./state.ts";

export interface User {
  userid: string;
  password?: string;
  enabled: boolean;
  comment: string;
  /** A second factor; `lastStep`: of the newest code that was taken, `wrong`: codes refused in a row. */
  totp?: { secret: string; lastStep: number; wrong: number };
}

export interface Token {
  /** `user@realm!name` */
  id: string;
  secret: string;
  privsep: boolean;
  revoked: boolean;
  /** Epoch seconds; absent or 0: never. */
  expire?: number;
}

export interface Grant {
  path: string;
  ugid: string;
  type: "user" | "token";
  role: string;
  propagate: boolean;
}

export interface Accounts {
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  readonly grants: Grant[];
  /** Privileges by role; those of the owner's own roles may change. */
  readonly roles: Record<string, readonly string[]>;
  /** Privileges of `user@realm` or `user@realm!token` on a path. */
  privileges(who: string, path: string): ReadonlySet<string>;
  may(who: string, path: string, privilege: string): boolean;
}

const ROOT = "root@pam";

export const ownerOf = (who: string): string => who.split("!")[0] ?? who;
export const tokenNameOf = (who: string): string | undefined => who.split("!")[1];

/** `/`, `/vms`, `/vms/101` */
function ancestors(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  return ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
}

interface Decided {
  path: string;
  exact: boolean;
}

/** The nearest path that names the subject decides; an entry that does not propagate counts only on its own path. */
function own(grants: readonly Grant[], roles: Readonly<Record<string, readonly string[]>>, subject: string, { path, exact }: Decided): Set<string> {
  let chosen: string[] = [];
  for (const step of ancestors(path)) {
    const here = grants.filter((grant) => grant.path === step && grant.ugid === subject && (grant.propagate || (exact && step === path)));
    if (here.length > 0) chosen = here.map((grant) => grant.role);
  }
  if (chosen.includes("NoAccess")) return new Set();
  return new Set(chosen.flatMap((role) => roles[role] ?? []));
}

/** The deepest ancestor that has any entry stands for the path: ten thousand guests are one question. */
function deepest(named: ReadonlySet<string>, path: string): Decided {
  if (named.has(path)) return { path, exact: true };
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const above = path.slice(0, end);
    if (named.has(above)) return { path: above, exact: false };
  }
  return { path: "/", exact: path === "/" };
}

/** Answers hold for one turn of the event loop, as grants may change at any time. */
function rememberForATurn<Key, Value>(find: (key: Key, turn: Map<string, Value>) => Value): (key: Key) => Value {
  let turn: Map<string, Value> | undefined;
  return (key) => {
    if (!turn) {
      turn = new Map();
      setImmediate(() => {
        turn = undefined;
      });
    }
    return find(key, turn);
  };
}

interface AccountOrder {
  users: User[];
  tokens: Token[];
  grants: Grant[];
  dialect: Dialect;
  /** The pool of `/vms/101`, whose rights come on top. */
  poolOf?: (path: string) => string | undefined;
}

export function createAccounts({ users, tokens, grants, dialect, poolOf = () => undefined }: AccountOrder): Accounts {
  const roles = { ...rolesOf(dialect) };
  const everything: ReadonlySet<string> = new Set(privilegesOf(dialect));
  const tokenMap = new Map(tokens.map((token) => [token.id, token]));
  const namedPaths = rememberForATurn<void, ReadonlySet<string>>((_, turn) => {
    const known = turn.get(String(grants.length)) ?? new Set(grants.map((grant) => grant.path));
    turn.set(String(grants.length), known);
    return known;
  });
  const ofSubject = (subject: string, decided: Decided): ReadonlySet<string> => (subject === ROOT ? everything : own(grants, roles, subject, decided));
  const decide = (who: string, decided: Decided): ReadonlySet<string> => {
    const user = ofSubject(ownerOf(who), decided);
    if (!tokenMap.get(who)?.privsep) return user;
    return new Set([...own(grants, roles, who, decided)].filter((privilege) => user.has(privilege)));
  };
  const onPath = rememberForATurn<{ who: string; path: string }, ReadonlySet<string>>(({ who, path }, turn) => {
    const decided = deepest(namedPaths(), path);
    const key = `${who} ${decided.path} ${decided.exact} ${grants.length}`;
    const known = turn.get(key) ?? decide(who, decided);
    turn.set(key, known);
    return known;
  });
  const privileges = (who: string, path: string): ReadonlySet<string> => {
    const direct = onPath({ who, path });
    const pool = path.startsWith("/vms/") || path.startsWith("/storage/") ? poolOf(path) : undefined;
    return pool === undefined ? direct : new Set([...direct, ...onPath({ who, path: `/pool/${pool}` })]);
  };
  return {
    users: new Map(users.map((user) => [user.userid, user])),
    tokens: tokenMap,
    grants,
    roles,
    privileges,
    may: (who, path, privilege) => privileges(who, path).has(privilege),
  };
}
