// The operator's rules by hand: listed, added, changed, taken out, put in order. In the words of Settings and the chat; the core decides who may, and what fits.
import { RuleBody } from "../../contract/rule.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { plainRule } from "../../lib/rule-words.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { describeRule } from "../people.ts";
import { type Jarvis, reach } from "../reach.ts";
import type { Terminal } from "../terminal.ts";

const usage = "rules [add ACTION ... | change ID ACTION ... | remove ID | order ID ID ...]";
const VERBS = ["list", "add", "change", "remove", "order"];
const ACTIONS = RuleBody.shape.action.options;
const MOST_WORDS = 201;

const OPTIONS = {
  tool: { type: "string" },
  target: { type: "string" },
  caller: { type: "string" },
  effect: { type: "string" },
  when: { type: "string" },
  words: { type: "string" },
  anyway: { type: "boolean" },
} as const;
type Given = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

/** A refusal or question that is typed without more means what changes something, as in the chat: looking harms nobody. */
const CHANGES: ReadonlySet<string> = new Set(["ask", "deny"]);

/** The rule that was meant; whether its parts fit is the core's to say. */
const ruleOf = (action: string, { anyway: _, ...parts }: Given): Record<string, string> => {
  if (!ACTIONS.some((one) => one === action)) throw misused(`"${action}" is no action of a rule: ${ACTIONS.join(", ")}.${didYouMean(action, ACTIONS)}`);
  return { action, ...(CHANGES.has(action) ? { effect: "reversible" } : {}), ...parts };
};

type Shown = Parameters<typeof describeRule>[0];

/** By their names, as the chat and Settings tell them. */
const told = async (jarvis: Jarvis, terminal: Terminal): Promise<(rule: Shown) => string> => {
  const resources = terminal.json ? [] : (await jarvis.ask("state.get", {})).value.resources;
  const names = new Map(resources.map(({ id, name }) => [id, name]));
  return (rule) => describeRule({ ...rule, said: plainRule(rule.said, (id) => names.get(id)) });
};

const list = async (jarvis: Jarvis, terminal: Terminal): Promise<number> => {
  const { raw, value } = await jarvis.ask("rules.list", {});
  const tell = await told(jarvis, terminal);
  const head = `of those that fit a call the last decides; hours are those of ${value.timeZone}`;
  terminal.result(raw, () => (value.rules.length === 0 ? "There are no rules beyond the table of effects." : [head, ...value.rules.map(tell)].join("\n")));
  return EXIT.done;
};

const edit = async (jarvis: Jarvis, terminal: Terminal, words: readonly string[], given: Given): Promise<number> => {
  const [verb, first = "", second = ""] = words;
  const anyway = given.anyway === true ? { anyway: true } : {};
  const { raw, value } =
    verb === "add"
      ? await jarvis.ask("rules.add", { ...ruleOf(first, given), ...anyway })
      : verb === "change"
        ? await jarvis.ask("rules.change", { id: first, rule: ruleOf(second, given), ...anyway })
        : await jarvis.ask("rules.remove", { id: first });
  const tell = await told(jarvis, terminal);
  terminal.result(raw, () => (verb === "remove" ? `Gone: ${tell(value.rule)}` : tell(value.rule)));
  return EXIT.done;
};

const order = async (jarvis: Jarvis, terminal: Terminal, ids: readonly string[]): Promise<number> => {
  const { raw, value } = await jarvis.ask("rules.order", { ids });
  const tell = await told(jarvis, terminal);
  terminal.result(raw, () => value.rules.map(tell).join("\n"));
  return EXIT.done;
};

export const command: Command = {
  help: `
  ./jarvis rules                                        all of them, in their order, and why one never decides
  ./jarvis rules add deny --target guest/102            nothing is changed on it, whoever asks
  ./jarvis rules add ask --tool '*_restart' --when night --words 'nobody restarts at night unasked'
  ./jarvis rules add deny --caller script:backup --effect disruptive
  ./jarvis rules add allow --tool '*_restart' --target container/mgmt/grafana
  ./jarvis rules change 3 ask --target guest/102        rule 3 is this from now on, and keeps its place
  ./jarvis rules remove 3
  ./jarvis rules order 3 1 2                            all that can be edited, in the order wanted

Of the rules that fit a call the last one decides, on each thing the call touches; of those answers the strictest counts.
A rule only tightens what the table of effects says: allow takes back what a rule before it asks or refuses, and no more.
observe, propose and act in place of ask or deny say how far Jarvis goes unasked there; ./jarvis autonomy has a shorter way.

--tool NAME       a tool, or a pattern such as *_stop; several parted by commas. Without it: every tool
--target ID       guest/102, guest/*, tag/NAME for whatever bears that tag. Without it: everything
--caller WHO      operator, script, mcp, model, remedy, runbook, or one of them: script:backup, runbook:storage-full
--effect EFFECT   read, reversible, disruptive or destructive: that and heavier; with allow that and lighter.
                  Without it ask and deny mean whatever changes something; --effect read means looks too
--when HOURS      22:00-06:00, or night, or day, in the house's time zone
--words TEXT      what is told when it decides
--anyway          keep it although nothing here bears that tool's or runbook's name yet (a plugin that is not up)

Rules written in jarvis.yaml are changed there. Making rules is the operator's: a script's token is exit 77.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [verb = "list"] = positionals;
    if (!VERBS.includes(verb)) throw misused(`there is no ./jarvis rules ${verb.slice(0, 40)}.${didYouMean(verb, VERBS)} usage: ./jarvis ${usage}`);
    const jarvis = reach(readEnvironment());
    if (verb === "order") return order(jarvis, terminal, expectWords(positionals, 2, MOST_WORDS, usage).slice(1));
    const count = verb === "list" ? Math.min(positionals.length, 1) : verb === "change" ? 3 : 2;
    const words = expectWords(positionals, count, count, usage);
    if (verb !== "add" && verb !== "change" && Object.keys(values).length > 0) throw misused(`./jarvis rules ${verb} takes no options. usage: ./jarvis ${usage}`);
    return verb === "list" ? list(jarvis, terminal) : edit(jarvis, terminal, words, values);
  },
};
