// The operator's rules at the edge and in the chat: who may change them, in whose name. Translates; keeps nothing.
import type { RuleHands } from "../agent/reflex/rule-reply.ts";
import { JarvisError } from "../contract/error.ts";
import type { CoreFaces, Who } from "../http/faces.ts";
import { operatorRefusal } from "../http/operator.ts";
import type { Clock } from "../lib/clock.ts";
import type { Redactor } from "../lib/redact.ts";
import type { HouseRules } from "../tools/house-rules.ts";

interface Parts {
  rules: HouseRules;
  clock: Clock;
  redact: Redactor;
  open: boolean;
  lookForDeeds: () => Promise<void>;
}

const whereOf = (who: Who): string => (who.session !== undefined ? "dashboard" : who.via === "control" ? "cli" : who.caller.id.slice(0, 60));

const EITHER = ["tool", "caller"] as const;

type RuleFaces = Pick<CoreFaces, "rules.list" | "rules.add" | "rules.change" | "rules.remove" | "rules.order">;

export const ruleFaces = ({ rules, redact, lookForDeeds }: Omit<Parts, "clock" | "open">): RuleFaces => {
  const list = async () => ({ rules: rules.list(), timeZone: rules.zone() });
  return {
    "rules.list": list,
    "rules.add": async ({ anyway, ...rule }, who) => {
      await lookForDeeds();
      return { rule: rules.add(redact.data(rule), who.caller, whereOf(who), anyway === true ? EITHER : []) };
    },
    "rules.change": async ({ id, rule, anyway }, who) => {
      await lookForDeeds();
      return { rule: rules.change(id, redact.data(rule), who.caller, whereOf(who), anyway === true ? EITHER : []) };
    },
    "rules.remove": async ({ id }, who) => ({ rule: rules.remove(id, who.caller) }),
    "rules.order": async ({ ids }, who) => {
      rules.order(ids, who.caller);
      return list();
    },
  };
};

/** The same acts by words in the chat: editing policy is the operator's, however it is done. */
export const spokenRules = ({ rules, clock, open }: Pick<Parts, "rules" | "clock" | "open">, who: Who): RuleHands => {
  const must = (): void => {
    const words = operatorRefusal("policy", who, { open, nowMs: clock.now() });
    if (words !== undefined) throw new JarvisError("operator_only", { message: words });
  };
  return {
    list: rules.list,
    zone: rules.zone,
    add: (rule) => {
      must();
      // Tools are named by the chat's own grammar, and a veto is kept for a plugin that is not up yet; a runbook is named by the person.
      return rules.add(rule, who.caller, "chat", ["tool"]);
    },
    forget: (id) => {
      must();
      return rules.remove(id, who.caller);
    },
  };
};
