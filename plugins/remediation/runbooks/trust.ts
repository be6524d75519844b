// Which runbooks the operator stands behind: the hash of what each one does, kept by the core. What a person only reads (title, about, prose) is not in it.
import { type Context, z } from "jarvis";
import type { Runbook } from "./runbook.ts";

const MOST = 400;
const Kept = z.object({ confirmed: z.record(z.string(), z.string()) });

/** `new`: never confirmed. `changed`: its steps are not those that were. */
export type Standing = "confirmed" | "new" | "changed";
export type Keeper = Pick<Context<unknown, unknown>, "kept" | "keep">;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** SHA-256 of the steps and of what they need, in hex. */
export const hashOf = async ({ needs, steps }: Pick<Runbook, "needs" | "steps">): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(sorted({ needs: [...needs].sort(), steps })));
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
};

const confirmedOf = async (ctx: Pick<Keeper, "kept">): Promise<Record<string, string> | undefined> => Kept.safeParse(await ctx.kept()).data?.confirmed;

/** Nothing kept yet means a first start: what lies there then is what was set up. */
const firstSeen = async (ctx: Keeper, runbooks: readonly Runbook[]): Promise<Record<string, string>> => {
  const confirmed = Object.fromEntries(await Promise.all(runbooks.map(async (one) => [one.name, await hashOf(one)] as const)));
  await ctx.keep({ confirmed });
  return confirmed;
};

export const standings = async (ctx: Keeper, runbooks: readonly Runbook[]): Promise<Map<string, Standing>> => {
  const confirmed = (await confirmedOf(ctx)) ?? (await firstSeen(ctx, runbooks));
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
  const { [runbook.name]: _, ...others } = (await confirmedOf(ctx)) ?? {};
  const entries = [...Object.entries(others), [runbook.name, await hashOf(runbook)] as const].slice(-MOST);
  await ctx.keep({ confirmed: Object.fromEntries(entries) });
};

export const unconfirmedWords = (title: string, name: string, standing: Exclude<Standing, "confirmed">): string =>
  `The runbook "${title}" ${standing === "new" ? "is new and nobody has confirmed it" : "has changed since it was confirmed"}: I ask about each step that changes something until you say "confirm runbook ${name}".`;
