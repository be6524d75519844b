// Users, API tokens and access lists of the simulated cluster, and what each may do on a path. A token with privilege separation has no more than both it and its user have.
import { ALL_PRIVILEGES, ROLES } from "./roles.ts";

export interface User {
  userid: string;
  password?: string;
  enabled: boolean;
  comment: string;
}

export interface Token {
  /** `user@realm!name` */
  id: string;
  secret: string;
  privsep: boolean;
  revoked: boolean;
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

/** The nearest path that names the subject decides; an entry that does not propagate counts only on its own path. */
function own(grants: readonly Grant[], subject: string, path: string): Set<string> {
  let roles: string[] = [];
  for (const step of ancestors(path)) {
    const here = grants.filter((grant) => grant.path === step && grant.ugid === subject && (grant.propagate || step === path));
    if (here.length > 0) roles = here.map((grant) => grant.role);
  }
  if (roles.includes("NoAccess")) return new Set();
  return new Set(roles.flatMap((role) => ROLES[role] ?? []));
}

export function createAccounts(users: User[], tokens: Token[], grants: Grant[]): Accounts {
  const ofUser = (userid: string, path: string): Set<string> => (userid === ROOT ? new Set(ALL_PRIVILEGES) : own(grants, userid, path));
  const tokenMap = new Map(tokens.map((token) => [token.id, token]));
  const privileges = (who: string, path: string): ReadonlySet<string> => {
    const user = ofUser(ownerOf(who), path);
    const token = tokenMap.get(who);
    if (!token?.privsep) return user;
    const granted = own(grants, who, path);
    return new Set([...granted].filter((privilege) => user.has(privilege)));
  };
  return {
    users: new Map(users.map((user) => [user.userid, user])),
    tokens: tokenMap,
    grants,
    privileges,
    may: (who, path, privilege) => privileges(who, path).has(privilege),
  };
}
