// How far one turn may go, and how its tokens are divided. Numbers only.

/** Reliability D27 allows more; a homelab's question never needs it. */
export const LIMITS = {
  steps: 12,
  wishesPerStep: 4,
  errors: 6,
  /** The third time the same is wished for, it turns in circles. */
  repeats: 3,
  repairs: 2,
  wallMs: 300_000,
  /** Input and output of all steps together. */
  tokens: 60_000,
  costUsd: 0.5,
  /** Acts that wait for a person because of one question. */
  held: 2,
  textLength: 16_000,
} as const;

/** Tokens by part of a prompt. */
export interface Shares {
  persona: number;
  tools: number;
  facts: number;
  memory: number;
  history: number;
  question: number;
  answer: number;
  /** Of one result; what is more is there by its handle. */
  result: number;
}

const OF_4096: Shares = { persona: 400, tools: 600, facts: 300, memory: 200, history: 700, question: 400, answer: 300, result: 600 };
const SMALLEST = 2048;

/** A larger window is no reason to say more than twice as much: small beats cached. */
export const sharesOf = (contextTokens: number): Shares => {
  const scale = Math.min(2, Math.max(SMALLEST, contextTokens) / 4096);
  const of = (part: keyof Shares): number => Math.floor(OF_4096[part] * scale);
  return {
    persona: of("persona"),
    tools: of("tools"),
    facts: of("facts"),
    memory: of("memory"),
    history: of("history"),
    question: of("question"),
    answer: of("answer"),
    result: Math.min(OF_4096.result, of("result")),
  };
};
