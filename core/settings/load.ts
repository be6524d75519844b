// Reads jarvis.yaml: fills ${NAME} (or what NAME_FILE names) and ${file:PATH}, checks it by schema; every complaint names file, line, column and what was expected.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Issue, JarvisError } from "../contract/error.ts";
import { whyUnreadable } from "../lib/unreadable.ts";
import { worded } from "../lib/wording.ts";
import { readDocument } from "./document.ts";
import { Config } from "./schema.ts";
import { readValue } from "./value-file.ts";

const HOLE = /\$\{(file:)?([^}]+)\}/g;
const TELLING = /pass|secret|token|key|auth|cred|smtp/i;
const tells = (name: string, keys: readonly PropertyKey[]): boolean => TELLING.test(name) || TELLING.test(keys.map(String).join("."));
const LARGEST_BYTES = 1_048_576;
const VALUE_ALONE = "Expected a text file with the value alone in it, readable by the user Jarvis runs as";

export interface Loaded {
  config: Config;
  /** Values that came from ${file:...} or a NAME_FILE, and from ${NAME} where NAME or its key tells of a secret: to redact. An address from the environment is none. */
  filled: string[];
  /** Where a dotted path stands: `jarvis.yaml:4:7`. */
  place: (path: readonly PropertyKey[]) => string;
  /** The same complaint about this file, each issue with where it stands; what is no list of issues stays as it is. */
  placed: (thrown: unknown) => unknown;
}

interface Options {
  path: string;
  /** The environment, for ${NAME}. */
  get: (name: string) => string | undefined;
}

const wrong = (issues: readonly (Issue & { place: string })[]): JarvisError =>
  new JarvisError("configuration", { message: issues.map((issue) => `${issue.place}: ${issue.path ? `${issue.path}: ` : ""}${issue.message}`).join("\n"), issues });

export const loadConfig = ({ path, get }: Options): Loaded => {
  const { faults, value: document, place } = readDocument(readText(path), path);
  if (faults.length > 0) throw wrong(faults.map((fault) => ({ ...fault, path: "" })));

  const filled: string[] = [];
  const fill = (value: unknown, keys: readonly PropertyKey[]): unknown => {
    if (typeof value === "string")
      return value.replaceAll(HOLE, (_, file: string | undefined, name: string) => (file ? record(fromFile(name, keys), true) : fromEnvironment(name, keys)));
    if (Array.isArray(value)) return value.map((entry, index) => fill(entry, [...keys, index]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry, [...keys, key])]));
  };
  const record = (value: string, secret: boolean): string => {
    if (secret) filled.push(value);
    return value;
  };
  /** Every hole that cannot be filled is told, not only the first. */
  const missing: { keys: readonly PropertyKey[]; issue: Issue & { place: string } }[] = [];
  const lacks = (keys: readonly PropertyKey[], message: string): string => {
    missing.push({ keys, issue: { path: keys.join("."), message, place: place(keys) } });
    return "";
  };
  const fromFile = (name: string, keys: readonly PropertyKey[]): string => {
    const file = resolve(dirname(path), name);
    const value = readValue(file);
    return typeof value === "string" ? value : lacks(keys, `\${file:${name}}: ${file} ${value.why}. ${VALUE_ALONE}`);
  };
  const fromNamedFile = (name: string, file: string, keys: readonly PropertyKey[]): string => {
    const value = readValue(file);
    if (typeof value === "string" && value !== "") return record(value, true);
    return lacks(keys, `\${${name}}: ${name}_FILE names ${file}, which ${typeof value === "string" ? "is empty" : value.why}. ${VALUE_ALONE}`);
  };
  const fromEnvironment = (name: string, keys: readonly PropertyKey[]): string => {
    const value = get(name);
    if (value !== undefined) return record(value, tells(name, keys));
    const file = get(`${name}_FILE`);
    if (file !== undefined) return fromNamedFile(name, file, keys);
    return lacks(
      keys,
      `\${${name}}: the environment has no ${name}. Set it where Jarvis is started (or ${name}_FILE to a file's path), or take the value from a file: \${file:PATH}`,
    );
  };

  const parsed = Config.safeParse(fill(document(), []));
  const placed = (thrown: unknown): unknown => {
    if (!(thrown instanceof JarvisError) || thrown.type !== "configuration" || thrown.details.issues === undefined) return thrown;
    return wrong(thrown.details.issues.map((issue) => ({ ...issue, place: place(issue.path.split(".")) })));
  };
  const unfit = parsed.success ? [] : parsed.error.issues.flatMap((issue) => worded(issue, Config)).filter(({ path: keys }) => !missing.some((hole) => begins(keys, hole.keys)));
  if (parsed.success && missing.length === 0) return { config: parsed.data, filled, place, placed };
  throw wrong([...missing.map(({ issue }) => issue), ...unfit.map(({ path: keys, message }) => ({ path: keys.map(String).join("."), message, place: place(keys) }))]);
};

/** Is this the value a hole stands in? What is wrong with it comes of the hole. */
const begins = (keys: readonly PropertyKey[], hole: readonly PropertyKey[]): boolean => hole.every((key, index) => String(key) === String(keys[index]));

const readText = (path: string): string => {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > LARGEST_BYTES) throw new JarvisError("configuration", { message: `${path} is larger than 1 MiB` });
    return text;
  } catch (cause) {
    if (cause instanceof JarvisError) throw cause;
    throw new JarvisError("configuration", { message: `${path} ${whyUnreadable(cause)}`, cause });
  }
};
