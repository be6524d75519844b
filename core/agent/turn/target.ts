// What a wish would be done to, from its input alone: the one resource it names. Undefined where it is none or not plainly one. Knows no tool. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import type { BoundTool } from "../../tools/bound.ts";

type Input = Readonly<Record<string, unknown>>;

export const isInput = (input: unknown): input is Input => typeof input === "object" && input !== null && !Array.isArray(input);

const only = (found: readonly LiveResource[]): LiveResource | undefined => (found.length === 1 ? found[0] : undefined);

const called = (resources: readonly LiveResource[], kind: string, word: unknown): LiveResource[] =>
  typeof word !== "string" && typeof word !== "number"
    ? []
    : resources.filter(
        (one) =>
          one.kind === kind && (one.id === String(word) || one.name.toLowerCase() === String(word).toLowerCase() || (one.vmid !== undefined && String(one.vmid) === String(word))),
      );

/** The fields that say what it is done to, by kind. */
const FIELDS: Readonly<Record<string, readonly string[]>> = { guest: ["vmid", "guest"], container: ["container"], node: ["node"], storage: ["storage"], service: ["service"] };
/** What may stand beside it only to tell it apart from others of its name. */
export const BESIDE: Readonly<Record<string, readonly string[]>> = {
  guest: ["vmid", "guest"],
  container: ["container", "host"],
  node: ["node"],
  storage: ["storage", "node"],
  service: ["service"],
};

const byFields = (input: Input, resources: readonly LiveResource[]): LiveResource | undefined => {
  for (const [kind, fields] of Object.entries(FIELDS)) {
    const given = fields.filter((field) => input[field] !== undefined);
    if (given.length === 0) continue;
    const found = given.map((field) => called(resources, kind, input[field])).reduce((a, b) => a.filter((one) => b.includes(one)));
    const host = input.host;
    return only(kind === "container" && typeof host === "string" ? found.filter(({ id }) => id.startsWith(`container/${host}/`)) : found);
  }
  return undefined;
};

/** The tool's own word wins; both must agree where there are both. */
export const targetOf = (tool: Pick<BoundTool, "target" | "input">, input: unknown, resources: readonly LiveResource[]): LiveResource | undefined => {
  if (!isInput(input)) return undefined;
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return undefined;
  const said = tool.target(parsed.data);
  const found = byFields(input, resources);
  if (said === undefined) return found;
  const own = only(resources.filter(({ id }) => id === said));
  return found !== undefined && found.id !== own?.id ? undefined : own;
};
