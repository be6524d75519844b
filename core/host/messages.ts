// The Context as messages: what goes over the port between a plugin's side and the host's, parsed on arrival. Shapes only; a child's word is never trusted.
import { z } from "zod";
import { ERRORS, type ErrorType, JarvisError } from "../contract/error.ts";

/** Call 0 is the plugin's life; the others are calls the host began. */
const call = z.number().int().nonnegative();

export const ToHost = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ask"), id: z.number().int(), call, method: z.string(), arguments: z.array(z.unknown()).max(3) }),
  z.object({ kind: z.literal("log"), message: z.string(), data: z.record(z.string(), z.unknown()).optional() }),
]);
export type ToHost = z.infer<typeof ToHost>;

const WireError = z.object({
  type: z.string(),
  message: z.string(),
  path: z.string().optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
type WireError = z.infer<typeof WireError>;

export const ToPlugin = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), id: z.number().int(), value: z.unknown() }),
  z.object({ kind: z.literal("error"), id: z.number().int(), error: WireError }),
  z.object({ kind: z.literal("abort"), call, error: WireError }),
]);
export type ToPlugin = z.infer<typeof ToPlugin>;

export const errorOut = (thrown: unknown): WireError => {
  if (!(thrown instanceof JarvisError)) return { type: "bug", message: thrown instanceof Error ? thrown.message : String(thrown) };
  const { path: where, issues, data } = thrown.details;
  return {
    type: thrown.type,
    message: thrown.message,
    ...(where === undefined ? {} : { path: where }),
    ...(issues === undefined ? {} : { issues: [...issues] }),
    ...(data === undefined ? {} : { data: { ...data } }),
  };
};

const isType = (type: string): type is ErrorType => Object.hasOwn(ERRORS, type);

export const errorIn = ({ type, message, path: where, issues, data }: WireError): JarvisError =>
  new JarvisError(isType(type) ? type : "bug", {
    message,
    ...(where === undefined ? {} : { path: where }),
    ...(issues === undefined ? {} : { issues }),
    ...(data === undefined ? {} : { data }),
  });
