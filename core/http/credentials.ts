// The one function that says who somebody is: bearer token, or session cookie plus key. A cookie alone is nobody.
import type { Scope } from "../contract/caller.ts";
import { hashOf, sameHash } from "../store/secret.ts";
import type { SessionStore } from "../store/sessions.ts";
import type { TokenRow, TokenStore } from "../store/tokens.ts";
import type { Who } from "./faces.ts";

const ADMIN_ID = "env";

/** Looked up anew for each message, so that a revoked or re-authenticated credential counts at once. */
export interface Credential {
  who(): Who | undefined;
}

interface Options {
  tokens: TokenStore;
  sessions: SessionStore;
  /** JARVIS_ADMIN_TOKEN. */
  adminToken?: string | undefined;
}

const tokenWho = (row: { id: string; name: string; scope: Scope }, via: Who["via"]): Who => ({
  caller:
    row.scope === "admin" ? { kind: "operator", id: `token:${row.name}`, scope: "admin", tainted: false } : { kind: "script", id: row.name, scope: row.scope, tainted: false },
  via,
  token: row.id,
});

export const createCredentials = ({ tokens, sessions, adminToken }: Options) => {
  const adminHash = adminToken === undefined || adminToken === "" ? undefined : hashOf(adminToken);

  const byToken = (token: string, via: Who["via"]): Credential | undefined => {
    if (adminHash !== undefined && sameHash(hashOf(token), adminHash)) {
      const admin = tokenWho({ id: ADMIN_ID, name: "admin", scope: "admin" }, via);
      return { who: () => admin };
    }
    const found = tokens.find(token);
    if (found === undefined) return undefined;
    const live = (): TokenRow | undefined => tokens.get(found.id);
    return {
      who: () => {
        const row = live();
        return row === undefined ? undefined : tokenWho(row, via);
      },
    };
  };

  const bySession = (cookie: string, key: string, via: Who["via"]): Credential | undefined => {
    const found = sessions.find(cookie, key);
    if (found === undefined) return undefined;
    return {
      who: () => {
        const row = sessions.get(found.id);
        if (row === undefined) return undefined;
        return { caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false }, via, session: row.id, authenticatedAt: row.authenticatedAt };
      },
    };
  };

  return { byToken, bySession };
};

export type Credentials = ReturnType<typeof createCredentials>;

export const bearerOf = (headers: Headers): string | undefined => /^Bearer ([\x21-\x7e]{1,500})$/i.exec(headers.get("authorization") ?? "")?.[1];

export const keyOf = (headers: Headers): string | undefined => {
  const key = headers.get("x-jarvis-key");
  return key === null || key === "" || key.length > 500 ? undefined : key;
};

/** Cookies ignore ports, so the name carries ours. */
export const cookieName = (port: number): string => `jarvis_${port}`;

export const cookieOf = (headers: Headers, name: string): string | undefined => {
  const pairs = (headers.get("cookie") ?? "").slice(0, 16_384).split(";");
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${name}=`));
  const value = found?.slice(name.length + 1);
  return value === undefined || value === "" ? undefined : value;
};
