// What a person may start with: a few questions, each with the documents it needs beside it. They ask for looking and telling, never for acting.
import type { GetPromptResult, PromptMessage, ReadResourceResult } from "@modelcontextprotocol/server";
import { JarvisError } from "../contract/error.ts";
import type { OfferedPrompt } from "./catalogue.ts";
import { ADDRESS } from "./documents.ts";

type Read = (uri: string) => Promise<ReadResourceResult | undefined>;

interface Made {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly argument?: { readonly name: string; readonly about: string };
  readonly words: (value: string) => string;
  readonly beside: (value: string) => readonly string[];
}

const MADE: readonly Made[] = [
  {
    name: "explain",
    title: "Explain one resource",
    about: "What is known of one node, guest, container, storage or service, and whether it is well.",
    argument: { name: "id", about: "A resource id, such as guest/101" },
    words: (id) => `Explain how ${id} is: what it is, whether it is well, what went wrong with it lately, and what you cannot know from this. Say where each figure comes from.`,
    beside: (id) => [`jarvis://resource/${id}`, ADDRESS.incidents],
  },
  {
    name: "week",
    title: "The week in short",
    about: "This week's report for somebody who has two minutes.",
    words: () =>
      "Tell this week's report to somebody who has two minutes: first what is not known, then what went wrong and how it ended, then what waits for them. Leave out what went well.",
    beside: () => ["jarvis://report/week", ADDRESS.asks],
  },
  {
    name: "whats_wrong",
    title: "What is wrong?",
    about: "What is wrong now, why, and what is being done about it.",
    words: () => "What is wrong in this house now, why, and what is being done about it? Name what cannot be seen before anything else, and give the evidence for each cause.",
    beside: () => [ADDRESS.status, ADDRESS.incidents, ADDRESS.asks],
  },
];

const user = (content: PromptMessage["content"]): PromptMessage => ({ role: "user", content });

const made = (prompt: Made, read: Read): OfferedPrompt => ({
  listed: {
    name: prompt.name,
    title: prompt.title,
    description: prompt.about,
    ...(prompt.argument === undefined ? {} : { arguments: [{ name: prompt.argument.name, description: prompt.argument.about, required: true }] }),
  },
  get: async (input): Promise<GetPromptResult> => {
    const value = prompt.argument === undefined ? "" : (input[prompt.argument.name] ?? "");
    const documents = await Promise.all(prompt.beside(value).map(async (uri) => ({ uri, found: await read(uri) })));
    const lost = documents.find(({ found }) => found === undefined);
    if (lost !== undefined) throw new JarvisError("bad_input", { message: `There is nothing at ${lost.uri.slice(0, 200)}.`, path: prompt.argument?.name ?? "" });
    const beside = documents.flatMap(({ found }) => found?.contents ?? []);
    return { description: prompt.about, messages: [user({ type: "text", text: prompt.words(value) }), ...beside.map((resource) => user({ type: "resource", resource }))] };
  },
});

export const promptsFrom = (read: Read): readonly OfferedPrompt[] => MADE.map((prompt) => made(prompt, read));
