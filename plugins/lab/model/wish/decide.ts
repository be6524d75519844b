// One turn of the lab model: the last person's words and what was done since, to a wish or a sentence. Deterministic: the same question gets the same answer.
import type { Answer, Asked, Tool, Turn } from "./asked.ts";
import { complete, fill } from "./fill.ts";
import { hear } from "./heard.ts";
import { pick } from "./pick.ts";
import { formOf, unwrapped } from "./plainly.ts";
import { sayFromContext, sayMissing, sayResult, WHO } from "./say.ts";

const MOST_CLAUSES = 4;
const CLAUSES = /\s*(?:,|;|\band\b)?\s*\b(?:and then|then|and also|and)\b\s+/i;

const speech = (text: string): Answer => ({ text, wishes: [] });

const wishFor = (tool: Tool, text: string, context: string): Answer => {
  const { value, missing } = fill(tool.schema, tool.name, hear(text, context));
  return missing === undefined ? { text: "", wishes: [{ tool: tool.name, arguments: value ?? {} }] } : speech(sayMissing(tool.name, missing));
};

/** What was said last, what was wished since, and the results that came. */
const sinceAsked = (turns: readonly Turn[]): { text: string; wished: number; results: string[] } => {
  const from = turns.findLastIndex(({ role }) => role === "person");
  const asked = turns[from];
  const later = turns.slice(from + 1);
  return {
    text: asked?.role === "person" ? asked.text : "",
    wished: later.reduce((sum, turn) => sum + (turn.role === "model" ? turn.wishes.length : 0), 0),
    results: later.flatMap((turn) => (turn.role === "result" ? [turn.text] : [])),
  };
};

/** The parts of a sentence that each ask for a tool; the whole where they do not. */
const clausesOf = (text: string, tools: readonly Tool[], context: string): { text: string; tool: Tool }[] => {
  const parts = text
    .split(CLAUSES)
    .slice(0, MOST_CLAUSES)
    .flatMap((part) => {
      const tool = pick(part, tools, context);
      return tool === undefined ? [] : [{ text: part, tool }];
    });
  if (parts.length > 1) return parts;
  const tool = pick(text, tools, context);
  return tool === undefined ? [] : [{ text, tool }];
};

const shaped = (asked: Asked, text: string, context = asked.system): Answer =>
  speech(JSON.stringify(complete(asked.shape, fill(asked.shape, "answer", hear(text, context)).value)));

/** Because a tool must be called, whatever was heard. */
const forced = (tool: Tool, text: string, context: string): Answer => ({
  text: "",
  wishes: [{ tool: tool.name, arguments: complete(tool.schema, fill(tool.schema, tool.name, hear(text, context)).value) }],
});

const decidePlainly = (asked: Asked): Answer => {
  const { text, wished, results } = sinceAsked(asked.turns);
  const context = asked.system;
  const tools = asked.choice === "none" ? [] : asked.tools;
  const only = typeof asked.choice === "object" ? asked.choice.tool : undefined;
  const named = only === undefined ? undefined : tools.find(({ name }) => name === only);
  if (named) return forced(named, text, context);
  const clauses = clausesOf(text, tools, context);
  const next = clauses[wished];
  if (next) return wishFor(next.tool, next.text, context);
  const [anyTool] = tools;
  if (asked.choice === "must" && anyTool) return forced(clauses.at(-1)?.tool ?? anyTool, text, context);
  if (results.length > 0) return speech(results.map(sayResult).join(" "));
  return speech(
    sayFromContext(text, context) ?? `${WHO} ${tools.length === 0 ? "No tool was offered, so I can only say that." : "None of the tools I was offered fits what you said."}`,
  );
};

/** The answer, and how it is written where it is held to a form. */
export const decide = (asked: Asked, spoil: (answer: Answer, asked: Asked) => Answer = (answer) => answer): Answer => {
  const form = asked.shape === undefined ? undefined : formOf(asked.shape, asked.system);
  const plain = unwrapped(asked, form);
  if (asked.shape !== undefined && form === undefined) return shaped(plain, sinceAsked(plain.turns).text);
  const answer = spoil(decidePlainly(plain), plain);
  return form === undefined ? answer : speech(form.write(answer));
};
