// Reads a request's parameters as pveproxy does: query for GET and DELETE, a form or JSON body for POST and PUT, of known length and at most 512 KiB.
import type { IncomingMessage } from "node:http";
import { badParameters, failure } from "./failure.ts";
import type { Parameters, Value } from "./parameters.ts";

const MAX_BODY_BYTES = 524_288;

function fromForm(text: string): Parameters {
  const parameters: Parameters = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return parameters;
}

const isValue = (given: unknown): given is Value => given === null || ["string", "number", "boolean", "object"].includes(typeof given);

function fromJson(text: string): Parameters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw failure(500, "malformed JSON string");
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) throw failure(500, "unexpected JSON data, expected an object");
  return Object.fromEntries(Object.entries(parsed).filter((pair): pair is [string, Value] => isValue(pair[1]) && pair[1] !== null));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw failure(501, "for data too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export async function readParameters(request: IncomingMessage, method: string, query: string): Promise<Parameters> {
  const inQuery = fromForm(query);
  const length = Number(request.headers["content-length"] ?? 0);
  if (request.headers["transfer-encoding"]) throw failure(501, "chunked transfer encoding not supported");
  if (method === "GET" || method === "DELETE") {
    if (length > 0) throw failure(501, `Unexpected content for method '${method}'`);
    return inQuery;
  }
  if (length > MAX_BODY_BYTES) throw failure(501, "for data too large");
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const text = await readBody(request);
  if (text === "") return inQuery;
  if (type === "application/json") return { ...inQuery, ...fromJson(text) };
  if (type === "application/x-www-form-urlencoded" || type === "") return { ...inQuery, ...fromForm(text) };
  throw failure(506, `upload not supported: content type '${type}'`);
}

/** Merges what stood in the path; the same name with another value in the body is refused. */
export function withPath(parameters: Parameters, path: Readonly<Record<string, string>>): Parameters {
  const rest = { ...parameters };
  for (const [name, value] of Object.entries(path)) {
    if (rest[name] !== undefined && String(rest[name]) !== value) throw badParameters({ [name]: "duplicate parameter (already defined in URI) with conflicting values!" });
    delete rest[name];
  }
  return rest;
}
