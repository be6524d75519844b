// Random secrets and their hashes: made here, kept only as SHA-256, compared in constant time.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 192 random bits as text, behind a prefix that scanners recognise. */
export const newSecret = (prefix: string): string => `${prefix}${randomBytes(24).toString("base64url")}`;

export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Both are hex SHA-256. */
export const sameHash = (one: string, other: string): boolean => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
