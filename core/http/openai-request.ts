// A chat completion request: what of it is said to Jarvis. Only the last message is, and only when it is a person's; all before it finds the conversation again and is never acted upon.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { issuesOf } from "./methods.ts";

const MOST_MESSAGES = 2_000;
/** As long as one sentence to the chat may be. */
const LONGEST = 8_192;

const Part = z.looseObject({ type: z.string().max(100), text: z.string().optional() });
const Message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(Part).max(1_000), z.null()]).optional(),
});
type Message = z.infer<typeof Message>;

export const ChatRequest = z.looseObject({
  model: z.string().max(200).optional().describe("Any name: there is one to talk to"),
  messages: z.array(Message).min(1).max(MOST_MESSAGES).describe("The last is what is said, by a person; the others only find the conversation again"),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, "one answer is given, not several").nullish(),
});

/** What OpenAI's clients get back, as far as it is relied on. */
export const ChatAnswer = z.looseObject({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.number().int(),
  model: z.string(),
  choices: z.array(z.object({ index: z.number().int(), finish_reason: z.string(), message: z.object({ role: z.literal("assistant"), content: z.string() }) })),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number(), total_tokens: z.number() }),
});

export interface Said {
  text: string;
  system: string;
  /** What person and Jarvis said before, in their order. */
  before: readonly { role: string; text: string }[];
  isStream: boolean;
  wantsUsage: boolean;
}

const textOf = ({ content }: Message): string =>
  typeof content === "string" ? content : (content ?? []).flatMap(({ type, text }) => (type === "text" && text !== undefined ? [text] : [])).join("\n");

const holdsMore = ({ content }: Message): boolean => Array.isArray(content) && content.some(({ type }) => type !== "text");

/** Throws bad_input or too_large. */
export const readChatRequest = (body: unknown): Said => {
  const read = ChatRequest.safeParse(body);
  if (!read.success) throw new JarvisError("bad_input", { message: "That is no chat completion request.", issues: issuesOf(read.error, ChatRequest) });
  const { messages, stream, stream_options } = read.data;
  const last = messages.at(-1);
  if (last?.role !== "user") throw new JarvisError("bad_input", { message: "The last message must be a person's (role user): it is what is said to Jarvis.", path: "messages" });
  if (holdsMore(last)) throw new JarvisError("bad_input", { message: "Jarvis reads text alone, no images, sound or files.", path: "messages" });
  const text = textOf(last).trim();
  if (text === "") throw new JarvisError("bad_input", { message: "The last message is empty.", path: "messages" });
  return {
    text,
    system: messages
      .filter(({ role }) => role === "system" || role === "developer")
      .map(textOf)
      .join("\n"),
    before: messages.slice(0, -1).flatMap((message) => (message.role === "user" || message.role === "assistant" ? [{ role: message.role, text: textOf(message).trim() }] : [])),
    isStream: stream === true,
    wantsUsage: stream_options?.include_usage === true,
  };
};

/** Throws too_large for more than the chat takes at once. */
export const checkLength = (text: string): void => {
  if (text.length > LONGEST) throw new JarvisError("too_large", { message: `That is longer than the ${LONGEST} letters that can be said at once.`, path: "messages" });
};
