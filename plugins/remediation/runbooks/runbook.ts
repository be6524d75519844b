// A runbook: a markdown file whose front matter says when it is right, what it does by which ordinary tool calls, and how it is known to have helped; its body tells a person why. Parsing only; refuses what it does not know, naming the line.
import { JarvisError, type z } from "jarvis";
import { frontMatter } from "./front-matter.ts";
import { Head, type Step } from "./head.ts";
import { fill, holesIn, SLOT_NAMES, type Slots, typed, unfitting } from "./slots.ts";

const MAX_TEXT = 20_000;
const MOST_TOLD = 5;
const NAME = /^[a-z][a-z0-9-]{0,60}$/;

export interface Runbook extends z.output<typeof Head> {
  name: string;
  body: string;
}

export const isRunbookName = (name: string): boolean => NAME.test(name);

/** Where in the file a step uses a slot that its `needs` does not name. */
const strays = ({ steps, verify, compensation, needs, says, plan }: z.output<typeof Head>): { path: PropertyKey[]; message: string }[] => {
  const known = new Set<string>([...needs, "name"]);
  const used = [
    ...steps.map((step, index) => ({ path: ["steps", index, "input"], holes: holesIn(step.input) })),
    { path: ["verify"], holes: typeof verify === "string" ? [] : holesIn(verify.input) },
    { path: ["compensation"], holes: compensation === "none" ? [] : holesIn(compensation.input) },
    { path: ["says"], holes: holesIn(says) },
    { path: ["plan"], holes: holesIn(plan) },
  ];
  return used.flatMap(({ path, holes }) =>
    holes.filter((hole) => !known.has(hole)).map((hole) => ({ path, message: `uses {${hole}}, which needs does not name (there are ${SLOT_NAMES.join(", ")})` })),
  );
};

/** A key nobody knows is told at its own line, not at that of what it stands in. */
const complaint = (issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } => {
  const stranger = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (stranger !== undefined) return { path: [...issue.path, stranger], message: "there is no such key" };
  return { path: issue.path, message: issue.message.replace(/^Invalid input: /, "") };
};

/** Throws configuration with a line for each thing that does not fit, up to five: `x.md:4: steps.0.tool: expected ...`. */
export const parseRunbook = (name: string, text: string): Runbook => {
  const file = `${name}.md`;
  const { head, body, lineOf } = frontMatter(text, file);
  const read = Head.safeParse(head);
  const issues = read.success ? strays(read.data) : read.error.issues.map(complaint);
  if (!read.success || issues.length > 0) {
    const told = issues.slice(0, MOST_TOLD).map(({ path, message }) => `${file}:${lineOf(path)}: ${[path.map(String).join("."), message].filter(Boolean).join(": ")}`);
    throw new JarvisError("configuration", { message: told.join("\n") });
  }
  return { ...read.data, name, body: body.trim().slice(0, MAX_TEXT) };
};

const filledStep = ({ tool, input }: Step, slots: Slots): { tool: string; input: Record<string, unknown> } => ({
  tool,
  input: Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fill(value, slots)])),
});
export const filledSteps = (steps: readonly Step[], slots: Slots): { tool: string; input: Record<string, unknown> }[] => steps.map((step) => filledStep(step, slots));

/** The steps with their holes filled by who runs it. Throws bad_input for what lacks or does not fit its slot. */
export const filled = (runbook: Runbook, given: Readonly<Record<string, unknown>>): { tool: string; input: Record<string, unknown> }[] => {
  const wrong = unfitting(runbook.needs, given);
  if (wrong.length > 0)
    throw new JarvisError("bad_input", {
      message: `This runbook needs ${wrong.map(({ name, message }) => `${name} (${message})`).join(", ")}.`,
      issues: wrong.map(({ name, message }) => ({ path: `with.${name}`, message })),
    });
  return filledSteps(runbook.steps, typed(given));
};
