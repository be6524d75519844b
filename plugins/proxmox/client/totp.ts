// The six digits of a second factor (RFC 6238: HMAC-SHA-1, 30 s), from the secret that was shown when it was set up. Refuses a secret that is no base32.
import { JarvisError } from "jarvis";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_S = 30;
const DIGITS = 6;
const BITS_A_LETTER = 5;

/** The base32 of a secret as people keep it: with spaces, in lower case, or as the whole otpauth:// address. */
const lettersOf = (secret: string): string => {
  const inside = secret.startsWith("otpauth:") ? (URL.parse(secret)?.searchParams.get("secret") ?? "") : secret;
  return inside.replace(/[\s-]/g, "").replace(/=+$/, "").toUpperCase();
};

export const isTotpSecret = (secret: string): boolean => /^[A-Z2-7]{16,128}$/.test(lettersOf(secret));

const bytesOf = (secret: string): Uint8Array<ArrayBuffer> => {
  const bits = [...lettersOf(secret)].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(BITS_A_LETTER, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
};

/** Which 30 s step a moment lies in: a code is good for its step, and once only. */
export const stepOf = (atMs: number): number => Math.floor(atMs / 1000 / STEP_S);

export const codeOf = async (secret: string, step: number): Promise<string> => {
  if (!isTotpSecret(secret)) throw new JarvisError("configuration", { message: "plugins.proxmox.totp is no base32 secret." });
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const hash = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = hash.getUint8(hash.byteLength - 1) & 0xf;
  return String((hash.getUint32(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, "0");
};
