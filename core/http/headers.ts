// The security headers every answer carries, and the content policy made from the built page's own inline scripts.
import { createHash } from "node:crypto";

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** `'sha256-...'` of each inline script of a page. */
export const inlineHashes = (html: string): string[] =>
  [...html.matchAll(INLINE_SCRIPT)].map(([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);

/** `host`: the Host this request was let in with; older browsers do not count a WebSocket as 'self'. */
export const contentPolicy = (hashes: readonly string[], host: string | null): string =>
  [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(" "),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    host === null ? "connect-src 'self'" : `connect-src 'self' ws://${host} wss://${host}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

const FIXED = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
} as const;

export const secured = (response: Response, policy: string): Response => {
  for (const [name, value] of Object.entries(FIXED)) response.headers.set(name, value);
  response.headers.set("content-security-policy", policy);
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
};
