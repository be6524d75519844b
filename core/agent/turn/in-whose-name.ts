// In whose name a model's wish is called: the person's where their own words ordered exactly that, else the model's own, which may look, or propose where the person wants something done. Never in the name of a text. Pure.
import { type Caller, reaches, type Scope } from "../../contract/caller.ts";
import type { Effect } from "../../contract/tool.ts";

export interface Standing {
  /** Who speaks. */
  readonly by: Caller;
  /** The model's name. */
  readonly model: string;
  /** Their own words ordered exactly this. */
  readonly isCovered: boolean;
  /** Their own words want something done. */
  readonly wantsDeed: boolean;
  /** Free text from outside stood in this conversation. */
  readonly isTainted: boolean;
}

export interface Named {
  readonly caller: Caller;
  readonly hold?: string;
}

const HOLD = "A model wishes this; your own words did not name this act on this thing.";
const HOLD_TAINTED = "You asked for this, and text from outside took part in when and how, so you look at it first.";

const atMost = (scope: Scope, most: Scope): Scope => (reaches(scope, most) ? most : scope);

/** A question gets scope `read`: whatever changes something is then refused by policy, and on record. */
export const inWhoseName = (effect: Effect, { by, model, isCovered, wantsDeed, isTainted }: Standing): Named => {
  const own = (scope: Scope): Caller => ({ kind: "model", id: `${model} for ${by.kind} ${by.id}`.slice(0, 200), scope: atMost(by.scope, scope), tainted: true });
  if (effect === "read") return { caller: own("read") };
  if (isCovered) {
    const isHeld = isTainted && effect !== "reversible";
    return { caller: { ...by, tainted: by.tainted || isTainted }, ...(isHeld ? { hold: HOLD_TAINTED } : {}) };
  }
  return wantsDeed ? { caller: own("operate"), hold: HOLD } : { caller: own("read") };
};
