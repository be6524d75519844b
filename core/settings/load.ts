// Reads jarvis.yaml: fills ${NAME} and ${file:PATH}, checks it by schema; every complaint names file, line, column and what was expected.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import { type Issue, JarvisError } from "../contract/error.ts";
import { whyUnreadable } from "../lib/unreadable.ts";
import { worded } from "../lib/wording.ts";
import { Config } from "./schema.ts";

const HOLE = /\$\{(file:)?([^}]+)\}/g;
const TELLING = /pass|secret|token|key|auth|cred|smtp/i;
const tells = (name: string, keys: readonly PropertyKey[]): boolean => TELLING.test(name) || TELLING.test(keys.map(String).join("."));
const LARGEST_BYTES = 1_048_576;

export interface Loaded {
  config: Config;
  /** Values that came from ${file:...}, and from ${NAME} where NAME or its key tells of a secret: to redact. An address from the environment is none. */
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
  const text = readText(path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const syntax = document.errors.map((error) => ({ path: "", message: error.message.split("\n")[0] ?? "not YAML", place: at(error.pos[0]) }));
  if (syntax.length > 0) throw wrong(syntax);

  const place = (keys: readonly PropertyKey[]): string => {
    for (let depth = keys.length; depth > 0; depth -= 1) {
      const parent = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
      const last = keys[depth - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last));
        if (pair && isScalar(pair.key) && pair.key.range) return at(pair.key.range[0]);
      }
      const node = document.getIn(keys.slice(0, depth), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };

  const filled: string[] = [];
  const fill = (value: unknown, keys: readonly PropertyKey[]): unknown => {
    if (typeof value === "string")
      return value.replaceAll(HOLE, (_, file: string | undefined, name: string) =>
        record(file ? fromFile(name, keys) : fromEnvironment(name, keys), file !== undefined || tells(name, keys)),
      );
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
    try {
      return readFileSync(file, "utf8").trim();
    } catch (cause) {
      return lacks(keys, `\${file:${name}}: ${file} ${whyUnreadable(cause)}. Expected a text file with the value alone in it, readable by the user Jarvis runs as`);
    }
  };
  const fromEnvironment = (name: string, keys: readonly PropertyKey[]): string =>
    get(name) ?? lacks(keys, `\${${name}}: the environment has no ${name}. Set it where Jarvis is started, or take the value from a file: \${file:PATH}`);

  const parsed = Config.safeParse(fill(document.toJS() ?? {}, []));
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
