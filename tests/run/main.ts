// The test runner behind ./jarvis test and ./jarvis check: set-up, checks, light files two at a time or beside a patient one, heavy ones alone, one last line.
// Refuses unknown paths; exit 1 when anything failed.
import { parseArgs } from "node:util";
import { allChecks, runCheck } from "./checks.ts";
import { runCrew } from "./crew.ts";
import { isCi, partName, testEnvironment } from "./environment.ts";
import { keepEvidence } from "./evidence.ts";
import { findFiles, isFast, isHeavy, isPatient } from "./files.ts";
import { bringPackages } from "./packages.ts";
import { lookAgain } from "./second-look.ts";
import { killAll } from "./spawn.ts";
import { lastLine, type Outcome, outcomeLine, slowestLines, sum } from "./tally.ts";
import { runTestFile } from "./test-file.ts";

const SLOWEST = 10;
const ARCHITECTURE = "tests/architecture";

const { values, positionals } = parseArgs({
  options: { fast: { type: "boolean", default: false }, full: { type: "boolean", default: false }, seed: { type: "string" }, "checks-only": { type: "boolean", default: false } },
  allowPositionals: true,
});
const seed = values.seed ?? String(crypto.getRandomValues(new Uint32Array(1))[0]);
const env = testEnvironment({ seed, full: values.full });
const ci = isCi();
const begun = new Date();
const say = (line: string): void => console.log(line);

const tell = (one: Outcome): void => {
  if (values.full) keepEvidence({ ...one, name: partName(one.name, seed) }, seed);
  say(outcomeLine(one));
  if (one.failed > 0) say(`${one.words.trim().replaceAll(/^/gm, "       | ")}\n`);
};

const chooseFiles = (): string[] => {
  if (values["checks-only"]) return findFiles([]).filter((file) => file.startsWith(ARCHITECTURE));
  const all = findFiles(positionals);
  return values.fast ? all.filter(isFast) : all;
};

const runAll = async (): Promise<Outcome[]> => {
  const files = chooseFiles();
  const run = (file: string) => (): Promise<Outcome> => runTestFile(file, { env, full: values.full, ci });
  const checks = positionals.length > 0 ? [] : allChecks().map((check) => (): Promise<Outcome> => runCheck(check, env));
  const [patient, heavy] = [files.filter(isPatient), files.filter((file) => isHeavy(file) && !isPatient(file))];
  const light = files.filter((file) => !isHeavy(file));
  // What starts something first: the two lanes then end together.
  const longFirst = [...light.filter((file) => !isFast(file)), ...light.filter(isFast)];
  say(`${checks.length} checks, ${files.length} test files; seed ${seed} (repeat with --seed ${seed})`);
  const setUp = heavy.length > 0 || positionals.length > 0 || !(values.fast || values["checks-only"]) ? await bringPackages(ci, say) : undefined;
  if (setUp) tell(setUp);
  const beside = await runCrew([patient.map(run), [...checks, ...longFirst.map(run)]], tell);
  return [...(setUp ? [setUp] : []), ...beside, ...(await runCrew([heavy.map(run)], tell))];
};

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    killAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });

const first = await runAll();
const files = new Set(chooseFiles());
const { outcomes, unsteady } = values.full
  ? { outcomes: first, unsteady: [] }
  : await lookAgain(
      first,
      (name) => files.has(name),
      async (file) => {
        say(`once more, alone: ${file}`);
        const outcome = await runTestFile(file, { env, full: false, ci });
        tell(outcome);
        return outcome;
      },
    );
if (unsteady.length > 0) say(`\nunsteady (failed beside others, passed alone; each is a fault to be found):\n${unsteady.map((name) => `  ${name}`).join("\n")}`);
const totals = sum(outcomes);
const skips = outcomes.flatMap((one) => one.skips.map((name) => `  ${one.name}: ${name}`));
if (skips.length > 0) say(`\nskipped:\n${skips.join("\n")}`);
const failing = outcomes.filter((one) => one.failed > 0);
if (failing.length > 0) say(`\nfailed:\n${failing.map((one) => `  ${one.name}`).join("\n")}`);
if (outcomes.length > SLOWEST) say(`\nslowest:\n${slowestLines(outcomes, SLOWEST).join("\n")}`);
say(`\n${((Date.now() - begun.getTime()) / 1000).toFixed(0)} s`);
say(lastLine(totals));
process.exit(totals.failed > 0 ? 1 : 0);
