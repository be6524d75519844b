// Turns a veto into a rule and says which: names the thing, the tools and the hours, and how to take it back. Keeps it only through the hands it is given.
import { JarvisError } from "../../contract/error.ts";
import type { LiveResource } from "../../contract/resource.ts";
import type { ListedRule, RuleBody } from "../../contract/rule.ts";
import { plainRule } from "../../lib/rule-words.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { nearTo, whatIsMeant } from "./name.ts";
import type { RuleIntent } from "./veto.ts";

/** In the asker's name. Throw JarvisError with words for the person. */
export interface RuleHands {
  list: () => readonly ListedRule[];
  zone: () => string;
  add: (rule: RuleBody) => ListedRule;
  forget: (id: string) => ListedRule;
}

/** A restart begins with a stop, and a stop undoes what a person wanted kept up: whoever forbids one means what interrupts it. */
const INTERRUPTS = ["restart", "reboot", "reset", "stop", "shutdown", "kill", "suspend", "pause", "hibernate"];
const STARTS = ["start", "resume", "unpause", "restart", "reboot", "reset", "wake"];
const WIDE: readonly [RegExp, string][] = [
  [/^(?:anything|everything|any of it|it all|etwas|alles|nichts)$/i, "*"],
  [/^(?:any|all|the|alle)?\s*(?:guests?|vms?|containers? and vms?|gäste)$/i, "guest/*"],
  [/^(?:any|all|the|alle)?\s*containers?$/i, "container/*"],
  [/^(?:any|all|the|alle)?\s*(?:nodes?|hosts?|servers?|knoten)$/i, "node/*"],
];
const MOST_LISTED = 30;

const toolsOf = (verb: string, tools: readonly BoundTool[]): string | undefined => {
  if (verb === "touch") return "*";
  if (verb === "restart" || verb === "stop") return INTERRUPTS.map((word) => `*_${word}`).join(", ");
  if (verb === "start") return STARTS.map((word) => `*_${word}`).join(", ");
  const known = new Set(tools.filter(({ effect }) => effect !== "read").map(({ name }) => partsOf(name).verb));
  const alike: Record<string, readonly string[]> = {
    remove: ["delete", "destroy", "remove"],
    delete: ["delete", "destroy", "remove"],
    destroy: ["delete", "destroy", "remove"],
    move: ["migrate", "move"],
    update: ["update", "upgrade", "recreate"],
    upgrade: ["update", "upgrade", "recreate"],
  };
  const words = (alike[verb] ?? [verb]).filter((word) => known.has(word));
  return words.length === 0 ? undefined : words.map((word) => `*_${word}`).join(", ");
};

type Target = { readonly id: string; readonly name: string } | { readonly problem: string };

const targetOf = (what: string, resources: readonly LiveResource[]): Target => {
  if (/^tag\/\S+$/i.test(what)) return { id: what, name: `whatever bears ${what}` };
  const wide = WIDE.find(([form]) => form.test(what));
  if (wide) return { id: wide[1], name: wide[1] === "*" ? "anything" : `any ${wide[1].slice(0, -2)}` };
  const meant = whatIsMeant(what, resources);
  if (meant.found === "one") return { id: meant.resource.id, name: `${meant.resource.name} (${meant.resource.id})` };
  if (meant.found === "many")
    return { problem: `Which one do you mean: ${meant.resources.map(({ name, id }) => `${name} (${id})`).join(", ")}? I have made no rule yet; say it again with its id.` };
  return { problem: `I know nothing called "${what.slice(0, 80)}", so I made no rule.${nearTo(what, resources)} I leave things as they are.` };
};

const IS: Record<string, string> = { touch: "change anything on", restart: "restart or stop", stop: "stop or restart", start: "start" };

const made = (intent: Extract<RuleIntent, { kind: "rule" }>, target: { name: string }, rule: ListedRule, zone: string): string => {
  const deed = `${IS[intent.verb] ?? intent.verb} ${target.name}`;
  const hours = intent.when === undefined ? "" : ` between ${intent.when.replace("-", " and ")} (${zone})`;
  const does = intent.action === "deny" ? `I never ${deed}${hours}, whoever asks` : `before anybody has me ${deed}${hours}, I ask you`;
  const remark = rule.remark === undefined ? "" : ` ${rule.remark}`;
  return `Rule ${rule.id} holds from now on: ${does}. It refuses or asks only; it starts nothing.${remark} "what are my rules" lists them, "forget rule ${rule.id}" takes it back.`;
};

const ruleFor = ({ mode, words }: Extract<RuleIntent, { kind: "limit" }>, caller: string, target: string): RuleBody => ({ tool: "*", target, caller, action: mode, words });

const GOES = { observe: "I only watch", propose: "I ask before I disturb anything", act: "I act as far as the house's autonomy lets me" } as const;

const limited = (what: string, { id, action, remark }: ListedRule): string => {
  const goes = action === "observe" || action === "propose" || action === "act" ? GOES[action] : "";
  return `Rule ${id} holds from now on: with ${what} ${goes}. What you ask for yourself is done as before; the lowest of house, runbook and resource counts.${remark === undefined ? "" : ` ${remark}`} "forget rule ${id}" takes it back.`;
};

const plainly = (said: string, resources: readonly LiveResource[]): string => plainRule(said, (id) => resources.find((one) => one.id === id)?.name);

const listed = (rules: readonly ListedRule[], zone: string, resources: readonly LiveResource[]): string => {
  if (rules.length === 0) return 'There are no rules beyond the table of effects. Say one, such as "never restart NAME at night".';
  const lines = rules
    .slice(0, MOST_LISTED)
    .map(({ id, origin, said, remark }) => `- Rule ${id} (${origin}) ${plainly(said, resources)}.${remark === undefined ? "" : ` ${remark}`}`);
  return `${rules.length} ${rules.length === 1 ? "rule" : "rules"}; of those that fit the last decides, hours are those of ${zone}.\n${lines.join("\n")}`;
};

const sure = (act: () => string): string => {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof JarvisError) return thrown.message;
    throw thrown;
  }
};

/** What is answered; the rule is kept by then, or nothing is changed. */
export const ruleReply = (intent: RuleIntent, hands: RuleHands, resources: readonly LiveResource[], tools: readonly BoundTool[]): string => {
  if (intent.kind === "rules") return listed(hands.list(), hands.zone(), resources);
  if (intent.kind === "forget-rule")
    return sure(() => {
      const { id, said } = hands.forget(intent.id);
      return `Rule ${id} is gone: it ${plainly(said, resources)}.`;
    });
  if (intent.kind === "limit" && intent.isRunbook) return sure(() => limited(intent.what, hands.add(ruleFor(intent, `runbook:${intent.what}, remedy:${intent.what}`, "*"))));
  const target = targetOf(intent.what, resources);
  if ("problem" in target) return target.problem;
  if (intent.kind === "limit") return sure(() => limited(target.name, hands.add(ruleFor(intent, "*", target.id))));
  const tool = toolsOf(intent.verb, tools);
  if (tool === undefined) return `I have no tool that could ${intent.verb} anything, so there is nothing to forbid.`;
  const { action, when, words } = intent;
  return sure(() =>
    made(intent, target, hands.add({ tool, target: target.id, caller: "*", effect: "reversible", action, words, ...(when === undefined ? {} : { when }) }), hands.zone()),
  );
};
