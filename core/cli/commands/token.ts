// Tokens for scripts: made, listed, taken back. A token is shown once.
import { SCOPES, Scope } from "../../contract/caller.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { table } from "../people.ts";
import { type Jarvis, reach } from "../reach.ts";
import type { Terminal } from "../terminal.ts";

const usage = "token new NAME [--scope read|operate|admin] | token list | token revoke ID";

const make = async (jarvis: Jarvis, terminal: Terminal, name: string, word: string | undefined): Promise<number> => {
  const scope = Scope.default("read").safeParse(word);
  if (!scope.success) throw misused(`"${word}" is no scope: ${SCOPES.join(", ")}`);
  const { raw, value } = await jarvis.ask("tokens.new", { name, scope: scope.data });
  terminal.result(raw, () => `${value.token}\n  ${value.name} (${value.id}), scope ${value.scope}; it is not shown again`);
  return EXIT.done;
};

const list = async (jarvis: Jarvis, terminal: Terminal): Promise<number> => {
  const { raw, value } = await jarvis.ask("tokens.list", {});
  const rows = value.tokens.map((token) => [token.id, token.scope, token.name, `made ${token.createdAt}`, token.lastUsedAt ? `used ${token.lastUsedAt}` : "never used"]);
  terminal.result(raw, () => (rows.length === 0 ? "There are no tokens." : table(rows)));
  return EXIT.done;
};

const revoke = async (jarvis: Jarvis, terminal: Terminal, id: string): Promise<number> => {
  const { raw, value } = await jarvis.ask("tokens.revoke", { id });
  terminal.result(raw, () => (value.revoked ? `${id} opens nothing any more.` : `There is no token ${id}.`));
  return value.revoked ? EXIT.done : EXIT.usage;
};

export const command: Command = {
  help: `
  ./jarvis token new NAME --scope read         read | operate | admin; read is what it gets unasked
  ./jarvis token list
  ./jarvis token revoke ID

Use it as "Authorization: Bearer TOKEN". A script's token never releases, raises autonomy, mints tokens or approves plugins.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { scope: { type: "string" } });
    const [verb, name] = expectWords(positionals, 1, 2, usage);
    const jarvis = reach(readEnvironment());
    if (verb === "list" && name === undefined) return list(jarvis, terminal);
    if (verb === "new" && name !== undefined) return make(jarvis, terminal, name, values.scope);
    if (verb === "revoke" && name !== undefined) return revoke(jarvis, terminal, name);
    throw misused(`usage: ./jarvis ${usage}`);
  },
};
