// What a cloud model costs and holds, by its id. Prices in USD per million tokens, from platform.claude.com/docs/en/about-claude/pricing as of 2026-10-24. Decides nothing.

/** A model that is not here costs as the dearest that is, and is said to be unknown. */
export interface Price {
  input: number;
  output: number;
  /** Reading from the prefix cache. */
  cacheRead: number;
  /** Writing to it, for five minutes. */
  cacheWrite: number;
}

interface Known {
  price: Price;
  contextTokens: number;
  /** How to ask for no thinking ahead, where the model can do without: thinking counts as output. */
  quiet?: "between_tools" | "disabled";
  /** Prices of a prompt longer than `aboveTokens`. */
  long?: { aboveTokens: number; price: Price };
}

const WRITE_FACTOR = 1.25;
const price = (input: number, output: number, readShare: number): Price => ({ input, output, cacheRead: input * readShare, cacheWrite: input * WRITE_FACTOR });
const MILLION = 1_000_000;
const LARGE = 1_000_000;
const SMALL = 200_000;

const KNOWN: readonly (readonly [prefix: string, known: Known])[] = [
  ["claude-fable-5-1", { price: price(10, 50, 0.025), contextTokens: LARGE }],
  ["claude-mythos-5-1", { price: price(10, 50, 0.025), contextTokens: LARGE }],
  ["claude-fable-5", { price: price(10, 50, 0.1), contextTokens: LARGE }],
  ["claude-mythos-5", { price: price(10, 50, 0.1), contextTokens: LARGE }],
  ["claude-opus-5-5", { price: price(4, 20, 0.05), contextTokens: LARGE }],
  ["claude-opus-5", { price: price(5, 25, 0.1), contextTokens: LARGE, quiet: "disabled" }],
  ["claude-opus-4", { price: price(5, 25, 0.1), contextTokens: SMALL }],
  ["claude-sonnet-5-5", { price: price(2, 10, 0.05), contextTokens: LARGE, quiet: "between_tools" }],
  ["claude-sonnet-5", { price: price(2, 10, 0.1), contextTokens: LARGE, quiet: "disabled" }],
  ["claude-sonnet-4", { price: price(3, 15, 0.1), contextTokens: SMALL }],
  ["claude-haiku-5-5", { price: price(0.1, 0.5, 0.1), contextTokens: LARGE, long: { aboveTokens: 100_000, price: price(0.5, 2.5, 0.1) } }],
  ["claude-haiku-4-5", { price: price(1, 5, 0.1), contextTokens: SMALL }],
];
const DEAREST = price(10, 50, 1);
/** Names that begin like a known one and are another model. */
const NOT_KNOWN = /^claude-(?:fable|mythos)-5-[2-9]|^claude-opus-4-[01](?:-|$)/;

export interface Knowledge {
  isPriceKnown: boolean;
  contextTokens: number;
  quiet?: "between_tools" | "disabled" | undefined;
  /** USD for this use; every token of a prompt counts once, `written` and `cached` being parts of `input`. */
  costUsd: (use: Use) => number;
}

export interface Use {
  input: number;
  output: number;
  cached: number;
  written?: number;
}

const costBy = ({ input, output, cacheRead, cacheWrite }: Price, use: Use): number => {
  const written = Math.min(use.written ?? 0, Math.max(0, use.input - use.cached));
  const fresh = Math.max(0, use.input - use.cached - written);
  return (fresh * input + written * cacheWrite + use.cached * cacheRead + use.output * output) / MILLION;
};

/** `told`: the operator's own prices, before those of the table. */
export const knowledgeOf = (model: string, told?: { input: number; output: number } | undefined): Knowledge => {
  const known = NOT_KNOWN.test(model) ? undefined : KNOWN.find(([prefix]) => model === prefix || model.startsWith(`${prefix}-`))?.[1];
  const contextTokens = known?.contextTokens ?? SMALL;
  if (told) return { isPriceKnown: true, contextTokens, quiet: known?.quiet, costUsd: (use) => costBy(price(told.input, told.output, 1), use) };
  if (!known) return { isPriceKnown: false, contextTokens, costUsd: (use) => costBy(DEAREST, use) };
  return {
    isPriceKnown: true,
    contextTokens,
    quiet: known.quiet,
    costUsd: (use) => costBy(known.long && use.input > known.long.aboveTokens ? known.long.price : known.price, use),
  };
};

/** What is on this LAN costs no money. */
export const FREE: Knowledge = { isPriceKnown: true, contextTokens: 4096, costUsd: () => 0 };
