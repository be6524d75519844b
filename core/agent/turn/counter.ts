// How many tokens a text has, asked of the model's own tokenizer once per text, and how to cut one to a number of tokens. Refuses to fail: without an answer it counts by bytes.
import type { Model } from "../models/model.ts";

const MOST_KEPT = 300;
const BYTES_PER_TOKEN = 3;
const TRIES = 6;

export type Count = (text: string) => Promise<number>;

export const createCounter = (model: Pick<Model, "count">): Count => {
  const kept = new Map<string, number>();
  return async (text) => {
    if (text === "") return 0;
    const known = kept.get(text);
    if (known !== undefined) return known;
    const counted = await model.count(text).catch(() => Number.NaN);
    const tokens = Number.isFinite(counted) ? Math.max(0, Math.ceil(counted)) : Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
    kept.set(text, tokens);
    return tokens;
  };
};

/** The longest head of `text` within `most` tokens, found in few counts; it ends at a line or a word where one is near. */
export const headWithin = async (text: string, most: number, count: Count): Promise<string> => {
  if (most <= 0) return "";
  // No tokenizer has more tokens than bytes, and none here needs more than this many letters for one.
  let head = text.slice(0, most * 12);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tokens = await count(head);
    if (tokens <= most) break;
    head = head.slice(0, Math.floor((head.length * most * 0.97) / tokens));
  }
  if (head.length === text.length) return head;
  const edge = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
  return (edge > head.length * 0.8 ? head.slice(0, edge) : head).replace(/[\ud800-\udbff]$/, "");
};
