// What to do about an incident that no remedy answers: the runbook whose trigger fits it most narrowly. One that nobody stands behind asks about each step that changes something. Touches nothing.
import type { Prescribed, Prescription } from "jarvis";
import { knownNow } from "./runbooks/known.ts";
import { fitting, prescription } from "./runbooks/prescribe.ts";
import { pickedNow, type Reader } from "./runbooks/shelf.ts";
import { standings, unconfirmedWords } from "./runbooks/trust.ts";

export const prescribe = async (ctx: Reader & Parameters<typeof knownNow>[0], about: Prescribed): Promise<Prescription | undefined> => {
  const picked = await pickedNow(ctx, (runbooks) => fitting(runbooks, about));
  if (picked === undefined) return undefined;
  const { runbook, shelf } = picked;
  const standing = (await standings(ctx, shelf.runbooks)).get(runbook.name) ?? "new";
  const hold = standing === "confirmed" ? undefined : unconfirmedWords(runbook.title, runbook.name, standing);
  return prescription(runbook, about, await knownNow(ctx), hold);
};
