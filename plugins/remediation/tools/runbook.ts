// remediation_runbook_list, _explain and _run. A run makes each step's call through the one pipeline, in the name of who ran it, and stops at the first that does not succeed.
import { JarvisError, type Tool, z } from "jarvis";
import type { Config } from "../config.ts";
import type { Keeper } from "../runbooks/remembered.ts";
import { filled, filledSteps, type Runbook } from "../runbooks/runbook.ts";
import { brokenWords, type Memory, type Reader, runbookNamed, shelfOf } from "../runbooks/shelf.ts";
import { slotsOf } from "../runbooks/slots.ts";
import { hashOf, type Standing, standings, unconfirmedWords } from "../runbooks/trust.ts";

const Nothing = z.object({});
const Named = z.object({ name: z.string().min(1).max(60).describe("The runbook's name") });
const Explained = Named.extend({
  for: z.string().max(200).optional().describe("A resource, such as guest/101: the calls are told as they would be made for it; nothing is done"),
});
const Run = Named.extend({
  with: z
    .record(z.string(), z.union([z.string().max(300), z.number(), z.boolean()]))
    .default({})
    .describe("What the runbook needs, such as {vmid: 101}"),
});

export const stepWords = (step: { tool: string; input: unknown }, index: number): string => `${index + 1}. ${step.tool} ${JSON.stringify(step.input)}`;
const TOLD: Record<Standing, string> = { confirmed: "", new: " (new, not confirmed yet)", changed: " (changed since it was confirmed)" };
/** The whole shelf is looked at: at a first start all that lies there is what was set up. */
export const standingOf = async (ctx: Reader & Keeper, name: string): Promise<Standing> => (await standings(ctx, (await shelfOf(ctx)).runbooks)).get(name) ?? "new";
const CLASSES = { A: "done, then reported", Q: "asked about first", R: "reported with a plan; nothing is done" } as const;

/** When it is right and how it is known to have helped, a line each. */
const conditions = ({ trigger, class: kind, effect, target, only, most, preconditions, verify, deadline, compensation, attempts, cooldown }: Runbook): string[] => {
  if (trigger === undefined || kind === undefined) return ["It answers no alert: it is run by hand."];
  const about = [trigger.alert.join(" or "), ...(trigger.cause ? [`caused by ${trigger.cause.join(" or ")}`] : []), ...(trigger.resource ? [`of ${trigger.resource}`] : [])];
  const acts =
    kind === "R"
      ? []
      : [
          ...(target === "itself" ? [] : [`For each guest that stands on it (${only.join(", ") || "any"}), at most ${most}.`]),
          ...(preconditions.length > 0 ? [`Only while: ${preconditions.join(", ")}.`] : []),
          `Has helped when: ${typeof verify === "string" ? verify : JSON.stringify(verify)}, seen twice, within ${deadline} min.`,
          `Is taken back by: ${compensation === "none" ? "nothing" : stepWords(compensation, 0)}`,
          `At most ${attempts} times within ${cooldown} min.`,
        ];
  return [`Answers ${about.join(", ")}.`, `Class ${kind}: ${CLASSES[kind]}. Effect: ${effect ?? "read"}.`, ...acts];
};
const summary = ({ name, title, about, needs, trigger, class: kind, effect }: Runbook) => ({
  name,
  title,
  ...(about === undefined ? {} : { about }),
  needs,
  ...(trigger === undefined ? {} : { trigger, class: kind, effect }),
});

export const runbookList: Tool<Config, Memory, typeof Nothing> = {
  title: "List runbooks",
  about: "Lists the written procedures that can be run, and those that cannot be read.",
  effect: "read",
  input: Nothing,
  run: async (ctx) => {
    const { runbooks, broken } = await shelfOf(ctx);
    const known = await standings(ctx, runbooks);
    const lines = [
      ...runbooks.map((one) => `${one.name}: ${one.title}${TOLD[known.get(one.name) ?? "new"]}`),
      ...broken.map((one) => `${one.name} cannot be read: ${brokenWords(one)}`),
    ];
    return {
      text: lines.join("\n").slice(0, 60_000) || "There are no runbooks.",
      data: { runbooks: runbooks.map((one) => ({ ...summary(one), standing: known.get(one.name) ?? "new" })), broken },
    };
  },
};

