// A small reading of Proxmox's `returns` schemas: types, required keys, enumerations. Perl knows no types, so a number may come as text and a boolean as 0 or 1; keys the schema leaves out are allowed.
export interface Schema {
  type?: string;
  optional?: number | boolean;
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: string[];
}

function typed(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(Number(value)) && value !== null && typeof value !== "object";
  if (type === "number") return Number.isFinite(Number(value)) && value !== null && typeof value !== "object";
  if (type === "boolean") return value === 0 || value === 1 || value === true || value === false || value === "0" || value === "1";
  if (type === "string") return typeof value === "string" || typeof value === "number";
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "null" ? value === null : true;
}

/** Every way the value does not fit, each with its place. */
export function misfits(schema: Schema, value: unknown, place = "$"): string[] {
  if (schema.type && !typed(schema.type, value)) return [`${place} is no ${schema.type}: ${JSON.stringify(value)?.slice(0, 60)}`];
  if (schema.enum && typeof value === "string" && !schema.enum.includes(value)) return [`${place} is none of ${schema.enum.join("|")}: ${value}`];
  if (Array.isArray(value)) return schema.items ? value.flatMap((entry, index) => misfits(schema.items ?? {}, entry, `${place}[${index}]`)) : [];
  if (typeof value !== "object" || value === null) return [];
  const given = new Map(Object.entries(value));
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    if (key.includes("[n]")) return [];
    if (!given.has(key)) return part.optional ? [] : [`${place}.${key} is missing`];
    const inner = given.get(key);
    return inner === null && part.optional ? [] : misfits(part, inner, `${place}.${key}`);
  });
}
