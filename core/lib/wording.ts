// What a schema has against a value of jarvis.yaml, in people's words: where, what was expected, the nearest known key. Never a bare pattern, never the value. Pure.
import type { z } from "zod";
import { didYouMean } from "./nearest.ts";
import { at, jsonSchema, keysAt } from "./shape.ts";

export interface Worded {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Raw = z.core.$ZodIssue;

const MOST_DEEP = 6;

/** The words a schema has for the value at a path. */
export const described = (schema: z.ZodType, path: readonly PropertyKey[]): string | undefined =>
  at(jsonSchema(schema, "input"), path.map(String).join("."))
    .map((node) => node.description)
    .find((words): words is string => typeof words === "string" && words !== "");

const strangers = (keys: readonly string[], path: readonly PropertyKey[], schema: z.ZodType): Worded[] => {
  const known = keysAt(jsonSchema(schema, "input"), path.map(String).join("."));
  const listed = known.length === 0 ? "" : ` Known here: ${known.join(", ")}.`;
  return keys.map((key) => ({ path: [...path, key], message: `there is no such key.${didYouMean(key, known)}${listed}` }));
};

/** Of several shapes the one that was most likely meant: the fewest complaints, and no key it does not know. */
const meant = (branches: readonly (readonly Raw[])[]): readonly Raw[] | undefined => {
  const deep = branches.filter((issues) => issues.every(({ code, path }) => path.length > 0 && code !== "unrecognized_keys"));
  return deep.toSorted((a, b) => a.length - b.length)[0];
};

const isBare = (issue: Raw): boolean => issue.code === "invalid_format" && issue.message.includes("must match pattern");
const sentence = (issue: Raw): string => issue.message.replace(/^Invalid (input|option): /, "");

/** Every complaint of one issue. `path` of the issue is from the schema's root. */
export const worded = (issue: Raw, schema: z.ZodType, depth = 0): Worded[] => {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") return strangers(issue.keys, path, schema);
  if (issue.code === "invalid_key") return [{ path, message: `this name does not fit: ${issue.issues.map(({ message }) => message).join("; ")}` }];
  const words = described(schema, path);
  const wanted = words === undefined ? "" : `expected ${words}`;
  if (issue.code === "invalid_union") {
    const inner = depth < MOST_DEEP ? meant(issue.errors) : undefined;
    if (inner !== undefined) return inner.flatMap((one) => worded({ ...one, path: [...path, ...one.path] }, schema, depth + 1));
    const known = keysAt(jsonSchema(schema, "input"), path.map(String).join("."));
    const each = [...new Set(issue.errors.flatMap((issues) => issues.filter(({ path: below }) => below.length === 0).map(sentence)))];
    const shapes = known.length > 0 ? `expected an object with some of: ${known.join(", ")}` : each.join(", or ");
    return [{ path, message: wanted || shapes || "does not fit" }];
  }
  if (isBare(issue)) return [{ path, message: wanted || "has not the shape that is expected here" }];
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return [{ path, message: `is missing: expected ${words ?? issue.expected}` }];
  return [{ path, message: words === undefined || issue.code === "custom" ? sentence(issue) : `${sentence(issue)} (${words})` }];
};
