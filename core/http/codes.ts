// One-time login codes: single use, 10 minutes, 5 tries, kept hashed in memory. Refuses a wrong, used or late one alike.
import { randomInt } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { hashOf, sameHash } from "../store/secret.ts";

const CODE_MINUTES = 10;
const TRIES = 5;
const MOST_OPEN = 5;
/** Without letters and digits that look alike. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LETTERS = 8;

interface Open {
  readonly hash: string;
  readonly expiresMs: number;
  triesLeft: number;
}

const plain = (typed: string): string => typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

export const createCodes = ({ clock }: { clock: Clock }) => {
  let open: Open[] = [];

  const issue = (): { code: string; expiresAt: string } => {
    const letters = Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? "").join("");
    const expiresMs = clock.now() + CODE_MINUTES * 60_000;
    open = [...open.slice(1 - MOST_OPEN), { hash: hashOf(letters), expiresMs, triesLeft: TRIES }];
    return { code: `${letters.slice(0, 4)}-${letters.slice(4)}`, expiresAt: new Date(expiresMs).toISOString() };
  };

  /** A wrong try counts against every open code, as nobody knows which was meant. */
  const redeem = (typed: string): boolean => {
    const hash = hashOf(plain(typed));
    open = open.filter((code) => code.expiresMs > clock.now());
    const found = open.find((code) => sameHash(code.hash, hash));
    if (found === undefined) {
      for (const code of open) code.triesLeft -= 1;
      open = open.filter((code) => code.triesLeft > 0);
      return false;
    }
    open = open.filter((code) => code !== found);
    return true;
  };

  return { issue, redeem };
};

export type Codes = ReturnType<typeof createCodes>;
