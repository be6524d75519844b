// Reads the events of the Messages API (text, tool use, usage, stop reason). Unknown kinds are passed over; known ones must make sense.
import { z } from "zod";
import type { Heard, Reader } from "./dialect.ts";
import { brief, failed, ModelTrouble } from "./failure.ts";
import type { ModelRequest } from "./model.ts";
import { MOST_RAW, MOST_WISHES, wishOf } from "./wish.ts";

const Tokens = z.number().nonnegative().max(1e9).nullish();
const Usage = z.looseObject({ input_tokens: Tokens, output_tokens: Tokens, cache_read_input_tokens: Tokens, cache_creation_input_tokens: Tokens }).nullish();
/** One loose shape for all kinds: each kind looks at its own fields. */
const Chunk = z.looseObject({
  type: z.string(),
  index: z.number().int().min(0).max(10_000).optional(),
  message: z.looseObject({ usage: Usage }).optional(),
  content_block: z.looseObject({ type: z.string(), id: z.string().optional(), name: z.string().optional(), text: z.string().optional() }).optional(),
  delta: z.looseObject({ type: z.string().optional(), text: z.string().optional(), partial_json: z.string().optional(), stop_reason: z.string().nullish() }).optional(),
  usage: Usage,
});

const ENDS: Readonly<Record<string, "done" | "wishes" | "length" | "refused">> = {
  end_turn: "done",
  stop_sequence: "done",
  pause_turn: "done",
  tool_use: "wishes",
  max_tokens: "length",
  refusal: "refused",
};

export const anthropicReader = ({ tools }: Pick<ModelRequest, "tools">, at: string): Reader => {
  const calls = new Map<number, { id: string; tool: string; raw: string }>();
  const use = { input: 0, output: 0, cached: 0, written: 0 };
  let isBegun = false;
  let isOver = false;
  let why: string | undefined;
  let wishes = 0;

  const count = (told: z.output<typeof Usage>): void => {
    if (!told) return;
    use.cached = told.cache_read_input_tokens ?? use.cached;
    use.written = told.cache_creation_input_tokens ?? use.written;
    // The API counts what is cached apart from input_tokens; the sum is the prompt.
    if (told.input_tokens !== undefined && told.input_tokens !== null) use.input = told.input_tokens + use.cached + use.written;
    use.output = told.output_tokens ?? use.output;
  };
  const strange = (what: string): ModelTrouble => new ModelTrouble(failed("malformed", `${at} sends what is no answer of a model: ${brief(what, 120)}`, true));

  const begun = (index: number, block: { type: string; id?: string | undefined; name?: string | undefined; text?: string | undefined }): readonly Heard[] => {
    if (block.type === "text" && block.text) return [{ kind: "text", text: block.text }];
    if (block.type !== "tool_use") return [];
    if (!block.id || !block.name) throw strange("a call without a name");
    if (calls.size + wishes >= MOST_WISHES) throw strange(`more than ${MOST_WISHES} calls at once`);
    calls.set(index, { id: block.id, tool: block.name, raw: "" });
    return [];
  };
  const grown = (index: number, piece: string): readonly Heard[] => {
    const call = calls.get(index);
    if (!call) throw strange("arguments of a call that never began");
    call.raw += piece;
    if (call.raw.length > MOST_RAW * 2) throw strange("arguments without an end");
    return [];
  };
  const closed = (index: number): readonly Heard[] => {
    const call = calls.get(index);
    if (!call) return [];
    calls.delete(index);
    wishes += 1;
    return [wishOf(call, tools)];
  };

  return {
    read(given) {
      const read = Chunk.safeParse(given);
      if (!read.success) throw strange(JSON.stringify(given) ?? "nothing");
      const { type, index, message, content_block: block, delta, usage } = read.data;
      if (type === "message_start") {
        isBegun = true;
        count(message?.usage);
      }
      if (type === "content_block_start" && block) return begun(index ?? 0, block);
      if (type === "content_block_delta" && delta?.type === "text_delta" && delta.text) return [{ kind: "text", text: delta.text }];
      if (type === "content_block_delta" && delta?.type === "input_json_delta") return grown(index ?? 0, delta.partial_json ?? "");
      if (type === "content_block_stop") return closed(index ?? 0);
      if (type === "message_delta") {
        why = delta?.stop_reason ?? why;
        count(usage);
      }
      if (type === "message_stop") isOver = true;
      return [];
    },
    close() {
      const used: Heard[] = isBegun ? [{ kind: "usage", ...use }] : [];
      if (!isOver || why === undefined) return used;
      if (why === "model_context_window_exceeded") return [...used, failed("overflow", "the conversation and its answer are longer than the model holds")];
      return [...used, { kind: "end", why: wishes > 0 && why === "end_turn" ? "wishes" : (ENDS[why] ?? "done") }];
    },
  };
};
