// A tool's input schema as fields to fill, and what was typed as its input. Refuses an empty field that is needed and text that is no value, each in words. Pure.
import type { MarkedDrawn } from "../resource/mark.ts";

/** The parts of a JSON schema that make a field. */
interface Property {
  type?: string | string[];
  enum?: readonly (string | number)[];
  description?: string;
  default?: unknown;
}
interface Schema {
  properties?: Record<string, Property>;
  required?: string[];
}

export interface Field {
  name: string;
  sort: "text" | "number" | "choice" | "yes" | "json";
  needed: boolean;
  about: string;
  /** What may be chosen, or is offered to be typed: value and its words. */
  options: readonly (readonly [string, string])[];
}

const sortOf = ({ type, enum: choices }: Property): Field["sort"] => {
  if (choices !== undefined) return "choice";
  const name = Array.isArray(type) ? type[0] : type;
  if (name === "integer" || name === "number") return "number";
  if (name === "boolean") return "yes";
  return name === "string" ? "text" : "json";
};

/** More are no help while one types. */
const OFFERED = 400;
/** Fields that mean a thing of the house, as all tools name them. */
const offered = (name: string, drawn: MarkedDrawn | undefined): [string, string][] =>
  Object.entries(drawn?.resources ?? {}).flatMap(([id, one]): [string, string][] => {
    if (name === "vmid" && one.vmid !== undefined) return [[String(one.vmid), one.name]];
    if (name === "guest" && one.kind === "guest") return [[one.name, id]];
    if (name === "node" && one.kind === "node") return [[one.name, id]];
    return name === "container" && one.kind === "container" ? [[id, one.name]] : [];
  });

export const fieldsOf = (inputSchema: unknown, drawn: MarkedDrawn | undefined): Field[] => {
  const { properties = {}, required = [] } = (inputSchema ?? {}) as Schema;
  const fields = Object.entries(properties).map(([name, property]): Field => {
    const options = property.enum?.map((value): [string, string] => [String(value), ""]) ?? offered(name, drawn).slice(0, OFFERED);
    return { name, sort: sortOf(property), needed: required.includes(name) && property.default === undefined, about: property.description ?? "", options };
  });
  return fields.sort((a, b) => Number(b.needed) - Number(a.needed));
};

type Read = { value: unknown } | { wrong: string };
const readField = ({ sort, name }: Field, text: string): Read => {
  if (sort === "number") return Number.isFinite(Number(text)) ? { value: Number(text) } : { wrong: `${name} is a number.` };
  if (sort === "yes") return { value: text === "yes" };
  if (sort !== "json") return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { wrong: `${name} is written as JSON, such as ["one", "two"] or {"name": 1}.` };
  }
};

/** The input, or what is wrong by field. What was left empty is left out. */
export const inputOf = (fields: readonly Field[], texts: Readonly<Record<string, string>>): { input: Record<string, unknown>; wrong: Record<string, string> } => {
  const input: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  for (const field of fields) {
    const text = (texts[field.name] ?? "").trim();
    if (text === "") {
      if (field.needed) wrong[field.name] = `${field.name} is needed.`;
      continue;
    }
    const read = readField(field, text);
    if ("wrong" in read) wrong[field.name] = read.wrong;
    else input[field.name] = read.value;
  }
  return { input, wrong };
};
