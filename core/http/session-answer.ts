// POST and DELETE /api/v1/session: a code for a cookie and a key, a new proof for an open session, and leaving. Refuses wrong codes and guessers.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { SESSION_DAYS, type SessionStore } from "../store/sessions.ts";
import { json, tooOften } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Buckets } from "./bucket.ts";
import type { Codes } from "./codes.ts";
import { cookieOf, keyOf } from "./credentials.ts";
import { parseJson } from "./json.ts";
import { checked } from "./methods.ts";

export const Login = z.object({ code: z.string().max(40).optional() });
export const LoggedIn = z.object({ key: z.string(), scope: z.literal("admin"), expiresAt: z.string() });

interface Options {
  sessions: SessionStore;
  codes: Codes;
  /** Wrong codes by address. */
  guesses: Buckets;
  open: boolean;
  secure: boolean;
  cookieName: () => string;
}

export const createSessionAnswers = ({ sessions, codes, guesses, open, secure, cookieName }: Options) => {
  const setCookie = (value: string, maxAgeSeconds: number): string =>
    `${cookieName()}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAgeSeconds}${secure ? "; Secure" : ""}`;
  const answer = (cookie: string, key: string, expiresAt: string): Response =>
    json({ key, scope: "admin", expiresAt }, 200, { "set-cookie": setCookie(cookie, SESSION_DAYS * 86_400) });

  const prove = async (request: Request, ip: string): Promise<void> => {
    const text = await readBody(request);
    const { code } = checked(Login, text === "" ? {} : parseJson(text));
    if (open) return;
    if (code === undefined) throw new JarvisError("unauthorised", { message: "Signing in takes the one-time code that `./jarvis login` prints." });
    if (codes.redeem(code)) return;
    const seconds = guesses.take(ip);
    if (seconds > 0) throw tooOften(seconds);
    throw new JarvisError("unauthorised", { message: "That code is not valid (any more); `./jarvis login` prints a fresh one." });
  };

  const login = async (request: Request, ip: string): Promise<Response> => {
    await prove(request, ip);
    const cookie = cookieOf(request.headers, cookieName());
    const key = keyOf(request.headers);
    const present = cookie === undefined || key === undefined ? undefined : sessions.find(cookie, key);
    if (present !== undefined && cookie !== undefined && key !== undefined) {
      const renewed = sessions.authenticated(present.id);
      if (renewed !== undefined) return answer(cookie, key, renewed.expiresAt);
    }
    const made = sessions.create();
    return answer(made.cookie, made.key, made.expiresAt);
  };

  const logout = (session: string | undefined): Response => {
    if (session === undefined) throw new JarvisError("bad_input", { message: "This credential is no session." });
    return json({ loggedOut: sessions.remove(session) }, 200, { "set-cookie": setCookie("", 0) });
  };

  return { login, logout };
};
