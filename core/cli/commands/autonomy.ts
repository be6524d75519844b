// Shows or sets how much Jarvis may do unasked.
import { Autonomy } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { describeModes, describeRule, describeShadow } from "../people.ts";
import { reach } from "../reach.ts";

export const command: Command = {
  help: `
  ./jarvis autonomy               what it is, and what it would have done where it only watched
  ./jarvis autonomy observe       it watches and tells, and does nothing unasked
  ./jarvis autonomy propose       it starts what fell over, and asks before it disturbs anything
  ./jarvis autonomy act           it fixes what its rules allow

  ./jarvis autonomy observe --resource guest/105      so far and no further with one resource, or tag/NAME, or guest/*
  ./jarvis autonomy propose --runbook storage-full    the same of one runbook or remedy, by its name

The lowest of the house's mode, the runbook's and the resource's counts. Such a word is a rule of yours: ./jarvis rules
shows them all, another word on the very same takes its place, and ./jarvis rules remove 3 takes it back.
A runbook or remedy that nothing here brings is refused; --anyway keeps the word for a plugin that is not up yet.

Lowering it takes the scope operate. Raising it is the operator's: from this machine's command line, a page that has
just signed in, or an admin token; anybody else is exit 77.`,
  run: async (args, terminal) => {
    const { positionals, values } = readArguments(args, { runbook: { type: "string" }, resource: { type: "string" }, anyway: { type: "boolean" } });
    const [word] = expectWords(positionals, 0, 1, "autonomy [observe|propose|act] [--runbook NAME] [--resource ID]");
    const mode = Autonomy.optional().safeParse(word);
    if (!mode.success) throw misused(`"${word}" is no mode: observe, propose or act`);
    const jarvis = reach(readEnvironment());
    if (values.runbook !== undefined || values.resource !== undefined) {
      if (mode.data === undefined) throw misused("say how far Jarvis goes there: observe, propose or act");
      const caller = values.runbook === undefined ? {} : { caller: `runbook:${values.runbook}, remedy:${values.runbook}` };
      const target = values.resource === undefined ? {} : { target: values.resource };
      const added = await jarvis.ask("rules.add", { action: mode.data, ...caller, ...target, ...(values.anyway === true ? { anyway: true } : {}) });
      terminal.result(added.raw, () => describeRule(added.value.rule));
      return EXIT.done;
    }
    const { raw, value } = mode.data === undefined ? await jarvis.ask("autonomy.get", {}) : await jarvis.ask("autonomy.set", { mode: mode.data });
    if (mode.data !== undefined) {
      terminal.result(raw, () => describeModes(value));
      return EXIT.done;
    }
    const [rules, shadow] = await Promise.all([jarvis.ask("rules.list", {}), jarvis.ask("autonomy.shadow", {})]);
    const limits = rules.value.rules.filter(({ action }) => Autonomy.safeParse(action).success);
    terminal.result({ ...value, limits, shadow: shadow.value }, () => [describeModes(value), ...limits.map(describeRule), ...describeShadow(shadow.value)].join("\n"));
    return EXIT.done;
  },
};
