// What a chat front end asks by itself, in the person's name and with the person's words inside: a title, tags, further questions. Known by the form of its prompts, and answered here, so that none of it is ever taken for an order. Pure.

interface Heard {
  text: string;
  system: string;
}

const TITLE_WORDS = 5;
const TITLE_LENGTH = 60;

/** All of Open WebUI's task prompts begin so, and so does what it wraps around found documents. */
const TASK = /^#{2,3} Task:/;
const HISTORY = /<chat_history>([\s\S]*)<\/chat_history>/;
const FIRST_LINE = /^USER:\s*(.+)$/m;

/** What the prompt says its JSON is to hold, and the least that fits. */
const SHAPES: readonly { asks: RegExp; answer: (text: string) => unknown }[] = [
  { asks: /"title"/, answer: (text) => ({ title: titleOf(text) }) },
  { asks: /"tags"/, answer: () => ({ tags: ["Homelab"] }) },
  { asks: /"follow_ups"/, answer: () => ({ follow_ups: [] }) },
  { asks: /"queries"/, answer: () => ({ queries: [] }) },
  { asks: /"prompt"/, answer: () => ({ prompt: "" }) },
  { asks: /"text"/, answer: () => ({ text: "" }) },
];

const DOCUMENTS =
  "That came wrapped in a template, together with other texts such as documents or search results. I act on a person's own words alone: switch retrieval off for this chat and say it again.";
const OTHER = "That is a task of your chat program, not a person's words, so I do nothing about it.";

const titleOf = (text: string): string => {
  const first = FIRST_LINE.exec(HISTORY.exec(text)?.[1] ?? "")?.[1] ?? "";
  const words = first
    .replace(/[^\p{L}\p{N} ._/-]/gu, " ")
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, TITLE_WORDS)
    .join(" ")
    .slice(0, TITLE_LENGTH);
  return words === "" ? "Jarvis" : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

/** Its answer; undefined for what a person says. */
export const errandAnswer = ({ text, system }: Heard): string | undefined => {
  // Without native tools Open WebUI asks for a choice among its own, as instructions with the person's words behind them.
  if (/^\s*Available Tools:/.test(system) || /^Query: (?:History:|```)/.test(text)) return JSON.stringify({ tool_calls: [] });
  if (/^Your task is to reflect the speaker's likely facial expression/.test(text)) return "\u{1F4AC}";
  if (/^You have been provided with a set of responses from various models/.test(text)) return OTHER;
  if (!TASK.test(text)) return undefined;
  // The examples and the history may hold anything: what is wanted stands before them.
  const wish = text.split("<chat_history>")[0] ?? "";
  const shape = /JSON/.test(wish) ? SHAPES.find(({ asks }) => asks.test(wish)) : undefined;
  if (shape !== undefined) return JSON.stringify(shape.answer(text));
  return /<(?:context|source|user_query)\b/.test(text) ? DOCUMENTS : OTHER;
};
