// Reads the pieces of /v1/chat/completions: words, tool-call deltas, usage, llama-server's timings. Unknown fields are passed over; known ones must make sense.
import { z } from "zod";
import type { Heard, Reader } from "./dialect.ts";
import { brief, failed, ModelTrouble } from "./failure.ts";
import type { ModelRequest } from "./model.ts";
import { createSpoken } from "./spoken-json.ts";
import { MOST_RAW, MOST_WISHES, wishOf } from "./wish.ts";

const Tokens = z.number().nonnegative().max(1e9).nullish();
const Delta = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z
    .array(
      z.looseObject({
        index: z.number().int().min(0).max(1000).nullish(),
        id: z.string().nullish(),
        function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
const Chunk = z.looseObject({
  choices: z.array(z.looseObject({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z.looseObject({ prompt_tokens: Tokens, completion_tokens: Tokens, prompt_tokens_details: z.looseObject({ cached_tokens: Tokens }).nullish() }).nullish(),
  timings: z.looseObject({ cache_n: Tokens, prompt_n: Tokens, predicted_n: Tokens }).nullish(),
});
type Chunk = z.output<typeof Chunk>;

interface Call {
  id: string;
  tool: string;
  raw: string;
}

export const compatibleReader = ({ tools, mustCall }: Pick<ModelRequest, "tools" | "mustCall">, at: string, isConstrained: boolean): Reader => {
  const spoken = isConstrained && tools.length > 0 ? createSpoken(tools, mustCall === true) : undefined;
  const calls = new Map<number, Call>();
  let used: { input: number; output: number; cached: number } | undefined;
  let finish: string | undefined;
  let hasRefused = false;
  const strange = (what: string): ModelTrouble => new ModelTrouble(failed("malformed", `${at} sends what is no answer of a model: ${brief(what, 120)}`, true));

  const count = ({ usage, timings }: Chunk): void => {
    if (usage) used = { input: usage.prompt_tokens ?? 0, output: usage.completion_tokens ?? 0, cached: usage.prompt_tokens_details?.cached_tokens ?? used?.cached ?? 0 };
    // The server's own clock tells what it did not read again.
    if (timings) used = { input: (timings.cache_n ?? 0) + (timings.prompt_n ?? 0), output: timings.predicted_n ?? 0, cached: timings.cache_n ?? 0 };
  };

  const grow = (deltas: NonNullable<z.output<typeof Delta>["tool_calls"]>): void => {
    for (const { index, id, function: called } of deltas) {
      // Some servers number no calls: each with a name of its own is another.
      const key = index ?? (called?.name ? calls.size : Math.max(0, calls.size - 1));
      const call = calls.get(key) ?? { id: "", tool: "", raw: "" };
      if (!calls.has(key) && calls.size >= MOST_WISHES) throw strange(`more than ${MOST_WISHES} calls at once`);
      calls.set(key, { id: id || call.id, tool: call.tool || (called?.name ?? ""), raw: call.raw + (called?.arguments ?? "") });
      if (call.raw.length > MOST_RAW * 2) throw strange("arguments without an end");
    }
  };

  const whole = (): readonly Heard[] => [...calls.values()].map(({ id, tool, raw }) => wishOf({ id: id || `call_${crypto.randomUUID().slice(0, 8)}`, tool, raw }, tools));

  const ended = (wishes: readonly Heard[]): Heard => {
    if (hasRefused || finish === "content_filter") return { kind: "end", why: "refused" };
    if (finish === "length") return { kind: "end", why: "length" };
    return { kind: "end", why: wishes.some(({ kind }) => kind === "wish") ? "wishes" : "done" };
  };

  return {
    read(given) {
      const read = Chunk.safeParse(given);
      if (!read.success) throw strange(JSON.stringify(given) ?? "nothing");
      count(read.data);
      const [choice] = read.data.choices ?? [];
      finish = choice?.finish_reason ?? finish;
      if (choice?.delta?.tool_calls) grow(choice.delta.tool_calls);
      if (choice?.delta?.refusal) hasRefused = true;
      const text = choice?.delta?.content || choice?.delta?.refusal || "";
      if (text === "") return [];
      return spoken ? spoken.read(text) : [{ kind: "text", text }];
    },
    close() {
      const usage: Heard[] = used ? [{ kind: "usage", ...used }] : [];
      if (finish === undefined) return usage;
      const isCut = finish === "length";
      // What was cut in two is no call.
      const wishes = [...(spoken?.close(isCut) ?? []), ...(isCut ? [] : whole())];
      return [...wishes, ...usage, ended(wishes)];
    },
  };
};
