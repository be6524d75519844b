// Time-based codes as Proxmox takes them: the present step or a neighbour, each once, and after eight wrong ones in a row none any more.
import { createHmac } from "node:crypto";
import type { User } from "../world/accounts.ts";

const STEP_MS = 30_000;
const MOST_WRONG = 8;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

type Factor = NonNullable<User["totp"]>;

function bytesOf(secret: string): Buffer {
  let [held, bits] = [0, 0];
  const bytes: number[] = [];
  for (const letter of secret.toUpperCase()) {
    held = (held << 5) | Math.max(0, ALPHABET.indexOf(letter));
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** `answer`: `totp:123456`. A code that is taken is used up. */
export function takesCode(factor: Factor, answer: string, now: number): boolean {
  const [, code] = /^totp:(\d{6})$/.exec(answer) ?? [];
  const step = Math.floor(now / STEP_MS);
  const fits = factor.wrong >= MOST_WRONG ? undefined : [step - 1, step, step + 1].find((one) => one > factor.lastStep && codeAt(factor.secret, one) === code);
  if (fits === undefined) {
    factor.wrong += 1;
    return false;
  }
  factor.lastStep = fits;
  factor.wrong = 0;
  return true;
}
