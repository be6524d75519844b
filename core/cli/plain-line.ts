// Whether a token may go over an address: not in the clear to another machine, unless the person says that this line is theirs. Sends nothing.
import { isIP } from "node:net";
import { misused } from "./exits.ts";

export const INSECURE = "--insecure";
let isTrusted = false;

/** The person said --insecure: for the life of this command. */
export const trustPlainLine = (): void => {
  isTrusted = true;
};

/** Addresses that never leave this machine. */
const isHere = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || bare === "::" || bare === "0.0.0.0" || (isIP(bare) === 4 && bare.startsWith("127."));
};

/** Answers the address. Throws 64 where the token would cross the network readable. */
export const keptLine = (url: string): string => {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" || isHere(hostname) || isTrusted) return url;
  throw misused(
    `${url} is another machine, and the token would cross the network for all to read. Run the command there, or go through a tunnel (ssh -L 5278:127.0.0.1:5278 ${hostname}, then JARVIS_HOST=127.0.0.1), or say ${INSECURE} if the line between is one you trust.`,
  );
};
