// The operator's rules in force: those of jarvis.yaml first, then those kept by Jarvis, in the person's order. Every change is one record of the journal; only the operator makes one.
import type { Caller } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import { type ListedRule, RULE_MODES, RuleBody } from "../contract/rule.ts";
import type { Clock } from "../lib/clock.ts";
import type { Journal } from "../store/journal/open.ts";
import type { KeptRule, RuleRecord } from "../store/journal/rule-record.ts";
import { isOperator } from "./caller-row.ts";
import { type PolicyRule, ruleSaid } from "./rule-match.ts";
import { type Known, remarkOn } from "./rule-remarks.ts";
import { type Named, unseenIn } from "./rule-unseen.ts";

export const MOST_RULES = 200;

interface Options {
  journal: Pick<Journal, "rules" | "ruled">;
  clock: Clock;
  /** Of the configuration, with where each stands. */
  written: readonly (RuleBody & { origin: string })[];
  known: () => Known;
  /** Told after a change is on record. */
  changed?: (words: string) => void;
  /** IANA name; absent: the machine's own. */
  timeZone?: string | undefined;
}

const ANYWAY = "No rule was made. For a plugin that is not up yet say so expressly: `anyway: true`, or --anyway.";

const operatorOnly = (by: Caller): void => {
  if (!isOperator(by) || by.tainted) throw new JarvisError("operator_only", { message: "Only the operator may change rules, in words of their own." });
};

const isMode = ({ action }: RuleBody): boolean => RULE_MODES.some((mode) => mode === action);
const subjectOf = ({ tool, target, caller, effect, when }: RuleBody): string => JSON.stringify([tool, target, caller, effect ?? null, when ?? null]);

const parsed = (body: unknown): RuleBody => {
  const fit = RuleBody.safeParse(body);
  if (fit.success) return fit.data;
  const issues = fit.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  throw new JarvisError("bad_input", { message: issues.map(({ path, message }) => `${path || "rule"}: ${message}`).join("; "), issues });
};

/** Minutes since midnight there. */
const minuteIn = (timeZone: string | undefined) => {
  let format: Intl.DateTimeFormat | undefined;
  return (ms: number): number => {
    format ??= new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(timeZone === undefined ? {} : { timeZone }) });
    const [hour, minute] = format.format(ms).split(":");
    return Number(hour) * 60 + Number(minute);
  };
};

