// The operator's rules as this page sees them: read anew whenever something was told, changed one act at a time.
import type { ListedRule, RuleBody } from "$contract/rule.ts";
import { attempt } from "../live/act.svelte.ts";
import { call } from "../live/house.svelte.ts";
import { WireError } from "../live/wire-error.ts";

let list = $state.raw<readonly ListedRule[] | undefined>(undefined);
let zone = $state("");
let busy = $state(false);

/** A list that cannot be read leaves the last one standing; the page says by itself that the link is gone. */
const read = async (): Promise<void> => {
  try {
    const answer = await call("rules.list", {});
    list = answer.rules;
    zone = answer.timeZone;
  } catch {
    return;
  }
};

interface Doubtful {
  readonly anyway?: boolean;
  readonly unseen?: (words: string) => void;
}

/** Why a rule was not kept that would be, once it is said to be meant. */
const unseenIn = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof WireError) || thrown.data.anyway !== true) return undefined;
  const [first]: unknown[] = Array.isArray(thrown.data.issues) ? thrown.data.issues : [];
  return typeof first === "object" && first !== null && "message" in first ? String(first.message) : thrown.message;
};

const once = async (act: () => Promise<unknown>): Promise<boolean> => {
  if (busy) return false;
  busy = true;
  const done = (await act()) !== undefined;
  if (done) await read();
  busy = false;
  return done;
};

export const rules = {
  get list() {
    return list;
  },
  get zone() {
    return zone;
  },
  get busy() {
    return busy;
  },
  read,
  /** `id` absent: a new one, which comes last. Answers whether it was kept. `unseen`: told why not, where it is kept once it is said to be meant (`anyway`). */
  save: (rule: RuleBody, id: string | undefined, { anyway, unseen }: Doubtful = {}): Promise<boolean> => {
    const meant = anyway === true ? { anyway } : {};
    const tells = (thrown: unknown): boolean => {
      const words = unseenIn(thrown);
      if (words !== undefined) unseen?.(words);
      return words !== undefined && unseen !== undefined;
    };
    return once(() => (id === undefined ? attempt("rules.add", { ...rule, ...meant }, undefined, tells) : attempt("rules.change", { id, rule, ...meant }, undefined, tells)));
  },
  remove: (id: string): Promise<boolean> => once(() => attempt("rules.remove", { id })),
  /** One place up (-1) or down (1) among those that can be edited. */
  move: (id: string, by: -1 | 1): Promise<boolean> => {
    const ids = (list ?? []).filter(({ editable }) => editable).map((rule) => rule.id);
    const from = ids.indexOf(id);
    const other = ids[from + by];
    if (from < 0 || other === undefined) return Promise.resolve(false);
    ids[from + by] = id;
    ids[from] = other;
    return once(() => attempt("rules.order", { ids }));
  },
};
