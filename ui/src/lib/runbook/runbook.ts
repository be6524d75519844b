// Runbooks as the page shows them: what each answers, what it does, and how far Jarvis goes with it unasked. Reads whatever a list of runbooks tells, and leaves out what it does not understand. Pure.
import type { ListedRule, RuleBody } from "$contract/rule.ts";
import type { Autonomy, ToolInfo } from "$contract/wire.ts";

export interface Runbook {
  name: string;
  title: string;
  /** When it is right. */
  answers: string;
  does: string;
  /** It changes something without being asked: a mode of its own means something. */
  acts: boolean;
  /** New or changed and not confirmed, or unreadable: what a person should know. */
  remark: string | undefined;
}

const MODES = ["observe", "propose", "act"] as const satisfies readonly Autonomy[];
const DOES: Readonly<Record<string, string>> = { A: "Done, then reported", Q: "Asked about first", R: "Reported with a plan; nothing is done" };
const REMARKS: Readonly<Record<string, string>> = { new: "New and not confirmed: each step is asked about.", changed: "Changed since it was confirmed: each step is asked about." };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const wordsOf = (value: unknown): string => [value].flat().map(textOf).filter(Boolean).join(" or ");

/** The tool that lists them, whichever plugin brings it. */
export const listingTool = (tools: readonly ToolInfo[]): string | undefined => tools.find(({ name, effect }) => effect === "read" && name.endsWith("_runbook_list"))?.name;

const answersOf = (trigger: unknown): string => {
  if (!isRecord(trigger)) return "Run by hand.";
  const [alert, cause, resource] = [wordsOf(trigger.alert), wordsOf(trigger.cause), wordsOf(trigger.resource)];
  return `Answers ${alert}${cause && `, caused by ${cause}`}${resource && `, of ${resource}`}.`;
};

const readable = (one: unknown): Runbook[] => {
  if (!isRecord(one) || textOf(one.name) === "") return [];
  const kind = textOf(one.class);
  const effect = textOf(one.effect);
  const isTriggered = isRecord(one.trigger);
  return [
    {
      name: textOf(one.name),
      title: textOf(one.title) || textOf(one.name),
      answers: answersOf(one.trigger),
      does: isTriggered ? `${DOES[kind] ?? "Reported"}${kind !== "R" && effect ? ` (${effect})` : ""}.` : textOf(one.about),
      acts: isTriggered && kind !== "R",
      remark: REMARKS[textOf(one.standing)],
    },
  ];
};

const unreadable = (one: unknown): Runbook[] => {
  if (!isRecord(one) || textOf(one.name) === "") return [];
  const stays = one.stands === true ? " Its last good text stays in force." : " It is not in force.";
  return [{ name: textOf(one.name), title: textOf(one.name), answers: "Cannot be read.", does: "", acts: false, remark: `${textOf(one.words)}${stays}` }];
};

/** `data`: what the listing tool answered. Those that want a person's eye first, then by title. */
export const runbooksOf = (data: unknown): Runbook[] => {
  if (!isRecord(data)) return [];
  const broken = listOf(data.broken).flatMap(unreadable);
  const names = new Set(broken.map(({ name }) => name));
  const whole = listOf(data.runbooks)
    .flatMap(readable)
    .filter(({ name }) => !names.has(name));
  return [...broken, ...whole].sort((a, b) => Number(b.remark !== undefined) - Number(a.remark !== undefined) || a.title.localeCompare(b.title));
};

const callersOf = (name: string): string => `runbook:${name}, remedy:${name}`;
const isMode = (action: string): action is Autonomy => MODES.some((mode) => mode === action);

/** The rule that says how far it goes: of several the last. Only one about the whole of it alone. */
export const modeRuleOf = (rules: readonly ListedRule[], name: string): (ListedRule & { action: Autonomy }) | undefined =>
  rules.findLast(
    (rule): rule is ListedRule & { action: Autonomy } =>
      isMode(rule.action) && rule.tool === "*" && rule.target === "*" && rule.when === undefined && rule.caller.split(",").some((part) => part.trim() === `runbook:${name}`),
  );

export const modeRule = (name: string, title: string, mode: Autonomy): RuleBody => ({
  tool: "*",
  target: "*",
  caller: callersOf(name),
  action: mode,
  words: `${title}: ${mode}`.slice(0, 300),
});

/** What really holds: the lower of the house's mode and its own. */
export const countsAs = (own: Autonomy | undefined, house: Autonomy): Autonomy => (own !== undefined && MODES.indexOf(own) < MODES.indexOf(house) ? own : house);

export const found = (runbooks: readonly Runbook[], text: string): Runbook[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runbooks.filter(({ name, title, answers, does }) => words.every((word) => `${name} ${title} ${answers} ${does}`.toLowerCase().includes(word)));
};
