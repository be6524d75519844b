// What waits for a person, and the person's word on it. Who may decide is the core's business.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { describeAsk } from "../people.ts";
import { type Jarvis, reach } from "../reach.ts";
import type { Terminal } from "../terminal.ts";

const usage = "asks [approve|reject ID ['WORDS']]";

const list = async (jarvis: Jarvis, terminal: Terminal): Promise<number> => {
  const { raw, value } = await jarvis.ask("asks.list", {});
  terminal.result(raw, () => (value.asks.length === 0 ? "Nothing waits for you." : value.asks.map(describeAsk).join("\n")));
  return EXIT.done;
};

export const command: Command = {
  help: `
  ./jarvis asks                                   what is held, why, and until when
  ./jarvis asks approve ID
  ./jarvis asks reject ID 'not before the backup'

--confirm TEXT   the typed confirmation that destructive acts ask for
The approval binds exactly the call that was shown: if it changed meanwhile, it is refused.
Exit: 0 decided, 2 approved and yet not done, 3 held (HOLD ALL or observe) and still open; why is said.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { confirm: { type: "string" } });
    const [decision, id, ...words] = positionals;
    const jarvis = reach(readEnvironment());
    if (decision === undefined) return list(jarvis, terminal);
    if (decision !== "approve" && decision !== "reject") throw misused(`usage: ./jarvis ${usage}`);
    expectWords(positionals, 2, 20, usage);
    const { value: waiting } = await jarvis.ask("asks.list", {});
    const shown = waiting.asks.find((ask) => ask.id === id);
    const { raw, value } = await jarvis.ask("asks.decide", {
      id,
      decision,
      ...(words.length === 0 ? {} : { words: words.join(" ") }),
      ...(shown === undefined ? {} : { hash: shown.hash }),
      ...(values.confirm === undefined ? {} : { confirm: values.confirm }),
    });
    const isUndone = decision === "approve" && value.text !== undefined;
    const isOpen = value.state === "held";
    const undone = `${isOpen ? "Not approved yet" : "Not done, although you approved it"}: ${value.text}`;
    terminal.result(raw, () => (isUndone ? undone : `${decision === "approve" ? "Approved" : "Rejected"}: the call is now ${value.state}.`));
    if (!isUndone) return EXIT.done;
    return isOpen ? EXIT.held : EXIT.refused;
  },
};
