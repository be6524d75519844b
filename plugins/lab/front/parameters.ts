// Checks a call's parameters against its table with Proxmox's own error texts (PVE::JSONSchema). Unknown ones are refused; several errors are all named.
import { badParameters } from "./failure.ts";

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Parameters = Record<string, Value>;

export interface Rule {
  type: "string" | "integer" | "boolean" | "number" | "array";
  required?: true;
  enum?: readonly string[];
  min?: number;
  max?: number;
  maxLength?: number;
  pattern?: RegExp;
  format?: "pve-vmid" | "pve-node" | "pve-storage-id";
}

export type Rules = Readonly<Record<string, Rule>>;

export const VMID: Rule = { type: "integer", min: 100, max: 999_999_999, format: "pve-vmid" };
export const TEXT: Rule = { type: "string" };
export const FLAG: Rule = { type: "boolean" };
export const COUNT: Rule = { type: "integer", min: 0 };
export const oneOf = (...words: string[]): Rule => ({ type: "string", enum: words });
export const required = (rule: Rule): Rule => ({ ...rule, required: true });

const UNKNOWN = "property is not defined in schema and the schema does not allow additional properties";
const MISSING = "property is missing and it is not optional";

const wrongType = (type: string, value: Value): string => `type check ('${type}') failed - got '${typeof value === "object" ? JSON.stringify(value) : String(value)}'`;

function checkText(rule: Rule, value: string): string | undefined {
  if (rule.enum && !rule.enum.includes(value)) return `value '${value}' does not have a value in the enumeration '${rule.enum.join(", ")}'`;
  if (rule.maxLength !== undefined && value.length > rule.maxLength) return `value may only be ${rule.maxLength} characters long`;
  if (rule.pattern && !rule.pattern.test(value)) return "value does not match the regex pattern";
  if (rule.format === "pve-storage-id" && !/^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value)) return `invalid format - storage ID '${value}' contains illegal characters\n`;
  return undefined;
}

function checkNumber(rule: Rule, value: Value): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^[+-]?\d+(\.\d+)?$/.test(text) || (rule.type === "integer" && !/^[+-]?\d+$/.test(text))) return wrongType(rule.type, value);
  const parsed = Number(text);
  if (rule.format === "pve-vmid" && !/^[1-9]\d{2,8}$/.test(text)) return "invalid format - value does not look like a valid VM ID\n";
  if (rule.min !== undefined && parsed < rule.min) return `value must have a minimum value of ${rule.min}`;
  if (rule.max !== undefined && parsed > rule.max) return `value must have a maximum value of ${rule.max}`;
  return undefined;
}

function check(rule: Rule, value: Value): string | undefined {
  if (rule.type === "array") return Array.isArray(value) || typeof value === "string" ? undefined : wrongType("array", value);
  if (rule.type === "integer" || rule.type === "number") return checkNumber(rule, value);
  if (rule.type === "boolean") return value === true || value === false || /^(0|1)$/.test(String(value)) ? undefined : wrongType("boolean", value);
  if (typeof value !== "string" && typeof value !== "number") return wrongType("string", value);
  return checkText(rule, String(value));
}

function convert(rule: Rule, value: Value): Value {
  if (rule.type === "integer" || rule.type === "number") return Number(value);
  if (rule.type === "boolean") return value === true || value === 1 || value === "1";
  if (rule.type === "array") return Array.isArray(value) ? value : [value];
  return String(value);
}

/** Answers the parameters converted to their types, or throws the 400 that names every one that is wrong. */
export function checkParameters(rules: Rules, given: Parameters): Parameters {
  const errors: Record<string, string> = {};
  const checked: Parameters = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const problem = rule ? check(rule, value) : UNKNOWN;
    if (problem) errors[name] = problem;
    else if (rule) checked[name] = convert(rule, value);
  }
  for (const [name, rule] of Object.entries(rules)) if (rule.required && given[name] === undefined) errors[name] = MISSING;
  if (Object.keys(errors).length > 0) throw badParameters(errors);
  return checked;
}

export const textOf = (parameters: Parameters, name: string): string | undefined => (typeof parameters[name] === "string" ? parameters[name] : undefined);
export const numberOf = (parameters: Parameters, name: string): number | undefined => (typeof parameters[name] === "number" ? parameters[name] : undefined);
export const flagOf = (parameters: Parameters, name: string): boolean => parameters[name] === true;
