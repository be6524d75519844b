// Who is calling: a ticket cookie with its CSRF token, or an API token. Refusals carry the reason in the status line, an empty body, and come 3 s late, as a real node's do.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ownerOf } from "../world/accounts.ts";
import { type Node, seconds, type World } from "../world/state.ts";
import { type Failure, failure } from "./failure.ts";
import type { Caller } from "./route.ts";

const TICKET_LIFE_S = 7_200;
const CLOCK_TOLERANCE_S = 300;
export const REFUSAL_DELAY_MS = 3_000;

const sign = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64");
const hexTime = (at: number): string => at.toString(16).toUpperCase().padStart(8, "0");

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface Tickets {
  make(user: string): { ticket: string; csrf: string };
  /** Half a ticket, for a second factor that is still to come; good for nothing else. */
  makeHalf(user: string): string;
  /** The user of a half ticket. */
  readHalf(ticket: string): string | undefined;
  /** The user of a good ticket. */
  read(ticket: string, driftMs?: number): string | undefined;
  /** Each node judges an age by its own clock: `driftMs` is how far that is ahead. */
  csrfFits(user: string, csrf: string | undefined, driftMs?: number): boolean;
}

export function createTickets(world: World, key: string): Tickets {
  const now = (): number => seconds(world.clock.now());
  const fresh = (hex: string, driftMs = 0): boolean => {
    const age = now() + seconds(driftMs) - parseInt(hex, 16);
    return age > -CLOCK_TOLERANCE_S && age < TICKET_LIFE_S;
  };
  return {
    make(user) {
      const plain = `PVE:${user}:${hexTime(now())}`;
      return { ticket: `${plain}::${sign(key, plain)}`, csrf: `${hexTime(now())}:${sign(key, `csrf:${hexTime(now())}:${user}`)}` };
    },
    read(ticket, driftMs) {
      const parts = /^(PVE:([^:\s]+@[^:\s]+):([0-9A-F]{8}))::(.+)$/.exec(ticket);
      if (!parts) return undefined;
      const [, plain = "", user = "", time = "", signature = ""] = parts;
      return same(sign(key, plain), signature) && fresh(time, driftMs) ? user : undefined;
    },
    makeHalf(user) {
      const plain = `PVE:!tfa!${encodeURIComponent(JSON.stringify({ totp: true, user }))}:${hexTime(now())}`;
      return `${plain}::${sign(key, plain)}`;
    },
    readHalf(ticket) {
      const [, plain = "", challenge = "", time = "", signature = ""] = /^(PVE:!tfa!([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
      if (plain === "" || !same(sign(key, plain), signature) || !fresh(time)) return undefined;
      return /"user":"([^"]+)"/.exec(decodeURIComponent(challenge))?.[1];
    },
    csrfFits(user, csrf, driftMs) {
      const [time = "", signature = ""] = csrf?.split(":") ?? [];
      return /^[0-9A-F]{8}$/.test(time) && fresh(time, driftMs) && same(sign(key, `csrf:${time}:${user}`), signature);
    },
  };
}

const refuse = (world: World, older: string): Failure => failure(401, world.dialect === "8.4" ? older : "Authentication failed!", { bare: true });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cookieTicket(headers: IncomingHttpHeaders): string | undefined {
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(headers.cookie ?? "")?.[1] ?? /^PVEAuthCookie[= ]([^;]*)/.exec(headers.authorization ?? "")?.[1];
  return cookie ? decoded(cookie) : undefined;
}

function tokenCaller(world: World, text: string): Caller {
  const parts = /^([^!=\s]+)!([^=\s]+)=(.+)$/.exec(decoded(text));
  if (!parts) throw refuse(world, "No ticket");
  const [, user = "", name = "", secret = ""] = parts;
  const account = world.accounts.users.get(user);
  if (!account) throw refuse(world, `no such user ('${user}')`);
  if (!account.enabled) throw refuse(world, `user '${user}' is disabled`);
  const token = world.accounts.tokens.get(`${user}!${name}`);
  if (!token || token.revoked) throw refuse(world, `no such token '${name}' for user '${user}'`);
  if (!same(token.secret, secret)) throw refuse(world, "invalid token value!");
  if (token.expire && token.expire <= seconds(world.clock.now())) throw refuse(world, `token '${name}' access expired`);
  return { who: token.id, viaToken: true };
}

/** The caller, or the refusal; the cookie wins when both are sent. */
export function readCaller(world: World, tickets: Tickets, headers: IncomingHttpHeaders, method: string, node: Node): Caller {
  const { driftMs } = node.machine;
  const ticket = cookieTicket(headers);
  if (ticket !== undefined) {
    const user = tickets.read(ticket, driftMs);
    if (!user) throw refuse(world, "permission denied - invalid PVE ticket");
    if (!world.accounts.users.get(ownerOf(user))?.enabled) throw refuse(world, `user '${user}' is disabled`);
    const csrf = headers.csrfpreventiontoken;
    if (method !== "GET" && !tickets.csrfFits(user, typeof csrf === "string" ? csrf : undefined, driftMs))
      throw failure(401, "Permission denied - invalid csrf token", { bare: true });
    return { who: user, viaToken: false };
  }
  const token = /^PVEAPIToken[= ]([^;]*)/.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) throw failure(401, "No ticket", { bare: true });
  return tokenCaller(world, token);
}
