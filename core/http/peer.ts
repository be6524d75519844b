// Who is at the other end: the socket's address, or what a proxy of `server.trustProxy` says. Forwarded headers of anybody else are not read.
import { type Knock, type Names, refusal } from "./guard.ts";

export interface Peer {
  readonly ip: string;
  /** The Host it was let in with. */
  readonly host: string | null;
  readonly origin: string | null;
  /** Why it may not come in. */
  readonly refused?: string | undefined;
}

const first = (text: string | null): string | null => text?.split(",")[0]?.trim() ?? null;

const plainAddress = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

export const peerOf = (headers: Headers, address: string, names: Names, trustProxy: readonly string[]): Peer => {
  const from = plainAddress(address);
  const trusted = trustProxy.includes(from);
  const host = headers.get("host");
  const origin = headers.get("origin");
  const forwarded = { host: first(headers.get("x-forwarded-host")), proto: first(headers.get("x-forwarded-proto")) };
  const knock: Knock = { host, origin, ...(trusted ? { forwarded } : {}) };
  const chain = trusted ? (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => plainAddress(hop.trim())) : [];
  const client = chain.findLast((hop) => hop !== "" && !trustProxy.includes(hop)) ?? from;
  return { ip: client, host: (trusted ? forwarded.host : null) ?? host, origin, refused: refusal(knock, names) };
};
