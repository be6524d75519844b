// JSON-RPC frames as text. Pure.
import { errorBody, JarvisError } from "../contract/error.ts";
import type { RpcRequest } from "../contract/wire.ts";
import { jsonText } from "../live/publication.ts";

type Id = Exclude<RpcRequest["id"], undefined>;

export const resultFrame = (id: Id, result: unknown): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${jsonText(result)}}`;
export const errorFrame = (id: Id, thrown: unknown): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(errorBody(thrown))}}`;
export const notificationFrame = (method: string, params: unknown): string => `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${jsonText(params)}}`;

/** The id of what may be a request, for an error about it. */
export const idOf = (value: unknown): Id => {
  if (typeof value !== "object" || value === null || !("id" in value)) return null;
  return typeof value.id === "string" || typeof value.id === "number" ? value.id : null;
};

/** True for our own words, false for a bug that must be logged. */
export const isExpected = (thrown: unknown): boolean => thrown instanceof JarvisError && thrown.fault !== "bug";
