// What stands before the lab model in the forms houses give it: quoted lines are data and no words of the person's, and an answer held to a schema may be words or a call. Made into what it decides on, and back.
import { z } from "zod";
import type { Answer, Asked, Tool, Turn } from "./asked.ts";

const QUOTED = /^\s*[|>] ?/;
const HEADING = /^[^\n]{1,120}:$/;
const RESULT = /^Result of (\S+):\n/;
const MOST_BRANCHES = 200;

const Branch = z.looseObject({ properties: z.record(z.string(), z.looseObject({ const: z.unknown().optional(), type: z.unknown().optional() })) });
const Choice = z.looseObject({ anyOf: z.array(Branch).optional(), oneOf: z.array(Branch).optional() });

/** Own words apart from quoted lines and what introduces them. */
export const apart = (text: string): { own: string; quoted: string } => {
  const lines = text.split("\n");
  const isQuote = (at: number): boolean => QUOTED.test(lines[at] ?? "");
  const isHeading = (at: number): boolean => HEADING.test(lines[at] ?? "") && isQuote(at + 1);
  return {
    own: lines
      .filter((_, at) => !isQuote(at) && !isHeading(at))
      .join("\n")
      .trim(),
    quoted: lines
      .filter((_, at) => isQuote(at))
      .map((line) => line.replace(QUOTED, ""))
      .join("\n"),
  };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A schema that leaves the choice between words and calls: which calls, and how an answer is written in it. */
export interface Form {
  tools: Tool[];
  canSpeak: boolean;
  write(answer: Answer): string;
}

export const formOf = (shape: unknown, system: string): Form | undefined => {
  const read = Choice.safeParse(shape).data;
  const branches = (read?.anyOf ?? read?.oneOf ?? []).slice(0, MOST_BRANCHES).map(({ properties }) => Object.entries(properties));
  const words = branches.find((fields) => fields.length === 1 && fields[0]?.[1].type === "string")?.[0]?.[0];
  const calls = branches.flatMap((fields) => {
    const [name, fixed] = fields.find(([, field]) => typeof field.const === "string") ?? [];
    const [within, schema] = fields.find(([, field]) => field.type === "object") ?? [];
    return name === undefined || within === undefined ? [] : [{ name, tool: String(fixed?.const), within, schema }];
  });
  if (calls.length === 0) return undefined;
  const about = (tool: string): string => system.split("\n").find((line) => line.includes(`${tool}(`)) ?? "";
  return {
    tools: calls.map(({ tool, schema }) => ({ name: tool, about: about(tool), schema })),
    canSpeak: words !== undefined,
    write({ text, wishes: [wish] }) {
      const call = calls.find(({ tool }) => tool === wish?.tool);
      return JSON.stringify(wish !== undefined && call !== undefined ? { [call.name]: wish.tool, [call.within]: wish.arguments } : { [words ?? "text"]: text });
    },
  };
};

/** In that form calls and results are written out as what either side said. */
const unwritten = (turn: Turn, { tools }: Form): Turn => {
  if (turn.role === "person") return RESULT.test(turn.text) ? { role: "result", text: turn.text.replace(RESULT, ""), of: "" } : turn;
  if (turn.role !== "model") return turn;
  const value = parsed(turn.text);
  const fields = typeof value === "object" && value !== null ? Object.values(value) : [];
  const tool = tools.find(({ name }) => fields.includes(name));
  return tool === undefined ? turn : { role: "model", text: "", wishes: [{ id: "", tool: tool.name, arguments: fields.find((field) => typeof field === "object") ?? {} }] };
};

/** The same question without its wrapping, what is quoted moved to what it was told. */
export const unwrapped = (asked: Asked, form: Form | undefined): Asked => {
  const turns = form === undefined ? asked.turns : asked.turns.map((turn) => unwritten(turn, form));
  const quoted = turns.flatMap((turn) => (turn.role === "person" ? [apart(turn.text).quoted] : []));
  return {
    ...asked,
    system: [asked.system, ...quoted].filter((part) => part !== "").join("\n"),
    turns: turns.map((turn) => (turn.role === "person" ? { ...turn, text: apart(turn.text).own } : turn)),
    ...(form === undefined ? {} : { tools: form.tools, choice: form.canSpeak ? ("auto" as const) : ("must" as const) }),
  };
};
