// An answer in the Messages API's form: as one message, or as the events of its stream. Pure.
import { MODEL } from "../about.ts";
import { written } from "../call.ts";
import { countOf, piecesOf } from "../tokens.ts";
import type { Trouble } from "../trouble.ts";
import type { Answer } from "../wish/asked.ts";
import type { Figures } from "./cache.ts";

const PIECES_A_FRAME = 3;
const JSON_A_FRAME = 16;

export interface Told {
  id: string;
  /** Ids of the wishes, in their order. */
  wishIds: readonly string[];
  answer: Answer;
  figures: Figures;
  mostTokens: number;
  trouble: Trouble;
}

const usageOf = ({ figures }: Told, output: number) => ({
  input_tokens: figures.input,
  cache_creation_input_tokens: figures.created,
  cache_read_input_tokens: figures.read,
  cache_creation: { ephemeral_5m_input_tokens: figures.created, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
  service_tier: "standard",
});

/** No longer than allowed. */
const textOf = ({ answer, mostTokens }: Told): { text: string; isCut: boolean } => {
  const pieces = piecesOf(answer.text);
  return pieces.length > mostTokens ? { text: pieces.slice(0, mostTokens).join(""), isCut: true } : { text: answer.text, isCut: false };
};

const outputOf = (told: Told): number =>
  Math.max(1, countOf(textOf(told).text) + told.answer.wishes.reduce((sum, wish) => sum + countOf(wish.tool) + countOf(JSON.stringify(wish.arguments)), 0));

const reasonOf = (told: Told): string => (textOf(told).isCut ? "max_tokens" : told.answer.wishes.length > 0 ? "tool_use" : "end_turn");

const frameOf = (told: Told, content: unknown[], stop: string | null, output: number) => ({
  id: told.id,
  type: "message",
  role: "assistant",
  model: MODEL,
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage: usageOf(told, output),
});

export const messageOf = (told: Told): unknown => {
  const { text } = textOf(told);
  const uses = told.answer.wishes.map((wish, at) => ({ type: "tool_use", id: told.wishIds[at], name: wish.tool, input: wish.arguments }));
  return frameOf(told, [...(text === "" ? [] : [{ type: "text", text }]), ...uses], reasonOf(told), outputOf(told));
};

const event = (type: string, more: Readonly<Record<string, unknown>> = {}): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

const every = (parts: readonly string[], size: number): string[] =>
  Array.from({ length: Math.ceil(parts.length / size) }, (_, at) => parts.slice(at * size, (at + 1) * size).join(""));

const block = (index: number, start: unknown, deltas: readonly unknown[]): string[] => [
  event("content_block_start", { index, content_block: start }),
  ...deltas.map((delta) => event("content_block_delta", { index, delta })),
  event("content_block_stop", { index }),
];

export const eventsOf = (told: Told): string[] => {
  const { text } = textOf(told);
  const words =
    text === ""
      ? []
      : [
          block(
            0,
            { type: "text", text: "" },
            every(piecesOf(text), PIECES_A_FRAME).map((piece) => ({ type: "text_delta", text: piece })),
          ),
        ];
  const uses = told.answer.wishes.map((wish, at) =>
    block(words.length + at, { type: "tool_use", id: told.wishIds[at], name: wish.tool, input: {} }, [
      { type: "input_json_delta", partial_json: "" },
      ...every([...written(wish.arguments, told.trouble)], JSON_A_FRAME).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
    ]),
  );
  const { cache_creation: _, service_tier: __, ...usage } = usageOf(told, outputOf(told));
  return [
    event("message_start", { message: frameOf(told, [], null, 1) }),
    event("ping"),
    ...[...words, ...uses].flat(),
    event("message_delta", { delta: { stop_reason: reasonOf(told), stop_sequence: null }, usage }),
    event("message_stop"),
  ];
};
