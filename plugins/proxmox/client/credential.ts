// As whom a call is made: an API token, stateless, or a login that is renewed. Either holds back by itself once it was refused, so that a stale credential never locks its owner out.
import { JarvisError } from "jarvis";
import type { Config } from "../config.ts";
import type { Asked } from "./asked.ts";
import { createBreaker } from "./breaker.ts";
import { createSession, type Login, type Pass, type Session } from "./session.ts";

const DEFAULT_REALM = "pam";

export type Role = "read" | "act";

export interface Credential {
  /** `user@realm!token` or `user@realm`. */
  readonly who: string;
  readonly by: Asked["by"];
  /** The headers for one call; signs in where that is due. Throws upstream_auth while it holds back. */
  pass(now: number, method: string, login: Login): Promise<Pass>;
  /** The call was answered 401. True: the pass had only run out, and a new one is worth one more try. */
  refused(pass: Pass, now: number, said: string): boolean;
  works(pass: Pass): void;
}

const nameOf = (token: string): string => token.slice(0, token.indexOf("="));

const tokenCredential = (token: string, by: Asked["by"]): Credential => {
  const breaker = createBreaker();
  const pass: Pass = { headers: { authorization: `PVEAPIToken=${token}` } };
  return {
    who: nameOf(token),
    by,
    async pass(now) {
      breaker.admit(now);
      return pass;
    },
    refused(_pass, now, said) {
      breaker.refused(now, said);
      return false;
    },
    works: breaker.works,
  };
};

const sessionCredential = (session: Session): Credential => ({
  who: session.user,
  by: "password",
  pass: session.pass,
  refused: session.refused,
  works: session.works,
});

/** One credential for both roles where there is one only, so that they share its holding back. */
export const createCredentials = (config: Config): ((role: Role) => Credential) => {
  const { user, password, realm, totp } = config;
  const login =
    user === undefined || password === undefined
      ? undefined
      : sessionCredential(createSession({ user: user.includes("@") ? user : `${user}@${realm ?? DEFAULT_REALM}`, password, totp }));
  const read = config.token === undefined ? login : tokenCredential(config.token, "token");
  const act = config.actToken === undefined ? login : tokenCredential(config.actToken, "actToken");
  return (role) => {
    const credential = role === "read" ? read : act;
    if (credential) return credential;
    throw new JarvisError("configuration", {
      message: "There is no `actToken` in plugins.proxmox: I can look at this cluster but not act on it. `./jarvis proxmox setup` prints how to make one.",
    });
  };
};
