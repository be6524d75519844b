// An answer in llama-server's form of a chat completion: whole, or as the chunks of its stream, with its timings. Pure.
import { MODEL } from "../about.ts";
import { written } from "../call.ts";
import { countOf, piecesOf } from "../tokens.ts";
import type { Trouble } from "../trouble.ts";
import type { Answer } from "../wish/asked.ts";

const JSON_A_CHUNK = 16;
const FINGERPRINT = "b1-lab";

export interface Told {
  id: string;
  wishIds: readonly string[];
  answer: Answer;
  /** Tokens of the prompt, and how many of them were held. */
  prompt: number;
  cached: number;
  promptMs: number;
  mostTokens: number;
  createdS: number;
  trouble: Trouble;
}

const textOf = ({ answer, mostTokens }: Told): { text: string; isCut: boolean } => {
  const pieces = piecesOf(answer.text);
  return pieces.length > mostTokens ? { text: pieces.slice(0, mostTokens).join(""), isCut: true } : { text: answer.text, isCut: false };
};

export const spokenOf = (told: Told): string => `${textOf(told).text}${told.answer.wishes.map((wish) => `<tool_call>${JSON.stringify(wish)}</tool_call>`).join("")}`;

const outputOf = (told: Told): number => countOf(spokenOf(told)) + 1;

const reasonOf = (told: Told): string => (textOf(told).isCut ? "length" : told.answer.wishes.length > 0 ? "tool_calls" : "stop");

const usageOf = (told: Told) => {
  const output = outputOf(told);
  return { completion_tokens: output, prompt_tokens: told.prompt, total_tokens: told.prompt + output, prompt_tokens_details: { cached_tokens: told.cached } };
};

const rate = (count: number, ms: number): number => (ms > 0 ? (count / ms) * 1_000 : 0);

const timingsOf = (told: Told, answerMs: number) => {
  const [fresh, output] = [told.prompt - told.cached, outputOf(told)];
  return {
    cache_n: told.cached,
    prompt_n: fresh,
    prompt_ms: told.promptMs,
    prompt_per_token_ms: fresh > 0 ? told.promptMs / fresh : 0,
    prompt_per_second: rate(fresh, told.promptMs),
    predicted_n: output,
    predicted_ms: answerMs,
    predicted_per_token_ms: answerMs / output,
    predicted_per_second: rate(output, answerMs),
  };
};

const callsOf = (told: Told) =>
  told.answer.wishes.map((wish, at) => ({ type: "function", id: told.wishIds[at] ?? "", function: { name: wish.tool, arguments: written(wish.arguments, told.trouble) } }));

const headOf = (told: Told, object: string) => ({ created: told.createdS, id: told.id, model: MODEL, system_fingerprint: FINGERPRINT, object });

export const completionOf = (told: Told, answerMs: number): unknown => {
  const calls = callsOf(told);
  const message = { role: "assistant", content: calls.length > 0 ? null : textOf(told).text, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return { choices: [{ finish_reason: reasonOf(told), index: 0, message }], ...headOf(told, "chat.completion"), usage: usageOf(told), timings: timingsOf(told, answerMs) };
};

const inPieces = (text: string): string[] => Array.from({ length: Math.ceil(text.length / JSON_A_CHUNK) }, (_, at) => text.slice(at * JSON_A_CHUNK, (at + 1) * JSON_A_CHUNK));

/** `usage`: with a last chunk that tells it. */
export const chunksOf = (told: Told, { usage, answerMs }: { usage: boolean; answerMs: number }): string[] => {
  const head = headOf(told, "chat.completion.chunk");
  const frame = (body: unknown): string => `data: ${JSON.stringify(body)}\n\n`;
  const delta = (change: unknown): string => frame({ choices: [{ finish_reason: null, index: 0, delta: change }], ...head });
  const calls = callsOf(told).flatMap((call, index) => [
    { tool_calls: [{ index, id: call.id, type: "function", function: { name: call.function.name, arguments: "" } }] },
    ...inPieces(call.function.arguments).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  const timings = timingsOf(told, answerMs);
  const last = { choices: [{ finish_reason: reasonOf(told), index: 0, delta: {} }], ...head };
  return [
    delta({ role: "assistant", content: null }),
    ...piecesOf(textOf(told).text).map((content) => delta({ content })),
    ...calls.map(delta),
    ...(usage ? [frame(last), frame({ choices: [], ...head, usage: usageOf(told), timings })] : [frame({ ...last, timings })]),
    "data: [DONE]\n\n",
  ];
};
