// Writes an answer the way pveproxy does: its headers, the reason in the status line, gzip for long bodies, keys in no fixed order, a closed connection after a failure.
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { randomOf } from "../random.ts";
import type { Dialect } from "../world/state.ts";
import type { Failure } from "./failure.ts";
import type { Answer } from "./route.ts";

const GZIP_FROM_BYTES = 1_024;

export interface Manner {
  dialect: Dialect;
  seed: number;
  /** Changes with every answer: the order of keys. */
  turn: number;
  now: number;
  gzip: boolean;
  /** `/api2/extjs/`: always 200 with `success`. */
  extjs: boolean;
  /** A failure, or the connection's last answer. */
  close: boolean;
}

/** Perl's hashes have no order, so no client may rely on one. */
function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((entry) => shuffled(entry, next));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  for (let index = entries.length - 1; index > 0; index--) {
    const other = Math.floor(next() * (index + 1));
    const [a, b] = [entries[index], entries[other]];
    if (a && b) [entries[index], entries[other]] = [b, a];
  }
  return Object.fromEntries(entries.map(([key, entry]) => [key, shuffled(entry, next)]));
}

/** The reason phrase may hold one line of visible characters. */
const reasonOf = (message: string): string =>
  message
    .split("\n")[0]
    ?.replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 500) || "error";

function headers(response: ServerResponse, manner: Manner): void {
  const date = new Date(manner.now).toUTCString();
  response.setHeader("Date", date);
  response.setHeader("Expires", date);
  response.setHeader("Cache-Control", "max-age=0");
  response.setHeader("Pragma", "no-cache");
  response.setHeader("Server", "pve-api-daemon/3.0");
  response.setHeader("Connection", manner.close ? "close" : "Keep-Alive");
}

function send(response: ServerResponse, manner: Manner, body: string, alwaysGzip: boolean): void {
  const plain = Buffer.from(body, "utf8");
  const packed = alwaysGzip || (manner.gzip && plain.length > GZIP_FROM_BYTES);
  const bytes = packed ? gzipSync(plain, { level: 1 }) : plain;
  if (packed) response.setHeader("Content-Encoding", "gzip");
  response.setHeader("Content-Length", String(bytes.length));
  response.end(bytes);
}

export function replyWell(response: ServerResponse, manner: Manner, answer: Answer): void {
  const random = randomOf(manner.seed, `order/${manner.turn}`);
  headers(response, manner);
  response.setHeader("Content-Type", "application/json;charset=UTF-8");
  response.statusCode = 200;
  response.statusMessage = "OK";
  const whole = { ...(manner.extjs ? { success: 1 } : {}), data: answer.data, ...answer.beside };
  // A stream whose program wrote nothing has no body at all.
  const body = answer.alwaysGzip && answer.data === undefined ? "" : JSON.stringify(shuffled(whole, random.next));
  send(response, manner, body, answer.alwaysGzip);
}

export function replyFailed(response: ServerResponse, manner: Manner, failure: Failure): void {
  headers(response, manner);
  const errors = failure.errors ? { errors: failure.errors } : {};
  if (manner.extjs && !failure.bare) {
    response.setHeader("Content-Type", "application/json;charset=UTF-8");
    response.statusCode = 200;
    send(response, manner, JSON.stringify({ success: 0, status: failure.status, message: `${failure.message}\n`, data: null, ...errors }), false);
    return;
  }
  response.statusCode = failure.status;
  response.statusMessage = reasonOf(failure.message);
  if (failure.bare) {
    response.setHeader("Content-Length", "0");
    response.end();
    return;
  }
  response.setHeader("Content-Type", "application/json;charset=UTF-8");
  const message = manner.dialect === "9.1" ? { message: `${failure.message}\n` } : {};
  send(response, manner, JSON.stringify({ data: null, ...message, ...errors }), false);
}
