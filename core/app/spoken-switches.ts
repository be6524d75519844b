// The switches and asks by words in the chat: the same acts, scopes and operator's rights as by their methods. Translates; decides nothing.
import type { createPersona } from "../agent/persona.ts";
import type { HouseHands } from "../agent/reflex/house-reply.ts";
import { reaches } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { Who } from "../http/faces.ts";
import { type Act, operatorRefusal } from "../http/operator.ts";
import type { Clock } from "../lib/clock.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Switches } from "../tools/switches.ts";

interface Parts {
  clock: Pick<Clock, "now">;
  redact: Redactor;
  pipeline: Pick<Pipeline, "asks" | "decide">;
  switches: Pick<Switches, "engage" | "release" | "view">;
  persona: Pick<ReturnType<typeof createPersona>, "list" | "use">;
  open: boolean;
}

export const spokenSwitches = ({ clock, redact, pipeline, switches, persona, open }: Parts, who: Who): HouseHands => {
  const mustOperate = (): void => {
    if (!reaches(who.caller.scope, "operate"))
      throw new JarvisError("scope", { message: "Whoever only reads may not do that: it needs a token of scope operate, the dashboard or the CLI beside Jarvis." });
  };
  const mustBeOperator = (act: Act, askId?: string): void => {
    const ask = askId === undefined ? undefined : pipeline.asks().find(({ id }) => id === askId);
    const words = operatorRefusal(act, who, { open, nowMs: clock.now(), ask });
    if (words !== undefined) throw new JarvisError("operator_only", { message: words });
  };
  return {
    hold: () => {
      mustOperate();
      switches.engage("effects", who.caller, "said in the chat");
    },
    release: () => {
      mustBeOperator("release");
      switches.release(who.caller);
    },
    personas: {
      list: persona.list,
      use: (name) => {
        mustOperate();
        return persona.use(name).name;
      },
    },
    isHeld: () => switches.view().killed,
    asks: () => pipeline.asks(),
    decide: (id, decision, { confirm, words }) => {
      mustOperate();
      if (decision === "approve") mustBeOperator("approve", id);
      return pipeline.decide(id, decision, {
        caller: who.caller,
        ...(confirm === undefined ? {} : { confirm }),
        ...(words === undefined ? {} : { words: redact.text(words) }),
      });
    },
  };
};
