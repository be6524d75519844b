// Reads a request's body up to a bound. Refuses more, compressed bodies, and bytes that are no UTF-8.
import { JarvisError } from "../contract/error.ts";

const BODY_BYTES = 1024 * 1024;

const tooLarge = (): JarvisError => new JarvisError("too_large", { message: `The body is larger than ${BODY_BYTES} bytes.` });

const collect = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > BODY_BYTES) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

/** Refuses by headers alone, before a byte of the body is read. */
export const checkBodyHeaders = (headers: Headers): void => {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") throw new JarvisError("invalid_request", { message: "Compressed bodies are not taken." });
  const length = headers.get("content-length");
  if (length !== null && Number(length) > BODY_BYTES) throw tooLarge();
};

export const readBody = async (request: Request): Promise<string> => {
  checkBodyHeaders(request.headers);
  if (request.body === null) return "";
  const bytes = await collect(request.body);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (failure) {
    throw new JarvisError("parse", { message: "The body is not UTF-8.", cause: failure });
  }
};