export const createHouseRules = ({ journal, clock, written, known, changed = () => {}, timeZone }: Options) => {
  let record: Pick<RuleRecord, "next" | "rules"> = journal.rules() ?? { next: 1, rules: [] };
  const fromFile: PolicyRule[] = written.map((rule, index) => ({ ...rule, id: `file ${index + 1}` }));
  const minuteAt = minuteIn(timeZone);

  const ofKept = ({ id, origin, body }: KeptRule): PolicyRule => ({ ...body, id: String(id), origin });
  let inForce: readonly PolicyRule[] = [...fromFile, ...record.rules.map(ofKept)];

  const listed = (rule: PolicyRule): ListedRule => {
    const remark = remarkOn(rule, inForce, known());
    return { ...rule, said: ruleSaid(rule), editable: !fromFile.includes(rule), ...(remark === undefined ? {} : { remark }) };
  };
  const find = (id: string): KeptRule => {
    const found = record.rules.find((rule) => String(rule.id) === id);
    if (found) return found;
    const file = fromFile.find((rule) => rule.id === id);
    if (file) throw new JarvisError("bad_input", { message: `Rule ${id} stands in ${file.origin}: change it there, and start Jarvis anew.`, path: "id" });
    throw new JarvisError("not_found", { message: `There is no rule ${id}.` });
  };
  const listedOf = (id: number): ListedRule | undefined => {
    const rule = inForce.find((one) => one.id === String(id));
    return rule && listed(rule);
  };

  /** In force only once it is on disk. Throws what the journal throws. */
  const keep = (rules: readonly KeptRule[], next: number, by: Caller, what: string): void => {
    journal.ruled({ by, what, next, rules: [...rules] });
    record = { next, rules: [...rules] };
    inForce = [...fromFile, ...rules.map(ofKept)];
    changed(what);
  };

  const added = (id: number): ListedRule => {
    const rule = listedOf(id);
    if (!rule) throw new JarvisError("bug", { message: `rule ${id} was kept and is not there` });
    return rule;
  };

  /** A new word on how far Jarvis goes with one thing takes the place of the last word on the very same. */
  const others = (fit: RuleBody): KeptRule[] => record.rules.filter(({ body }) => !(isMode(body) && isMode(fit) && subjectOf(body) === subjectOf(fit)));

  /** A mistyped name would make a rule that never decides, and nobody would notice. `data.anyway`: it may be said to be meant. `mayBeUnseen`: what was said to be meant although nothing here bears the name. */
  const seen = (fit: RuleBody, mayBeUnseen: readonly Named[]): RuleBody => {
    const unseen = unseenIn(fit, known(), mayBeUnseen);
    if (unseen === undefined) return fit;
    throw new JarvisError("bad_input", { message: `${unseen.words} ${ANYWAY}`, path: unseen.path, issues: [{ path: unseen.path, message: unseen.words }], data: { anyway: true } });
  };

  /** `where`: chat, dashboard, script. Comes last, so that it decides. Throws operator_only, bad_input, rate. */
  const add = (body: unknown, by: Caller, where: string, mayBeUnseen: readonly Named[] = []): ListedRule => {
    operatorOnly(by);
    const fit = seen(parsed(body), mayBeUnseen);
    if (inForce.length >= MOST_RULES) throw new JarvisError("rate", { message: `There are ${MOST_RULES} rules already; take one out first.` });
    const id = record.next;
    const rule: KeptRule = { id, origin: `${where} ${clock.iso().slice(0, 10)}`, at: Math.round(clock.now()), by, body: fit };
    keep([...others(fit), rule], id + 1, by, `Rule ${id} was added: it ${ruleSaid(fit)}.`);
    return added(id);
  };

  /** Keeps its place. Throws operator_only, bad_input, not_found. */
  const change = (id: string, body: unknown, by: Caller, where: string, mayBeUnseen: readonly Named[] = []): ListedRule => {
    operatorOnly(by);
    const fit = seen(parsed(body), mayBeUnseen);
    const old = find(id);
    const rule: KeptRule = { ...old, origin: `${where} ${clock.iso().slice(0, 10)}`, at: Math.round(clock.now()), by, body: fit };
    const rules = record.rules.map((one) => (one.id === old.id ? rule : one));
    keep(rules, record.next, by, `Rule ${id} was changed: it ${ruleSaid(fit)}.`);
    return added(old.id);
  };

  /** Answers what it was. Throws operator_only, bad_input, not_found. */
  const remove = (id: string, by: Caller): ListedRule => {
    operatorOnly(by);
    const old = find(id);
    const rule = added(old.id);
    const rules = record.rules.filter((one) => one.id !== old.id);
    keep(rules, record.next, by, `Rule ${id} was taken out: it ${ruleSaid(old.body)}.`);
    return rule;
  };

  /** All kept rules in their new order. Throws operator_only, bad_input. */
  const order = (ids: readonly string[], by: Caller): void => {
    operatorOnly(by);
    const known = new Set(record.rules.map(({ id }) => String(id)));
    if (ids.length !== known.size || new Set(ids).size !== known.size || !ids.every((id) => known.has(id)))
      throw new JarvisError("bad_input", { message: `ids: expected each of ${[...known].join(", ") || "none"} once, in the order wanted.`, path: "ids" });
    if (ids.every((id, index) => String(record.rules[index]?.id) === id)) return;
    keep(ids.map(find), record.next, by, `The order of the rules is now ${ids.join(", ")}; the last that fits decides.`);
  };

  return {
    /** The last that fits decides. */
    inForce: (): readonly PolicyRule[] => inForce,
    minute: (): number => minuteAt(clock.now()),
    list: (): ListedRule[] => inForce.map(listed),
    zone: (): string => timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    add,
    change,
    remove,
    order,
  };
};

export type HouseRules = ReturnType<typeof createHouseRules>;
