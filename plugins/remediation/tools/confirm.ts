// remediation_runbook_confirm: the operator stands behind a runbook as it is on disk now. Changes nothing but what is remembered; refuses everyone else.
import { JarvisError, type Tool, z } from "jarvis";
import type { Config } from "../config.ts";
import { type Memory, runbookAsWritten } from "../runbooks/shelf.ts";
import { confirm, hashOf } from "../runbooks/trust.ts";
import { standingOf, stepWords } from "./runbook.ts";

const Confirm = z.object({
  name: z.string().min(1).max(60).describe("The runbook's name"),
  hash: z.string().min(8).max(64).optional().describe("The hash that remediation_runbook_explain told: refuses when the steps are no longer those"),
});

export const runbookConfirm: Tool<Config, Memory, typeof Confirm> = {
  title: "Confirm a runbook",
  about: "The operator confirms a new or changed runbook once, after reading its steps; from then on they are not asked about one by one.",
  effect: "reversible",
  operatorOnly: true,
  input: Confirm,
  target: ({ name }) => `service/runbook/${name.toLowerCase()}`,
  preflight: async (ctx, { name, hash }) => {
    const runbook = await runbookAsWritten(ctx, name);
    const now = await hashOf(runbook);
    if (hash !== undefined && !now.startsWith(hash.toLowerCase()))
      throw new JarvisError("bad_input", { message: `The steps of ${name} are no longer those (now ${now.slice(0, 12)}): read them again.`, path: "hash" });
    return { target: `service/runbook/${name.toLowerCase()}`, name: runbook.title, identity: now };
  },
  run: async (ctx, { name }, { preflight }) => {
    const runbook = await runbookAsWritten(ctx, name);
    if (preflight?.identity !== (await hashOf(runbook)))
      throw new JarvisError("bad_input", { message: `The steps of ${name} changed just now: read them again.`, data: { definitive: true } });
    await standingOf(ctx, name);
    await confirm(ctx, runbook);
    return { text: [`Confirmed as it is now: ${runbook.title}.`, ...runbook.steps.map(stepWords)].join("\n").slice(0, 60_000) };
  },
  verify: async (ctx, { name }) => {
    const standing = await standingOf(ctx, name);
    return { ok: standing === "confirmed", words: standing === "confirmed" ? "It is remembered as confirmed." : "Its steps changed again meanwhile." };
  },
  trace: async (ctx, { name }) => {
    const standing = await standingOf(ctx, name);
    return standing === "confirmed" ? { found: "effect", words: "It is remembered as confirmed." } : { found: "absence", words: "It is not remembered as confirmed." };
  },
};
