// A runbook: a markdown file whose front matter names its steps, each an ordinary tool call, and whose body tells a person why. Parsing only; refuses what it does not know.
import { JarvisError, z } from "jarvis";
import { frontMatter } from "./front-matter.ts";

const MAX_STEPS = 20;
const MAX_TEXT = 20_000;
const NAME = /^[a-z][a-z0-9-]{0,60}$/;
const TOOL = /^[a-z][a-z0-9-]*(?:_[a-z0-9]+)+$/;

const Step = z.strictObject({ tool: z.string().regex(TOOL, "expected a tool's name, such as proxmox_guest_start"), input: z.record(z.string(), z.unknown()).default({}) });
const Head = z.strictObject({
  title: z.string().min(1).max(120),
  about: z.string().max(500).optional(),
  /** Names of what the one who runs it must give, used as `{name}` in the steps. */
  needs: z
    .array(z.string().regex(/^[a-z][a-zA-Z0-9]{0,30}$/))
    .max(10)
    .default([]),
  steps: z.array(Step).min(1).max(MAX_STEPS),
});

export interface Runbook extends z.output<typeof Head> {
  name: string;
  body: string;
}

export const isRunbookName = (name: string): boolean => NAME.test(name);

/** Throws configuration naming the file, and the line or field that does not fit. */
export const parseRunbook = (name: string, text: string): Runbook => {
  const { head, body } = frontMatter(text, `${name}.md`);
  const read = Head.safeParse(head);
  if (!read.success) throw new JarvisError("configuration", { message: `${name}.md: ${z.prettifyError(read.error)}` });
  return { ...read.data, name, body: body.trim().slice(0, MAX_TEXT) };
};

/** The steps with their holes filled in: `{vmid}` alone keeps the value's own type, within words it becomes text. Throws bad_input for what lacks. */
export const filled = (runbook: Runbook, given: Readonly<Record<string, unknown>>): { tool: string; input: Record<string, unknown> }[] => {
  const missing = runbook.needs.filter((need) => given[need] === undefined);
  if (missing.length > 0)
    throw new JarvisError("bad_input", { message: `This runbook needs ${missing.join(", ")}.`, issues: missing.map((need) => ({ path: `with.${need}`, message: "is missing" })) });
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
    if (typeof value !== "string") return value;
    const whole = /^\{([a-zA-Z0-9]+)\}$/.exec(value)?.[1];
    if (whole !== undefined && runbook.needs.includes(whole)) return given[whole];
    return value.replace(/\{([a-zA-Z0-9]+)\}/g, (hole, key: string) => (runbook.needs.includes(key) ? String(given[key]) : hole));
  };
  return runbook.steps.map((step) => ({ tool: step.tool, input: Object.fromEntries(Object.entries(step.input).map(([key, value]) => [key, fill(value)])) }));
};
