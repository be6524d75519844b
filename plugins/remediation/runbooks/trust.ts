// Which runbooks the operator stands behind: the hash of what each one does, kept by the core. What a person only reads (title, about, prose) is not in it.
import { type Keeper, remembered, revise } from "./remembered.ts";
import type { Runbook } from "./runbook.ts";

const MOST = 400;

/** `new`: never confirmed. `changed`: its steps are not those that were. */
export type Standing = "confirmed" | "new" | "changed";

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** What decides when and what it does: everything but the words for people. */
const deeds = ({ needs, steps, trigger, ...more }: Runbook): unknown => {
  const { target, only, most, class: kind, effect, preconditions, verify, deadline, compensation, attempts, cooldown } = more;
  const named = { needs: [...needs].sort(), steps };
  return trigger === undefined ? named : { ...named, trigger, target, only, most, kind, effect, preconditions, verify, deadline, compensation, attempts, cooldown };
};

/** A text that has not changed is parsed and hashed once. */
const hashes = new WeakMap<Runbook, Promise<string>>();

const digest = async (runbook: Runbook): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(sorted(deeds(runbook))));
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
};

/** SHA-256 of what it does, in hex. */
export const hashOf = (runbook: Runbook): Promise<string> => {
  const known = hashes.get(runbook) ?? digest(runbook);
  hashes.set(runbook, known);
  return known;
};

/** Nothing kept yet means a first start: what lies there then is what was set up. */
const firstSeen = async (ctx: Keeper, runbooks: readonly Runbook[]): Promise<Record<string, string>> => {
  const confirmed = Object.fromEntries(await Promise.all(runbooks.map(async (one) => [one.name, await hashOf(one)] as const)));
  await revise(ctx, (now) => (now.confirmed === undefined ? { ...now, confirmed } : undefined));
  return (await remembered(ctx)).confirmed ?? confirmed;
};

export const standings = async (ctx: Keeper, runbooks: readonly Runbook[]): Promise<Map<string, Standing>> => {
  const confirmed = (await remembered(ctx)).confirmed ?? (await firstSeen(ctx, runbooks));
  const all = await Promise.all(
    runbooks.map(async (one): Promise<[string, Standing]> => {
      const known = Object.hasOwn(confirmed, one.name) ? confirmed[one.name] : undefined;
      if (known === undefined) return [one.name, "new"];
      return [one.name, known === (await hashOf(one)) ? "confirmed" : "changed"];
    }),
  );
  return new Map(all);
};

/** The newest confirmations are kept, as many as fit. */
export const confirm = async (ctx: Keeper, runbook: Runbook): Promise<void> => {
  const hash = await hashOf(runbook);
  await revise(ctx, ({ confirmed = {}, ...now }) => {
    const { [runbook.name]: _, ...others } = confirmed;
    return { ...now, confirmed: Object.fromEntries([...Object.entries(others), [runbook.name, hash] as const].slice(-MOST)) };
  });
};

export const unconfirmedWords = (title: string, name: string, standing: Exclude<Standing, "confirmed">): string =>
  `The runbook "${title}" ${standing === "new" ? "is new and nobody has confirmed it" : "has changed since it was confirmed"}: I ask about each step that changes something until you say "confirm runbook ${name}".`;
