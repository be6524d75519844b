// The head and body of an answer as plain data: collected under a cap, unpacked under the same cap, refused when broken.
import type { IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { JarvisError } from "../contract/error.ts";
import { tooMuch } from "./upstream-error.ts";

export const headOf = (answer: IncomingMessage): { status: number; statusText: string; headers: Record<string, string> } => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return { status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? "", headers };
};

export const collected = async (answer: IncomingMessage, maxBytes: number, where: string): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer) {
    if (!(piece instanceof Uint8Array)) continue;
    size += piece.length;
    if (size > maxBytes) {
      answer.destroy();
      throw tooMuch(where, maxBytes);
    }
    pieces.push(piece);
  }
  if (!answer.complete) throw Object.assign(new Error("the answer broke off"), { code: "ECONNRESET" });
  return Buffer.concat(pieces);
};

const UNPACK = new Map([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", inflateSync],
  ["br", brotliDecompressSync],
]);

export const unpacked = (bytes: Buffer, encoding: string | undefined, maxBytes: number, where: string): Buffer => {
  const name = (encoding ?? "identity").toLowerCase();
  if (name === "identity" || bytes.length === 0) return bytes;
  const unpack = UNPACK.get(name);
  if (unpack === undefined) throw new JarvisError("upstream_garbage", { message: `${where} packed its answer as ${name.slice(0, 40)}, which was not asked for.` });
  try {
    return unpack(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_BUFFER_TOO_LARGE") throw tooMuch(where, maxBytes);
    throw new JarvisError("upstream_garbage", { message: `${where} sent a broken ${name} answer.`, cause: thrown });
  }
};
