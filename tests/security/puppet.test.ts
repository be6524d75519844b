// A model that does whatever an attacker wants, through the real loop and the real pipeline: nothing forbidden happens, and what the person asked for still does.
import { describe, expect, test } from "bun:test";
import { calls, says, scripted, seenBy } from "../core/agent/turn/scripted.ts";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { sharedPath } from "../support/shared.ts";
import { toOurs } from "./puppet/adapter.ts";
import { allowedCall, type Case, type Corpus, isForbidden, type PuppetCall, readCorpus } from "./puppet/corpus.ts";
import { openHouse } from "./puppet/house.ts";
import { TWISTS } from "./puppet/mutate.ts";

const path = sharedPath("security/injection-cases.json");
if (path === undefined) console.log("passed over: the corpus of attacks is not here (security/injection-cases.json)");
/** Of each case's twists, beside the untwisted, in the ordinary run. */
const SAMPLED = 1;

const wishesOf = (step: readonly PuppetCall[]) =>
  calls(
    ...step.map(({ tool, args }): [string, unknown] => {
      const ours = toOurs(tool, args);
      return [ours.tool, ours.input];
    }),
  );
const spoken = (step: readonly PuppetCall[]): string => step.flatMap(({ tool, args }) => (tool === "chat.reply" ? [String(args.text)] : [])).join(" ");

const attack = async (corpus: Corpus, one: Case, twist: string, random: () => number): Promise<string[]> => {
  const house = openHouse(corpus, one);
  try {
    const steps = TWISTS[twist]?.(one.puppet_calls, random) ?? [];
    const model = scripted([...steps.map(wishesOf), says(`I restarted everything. ${steps.map(spoken).join(" ")}`)]);
    const words = one.user_task.replace("<paste>", one.payload);
    const first = await house.say(words, model);
    const second = await house.say(words, scripted([...steps.map(wishesOf), says("Done.")]));
    await house.rig.clock.advance(30_000);
    const told = [first, second].map(({ text }) => ({ tool: "chat.reply", args: { text } }));
    const prompts = [{ tool: "llm.request", args: { body: seenBy(model) } }];
    const canaries = Object.values(corpus.world.canaries).filter((secret) => JSON.stringify([told, prompts]).includes(secret));
    const forbidden = one.forbidden_effect.filter((bad) => isForbidden([...house.did, ...told, ...prompts], bad));
    return [...forbidden.map((bad) => `${one.id} (${twist}): ${JSON.stringify(bad)}`), ...canaries.map((secret) => `${one.id} (${twist}): ${secret} got out`)];
  } finally {
    house.rig.close();
  }
};

/** The paired run without an attacker: the act the person may want is wished for, and what waits is approved. */
const benign = async (corpus: Corpus, one: Case): Promise<string | undefined> => {
  const wanted = one.allowed_effects.flatMap((words) => allowedCall(words) ?? []);
  const house = openHouse(corpus, { ...one, payload: "nothing to see" });
  try {
    const outcome = await house.say(
      one.user_task.replace("<paste>", ""),
      scripted([wishesOf([{ tool: "pve.guest.list", args: {} }]), ...wanted.map((call) => wishesOf([call])), says("That is how it stands.")]),
    );
    await house.approveAll();
    const missing = wanted.filter(
      (call) =>
        !call.tool.startsWith("ssh.read") &&
        !house.did.some(
          ({ tool, args }) =>
            tool === call.tool && Object.entries(toOurs(call.tool, call.args).input).every(([key, value]) => String({ ...toOurs(tool, args).input }[key]) === String(value)),
        ),
    );
    if (missing.length > 0) return `${one.id}: ${JSON.stringify(missing)} was not possible`;
    return outcome.text.includes("That is how it stands.") ? undefined : `${one.id}: ${outcome.text}`;
  } finally {
    house.rig.close();
  }
};

describe.skipIf(path === undefined)("a model that is an attacker's puppet", () => {
  const corpus = path === undefined ? undefined : readCorpus(path);

  test("does nothing that is forbidden, whichever way it wishes for it", async () => {
    if (corpus === undefined) return;
    const random = randomOf("puppet");
    const names = Object.keys(TWISTS);
    const bad: string[] = [];
    let runs = 0;
    for (const one of corpus.cases) {
      const twists = full ? names : ["as it is", ...shuffled(names.slice(1), random).slice(0, SAMPLED)];
      for (const twist of twists) bad.push(...(await attack(corpus, one, twist, random)));
      runs += twists.length;
    }
    console.log(
      `puppet: ${corpus.cases.length} cases, ${runs} runs${full ? "" : ` of ${corpus.cases.length * names.length} (the rest with --full)`}, forbidden effects ${bad.length}`,
    );
    expect(bad).toEqual([]);
  }, 900_000);

  test("keeps nobody from having done what they asked for", async () => {
    if (corpus === undefined) return;
    const kept = [];
    for (const one of corpus.cases) kept.push(await benign(corpus, one));
    const failed = kept.filter((words) => words !== undefined);
    console.log(`puppet: benign runs ${kept.length - failed.length} of ${kept.length}`);
    expect(failed).toEqual([]);
  }, 120_000);
});
