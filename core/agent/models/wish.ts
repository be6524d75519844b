// From what a model wrote to a wish that can be asked for, or to what is wrong with it in words the model can act on. Refuses anything but a JSON object for an offered tool.
import type { ToolFace, ToolWish } from "./model.ts";

/** More than any call of a tool needs. */
export const MOST_RAW = 65_536;
export const MOST_WISHES = 16;
const MOST_NAMES = 12;

/** A wish nobody could carry out: `why` is for the model. */
export interface Broken {
  kind: "broken";
  raw: string;
  why: string;
}

const parsed = (raw: string): { value: unknown } | undefined => {
  try {
    return { value: raw.trim() === "" ? {} : JSON.parse(raw) };
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

const namesOf = (tools: readonly ToolFace[]): string => {
  const names = tools.slice(0, MOST_NAMES).map(({ name }) => name);
  return names.length === 0 ? "none: answer in words" : names.join(", ");
};

export const wishOf = ({ id, tool, raw }: { id: string; tool: string; raw: string }, tools: readonly ToolFace[]): { kind: "wish"; wish: ToolWish } | Broken => {
  const broken = (why: string): Broken => ({ kind: "broken", raw: `${tool}(${raw.slice(0, 200)})`, why });
  if (!tools.some(({ name }) => name === tool)) return broken(`there is no tool ${JSON.stringify(tool.slice(0, 80))}; there are: ${namesOf(tools)}`);
  if (raw.length > MOST_RAW) return broken(`the arguments of ${tool} are longer than ${MOST_RAW} characters`);
  const read = parsed(raw);
  if (!read) return broken(`the arguments of ${tool} are not JSON: they must be one JSON object, closed, with double quotes`);
  if (!isObject(read.value)) return broken(`the arguments of ${tool} must be one JSON object, such as {}`);
  return { kind: "wish", wish: { id, tool, arguments: read.value, raw } };
};
