// A whole sentence that a tool declares as its own ("remember that {text}"): which tool it means and what its fields are. Knows no tool. A question orders nothing, nor does what stands in quotes. Pure.
import { z } from "zod";
import type { BoundTool } from "../../tools/bound.ts";
import { mayOrder } from "./intent.ts";
import type { Spoken } from "./tool.ts";

/** What a tool answered last in this conversation: for "that one". */
export interface Told {
  readonly plugin: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

/** Older than this nobody means it by "that". */
const FADES_MS = 600_000;
const LEAD = /^(?:(?:hey|ok|okay|jarvis|please|pls|bitte|also|and|so|now|by the way|btw|(?:could|can|would|will) you(?: please)?|kannst du(?: bitte)?)[\s,:!]+)+/i;
const POLITE = /^(?:.*?\b)?(?:could|can|would|will|kannst) (?:you|du)\b/i;

/** Umlauts as they are or spelt out, and a mark of any kind where a blank may stand. */
const literal = (words: string): string =>
  words
    .trim()
    .split(/\s+/)
    .map((word) =>
      word
        .replace(/[^a-z0-9-]/g, (mark) => (mark === "'" ? "['’]?" : ""))
        .replace(/ae|oe|ue|ss/g, (pair) => ({ ae: "(?:ae|ä)", oe: "(?:oe|ö)", ue: "(?:ue|ü)", ss: "(?:ss|ß)" })[pair] ?? pair),
    )
    .join("[\\s,:;]+");

interface Form {
  readonly whole: RegExp;
  /** From what was told last. */
  readonly told: readonly string[];
  /** The more words of its own, the plainer. */
  readonly words: number;
}

const Shape = z.object({ properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })).default({}), required: z.array(z.string()).default([]) });
type Shape = z.output<typeof Shape>;

const isNumber = ({ properties }: Shape, field: string): boolean => properties[field]?.type === "integer" || properties[field]?.type === "number";

const formOf = (says: string, shape: Shape): Form => {
  const told = [...says.matchAll(/\{=(\w+)\}/g)].flatMap(([, field]) => field ?? []);
  const parts = says
    .replace(/\{=\w+\}/g, "")
    .split(/(\{\w+\})/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const pattern = parts.map((part) => {
    const field = /^\{(\w+)\}$/.exec(part)?.[1];
    if (field === undefined) return literal(part);
    return isNumber(shape, field) ? `(?<${field}>\\d{1,9})` : `(?<${field}>\\S(?:.*[^\\s.!?])?)`;
  });
  const words = parts.filter((part) => !part.startsWith("{")).flatMap((part) => part.split(/\s+/)).length;
  return { whole: new RegExp(`^${pattern.join("[\\s,:;]+")}[\\s.!?]*$`, "isu"), told, words };
};

/** Made once for each tool. */
const made = new WeakMap<BoundTool, { shape: Shape; forms: readonly Form[] }>();
const formsOf = (tool: BoundTool): { shape: Shape; forms: readonly Form[] } => {
  const known = made.get(tool);
  if (known !== undefined) return known;
  const shape = Shape.safeParse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" })).data ?? { properties: {}, required: [] };
  const forms = { shape, forms: (tool.says ?? []).map((says) => formOf(says, shape)) };
  made.set(tool, forms);
  return forms;
};

const inputOf = (groups: Record<string, string | undefined>, form: Form, { shape, told }: { shape: Shape; told: Told | undefined }): Record<string, unknown> => {
  const said = Object.entries(groups).flatMap(([field, value]): [string, unknown][] => (value === undefined ? [] : [[field, isNumber(shape, field) ? Number(value) : value]]));
  const meant = form.told.flatMap((field): [string, unknown][] => (told?.data[field] === undefined ? [] : [[field, told.data[field]]]));
  return Object.fromEntries([...said, ...meant]);
};

/** Undefined: no tool declares that sentence. `missing`: what "that" would have to stand for, and does not. */
export const readSentence = (text: string, tools: readonly BoundTool[], last: Told | undefined, nowMs: number): Spoken | undefined => {
  const said = text.trim().replace(/[’‘]/g, "'").replace(LEAD, "");
  const words = POLITE.test(text.trim()) ? said.replace(/[\s?]+$/, "") : said;
  const isOrder = mayOrder(text) || (POLITE.test(text.trim()) && !/^["“”„«`]/.test(text.trim()));
  const told = last !== undefined && nowMs - last.atMs <= FADES_MS ? last : undefined;
  const fit = tools
    .filter((tool) => tool.says !== undefined && (tool.effect === "read" || isOrder))
    .flatMap((tool) => {
      const { shape, forms } = formsOf(tool);
      const of = told?.plugin === tool.plugin ? told : undefined;
      return forms.flatMap((form) => {
        const groups = form.whole.exec(words)?.groups ?? (form.whole.test(words) ? {} : undefined);
        if (groups === undefined) return [];
        const input = inputOf(groups, form, { shape, told: of });
        return [{ tool, input, missing: [...new Set([...form.told, ...shape.required])].filter((field) => !(field in input)), words: form.words }];
      });
    })
    .sort((a, b) => b.words - a.words || a.missing.length - b.missing.length);
  const [best] = fit;
  return best && { tool: best.tool, input: best.input, missing: best.missing };
};