export const runbookExplain: Tool<Config, Memory, typeof Explained> = {
  title: "Explain a runbook",
  about: "Tells when a runbook is right, what it does step by step, and why. With `for`, what it would do for one resource.",
  effect: "read",
  input: Explained,
  run: async (ctx, { name, for: resource }) => {
    const runbook = await runbookNamed(ctx, name);
    const [standing, hash] = [await standingOf(ctx, name), (await hashOf(runbook)).slice(0, 12)];
    const warning = standing === "confirmed" ? [] : [unconfirmedWords(runbook.title, name, standing)];
    const text = [
      runbook.title,
      ...warning,
      ...(runbook.needs.length > 0 ? [`Needs: ${runbook.needs.join(", ")}`] : []),
      ...conditions(runbook),
      ...(resource === undefined ? runbook.steps : filledSteps(runbook.steps, slotsOf(resource, undefined))).map(stepWords),
      ...(runbook.steps.length === 0 ? ["It does nothing: it only reports."] : []),
      `Hash of the steps: ${hash}`,
      "",
      runbook.body,
    ].join("\n");
    return { text: text.slice(0, 60_000), data: { ...summary(runbook), standing, hash, steps: runbook.steps, body: runbook.body } };
  },
};

/** Whether its steps are still those it began with; a text that cannot be read now leaves the last good one in force. */
const isStill = async (ctx: Reader, name: string, hash: string): Promise<boolean> => {
  const now = await runbookNamed(ctx, name).catch(() => undefined);
  return now !== undefined && (await hashOf(now)) === hash;
};

export const runbookRun: Tool<Config, Memory, typeof Run> = {
  title: "Run a runbook",
  about: "Makes a runbook's calls one after the other, in the name of who runs it. Each is judged, journaled and verified like any other call.",
  effect: "reversible",
  onBehalf: true,
  input: Run,
  target: ({ name }) => `service/runbook/${name.toLowerCase()}`,
  preflight: async (ctx, input) => {
    filled(await runbookNamed(ctx, input.name), input.with);
    return { target: `service/runbook/${input.name.toLowerCase()}` };
  },
  run: async (ctx, input) => {
    const runbook = await runbookNamed(ctx, input.name);
    if (runbook.steps.length === 0) return { text: `${runbook.title}: there is nothing to run. ${runbook.plan ?? ""}`.trim(), data: { steps: [] } };
    const standing = await standingOf(ctx, input.name);
    const about = { runbook: input.name.toLowerCase(), ...(standing === "confirmed" ? {} : { hold: unconfirmedWords(runbook.title, input.name, standing) }) };
    const made: { tool: string; state: string; callId: string; text: string }[] = [];
    const begun = await hashOf(runbook);
    const steps = filled(runbook, input.with);
    for (const step of steps) {
      if (made.length > 0 && !(await isStill(ctx, input.name, begun)))
        throw new JarvisError("unavailable", {
          message: `${runbook.title} was changed while it ran. I stopped after step ${made.length} of ${steps.length}: read it again, and run what is left of it if it is still right.`,
          data: { steps: made, definitive: true },
        });
      const { state, callId, text } = await ctx.call(step.tool, step.input, about);
      made.push({ tool: step.tool, state, callId, text });
      if (state !== "succeeded")
        throw new JarvisError("unavailable", {
          message: `${runbook.title}: step ${made.length} (${step.tool}) is ${state}: ${text}`.slice(0, 1000),
          data: { steps: made, definitive: true },
        });
    }
    return { text: [`${runbook.title}: done.`, ...made.map((one, index) => `${index + 1}. ${one.tool}: ${one.text}`)].join("\n").slice(0, 60_000), data: { steps: made } };
  },
  deadlineSeconds: 900,
  verify: (_ctx, _input, sent) => ({ ok: sent.result !== undefined, words: "Each step was verified by itself." }),
};
