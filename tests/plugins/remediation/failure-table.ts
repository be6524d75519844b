// The table "failure x what Jarvis does" (docs/failures.md), made from the rows of the matrix, the remedies and the front matter of the runbooks. Run it to write the file: bun tests/plugins/remediation/failure-table.ts
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseRemedy } from "../../../core/incidents/remedy.ts";
import { remedies } from "../../../plugins/remediation/remedies.ts";
import { fitting } from "../../../plugins/remediation/runbooks/prescribe.ts";
import { parseRunbook, type Runbook } from "../../../plugins/remediation/runbooks/runbook.ts";
import { containers } from "../../e2e/failures/containers.ts";
import { guests, meant } from "../../e2e/failures/guests.ts";
import { type Class, type Listed, listed } from "../../e2e/failures/listed.ts";
import { nodes } from "../../e2e/failures/nodes.ts";
import type { Row } from "../../e2e/failures/row.ts";
import { stores } from "../../e2e/failures/stores.ts";

const root = join(import.meta.dir, "../../..");
const folder = join(root, "memory/runbooks");
export const TABLE = join(root, "docs/failures.md");

const PLAYED = "tests/e2e/runbooks.test.ts";
const TOLD = { proxmox: "tests/e2e/failures.test.ts", docker: "tests/e2e/containers.test.ts" } as const;

export const runbooks: readonly Runbook[] = readdirSync(folder)
  .filter((file) => file.endsWith(".md"))
  .sort()
  .map((file) => parseRunbook(file.slice(0, -3), readFileSync(join(folder, file), "utf8")));
const bound = Object.entries(remedies).map(([name, remedy]) => ({ ...remedy, id: `remediation/${name}`, plugin: "remediation", tries: { perHour: 1, gapsMinutes: [] } }));

/** Causes of which the attribution says: ask first. The tests of the plans hold it to that. */
const ASKED_FIRST = new Set(["guest-stopped oom", "guest-stopped start-failed"]);

interface Told {
  readonly key: string;
  readonly resource: string;
  readonly cause: string;
}

export interface Answer {
  /** `remediation/guest-crashed`, as the journal names it. */
  readonly id: string;
  readonly class: Class;
  readonly title: string;
  /** Of the steps, as they are written. */
  readonly tools: readonly string[];
  readonly runbook?: Runbook;
}

/** What the core would choose for it: a remedy in code, else the runbook that fits most narrowly. */
export const answerTo = ({ key, resource, cause }: Told): Answer | undefined => {
  const alert = { key, resource, severity: "warning" as const, title: key };
  const remedy = chooseRemedy(alert, { kind: cause }, bound);
  if (remedy !== undefined) return { id: remedy.id, class: ASKED_FIRST.has(`${key} ${cause}`) ? "Q" : "A", title: remedy.title, tools: remedy.steps.map(({ tool }) => tool) };
  const runbook = fitting(runbooks, { alert, cause: { kind: cause, words: cause, evidence: [], verdict: "fault" }, resource: undefined, standing: [], open: [] });
  if (runbook?.class === undefined) return undefined;
  return {
    id: `remediation/${runbook.name}`,
    class: runbook.class,
    title: runbook.title,
    tools: runbook.class === "R" ? [] : [...new Set(runbook.steps.map(({ tool }) => tool))],
    runbook,
  };
};

export const matrix: readonly Row[] = [...guests, ...nodes, ...stores, ...containers];

interface Line {
  readonly alert: Told;
  readonly scenario: string;
  readonly proved: readonly string[];
}

const linesOf = ({ row, also = [] }: Listed): Line[] => [
  ...matrix
    .filter((one) => one.row === row)
    .map((one) => ({ alert: one.alert, scenario: `${one.what} (\`${one.fault}\`)`, proved: [one.channel.startsWith("docker/") ? TOLD.docker : TOLD.proxmox, PLAYED] })),
  ...also.map(({ alert, scenario, proved }) => ({ alert, scenario, proved: [proved] })),
  ...meant
    .filter((one) => one.row === row)
    .map((one) => ({ alert: { key: "left alone", resource: one.resource, cause: one.cause }, scenario: `${one.what} (\`${one.fault}\`)`, proved: [TOLD.proxmox] })),
];

/** Every plan that answers a row, the strongest class first. */
export const answersOf = (one: Listed): Answer[] => linesOf(one).flatMap(({ alert }) => answerTo(alert) ?? []);

const SAID: Readonly<Record<Class, string>> = { A: "does it", Q: "asks", R: "tells a plan" };
const planWords = (answer: Answer | undefined, one: Listed): string => {
  if (answer === undefined) return one.does ?? "-";
  const tools = answer.tools.length === 0 ? "" : ` (${answer.tools.map((tool) => `\`${tool}\``).join(", ")})`;
  return `**${answer.class}** ${SAID[answer.class]}: ${answer.title.slice(0, 1).toLowerCase()}${answer.title.slice(1)}, \`${answer.id.split("/")[1]}\`${tools}`;
};

const beyond = ({ waits, person }: Listed): string =>
  [...(waits === undefined ? [] : [`*waiting* for ${waits}`]), ...(person === undefined ? [] : [`a person: ${person}`])].join("; ");
const short = (files: readonly string[]): string => files.map((file) => `\`${file.replace(/^tests\//, "").replace(/\.test\.ts$/, "")}\``).join(", ");

const rowsOf = (one: Listed): string[] => {
  const head = [String(one.row), one.what, one.class.join("/")];
  const lines = linesOf(one);
  if (lines.length === 0) return [`| ${[...head, "-", "-", one.does ?? "-", "-", beyond(one)].join(" | ")} |`];
  return lines.map(({ alert, scenario, proved }, index) => {
    const first = index === 0 ? head : ["", "", ""];
    const detector = alert.key === "left alone" ? `left alone (${alert.cause})` : `\`${alert.key}\` (${alert.cause})`;
    return `| ${[...first, detector, scenario, planWords(answerTo(alert), one), short(proved), index === 0 ? beyond(one) : ""].join(" | ")} |`;
  });
};

const ABOUT = `# Failures and what Jarvis does

Made from the rows of the tests, the remedies and the runbooks by \`bun tests/plugins/remediation/failure-table.ts\`; a test holds it to them, so edit those instead.

**Class** is what a failure allows: **A** done, then told; **Q** asked first, with one button; **R** told with a plan. **What it does** is what happens today, in the mode \`act\`: the remedy or
runbook that the core chooses for that alert and cause. *Waiting* says what has to come before it can do more. Tests are named below \`tests/\`: \`e2e/failures\` and the like show that it
is told rightly; \`e2e/runbooks\` plays it to the fix, the ask or the plan: one of each class in the ordinary run, every row with \`JARVIS_TEST_FULL=1\`. Its whole run is not in
\`docs/evidence\` yet: until it is, the plan of a row is what the core would choose, checked by \`plugins/remediation/rows\` and \`plugins/remediation/shipped\`.

| # | failure | class | detector (cause) | scenario | what it does | test | beyond that |
|---|---|---|---|---|---|---|---|`;

export const failureTable = (): string => `${ABOUT}\n${listed.flatMap(rowsOf).join("\n")}\n`;

if (import.meta.main) writeFileSync(TABLE, failureTable());
