// Values that stand on one line: words, numbers, flags, `[a, b]` and `{a: 1, b: [c]}`, one within another. Refuses what does not end on its line. Pure.

const MOST_DEEP = 5;

export type Fail = (why: string) => Error;

const scalar = (bare: string, fail: Fail): unknown => {
  if (bare.startsWith('"')) {
    if (!/^"(?:[^"\\]|\\["\\/bfnrt])*"$/.test(bare)) throw fail(`the text ${bare} does not end with its quote`);
    return JSON.parse(bare);
  }
  if (bare.startsWith("'")) {
    if (!/^'[^']*'$/.test(bare)) throw fail(`the text ${bare} does not end with its quote`);
    return bare.slice(1, -1);
  }
  if (/^-?\d+(?:\.\d+)?$/.test(bare)) return Number(bare);
  if (bare === "true" || bare === "false") return bare === "true";
  return bare;
};

/** The parts between commas; those within quotes, brackets and braces stay together. */
const pieces = (inner: string, fail: Fail): string[] => {
  const found: string[] = [];
  let [depth, begin, quote] = [0, 0, ""];
  for (let index = 0; index < inner.length; index += 1) {
    const sign = inner[index] ?? "";
    if (quote !== "") {
      if (sign === "\\" && quote === '"') index += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth -= 1;
    else if (sign === "," && depth === 0) {
      found.push(inner.slice(begin, index).trim());
      begin = index + 1;
    }
    if (depth < 0) throw fail("a bracket is closed that was not opened");
  }
  if (depth > 0 || quote !== "") throw fail(quote === "" ? "a bracket is not closed on its line" : "a quote is not closed on its line");
  return [...found, inner.slice(begin).trim()].filter((piece) => piece !== "");
};

const isHole = (bare: string): boolean => /^\{[a-zA-Z0-9.]+\}$/.test(bare);

export const flow = (text: string, fail: Fail, depth = 0): unknown => {
  const bare = text.trim();
  if (depth > MOST_DEEP) throw fail("it is nested too deep");
  if (bare.startsWith("[")) {
    if (!bare.endsWith("]")) throw fail("the list does not end on its line");
    return pieces(bare.slice(1, -1), fail).map((piece) => flow(piece, fail, depth + 1));
  }
  if (!bare.startsWith("{") || isHole(bare)) return scalar(bare, fail);
  if (!bare.endsWith("}")) throw fail("the mapping does not end on its line");
  const pairs = pieces(bare.slice(1, -1), fail).map((piece): [string, unknown] => {
    const [, key, rest] = /^([\w-]+):\s*(.*)$/.exec(piece) ?? [];
    if (key === undefined || rest === undefined) throw fail(`expected key: value, not ${piece}`);
    return [key, flow(rest, fail, depth + 1)];
  });
  return mapping(pairs, fail);
};

/** One key once: the second of two would win in silence. */
export const mapping = (pairs: readonly (readonly [string, unknown])[], fail: Fail): Record<string, unknown> => {
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, value] of pairs) {
    if (Object.hasOwn(made, key)) throw fail(`${key} is given twice`);
    made[key] = value;
  }
  return { ...made };
};
