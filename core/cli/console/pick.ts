// Whose console is meant, by name as in the chat, and what opens it. Pure; asks back rather than guesses.
import { whatIsMeant } from "../../agent/reflex/name.ts";
import type { LiveResource } from "../../contract/resource.ts";
import type { ConsoleInfo } from "../../contract/wire.ts";
import { misused } from "../exits.ts";

export interface Wanted {
  readonly tool: string;
  readonly resource: LiveResource;
}

const named = ({ id, name }: LiveResource): string => `${name} (${id})`;
const orList = (words: readonly string[]): string => `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;

/** `tool`: the one that was asked for, where a kind has several. Throws bad_input (exit 64). */
export const pickConsole = (words: string, tool: string | undefined, resources: readonly LiveResource[], consoles: readonly ConsoleInfo[]): Wanted => {
  const offered = consoles.filter((one) => tool === undefined || one.tool === tool);
  if (offered.length === 0)
    throw misused(consoles.length === 0 ? "no plugin of this Jarvis opens consoles" : `there is no console ${tool}; there is: ${consoles.map((one) => one.tool).join(", ")}`);
  const kinds = new Set(offered.flatMap((one) => one.kinds));
  const able = resources.filter((one) => kinds.has(one.kind) && one.template !== true);
  const meant = whatIsMeant(words, able);
  if (meant.found === "many") throw misused(`which one do you mean: ${orList(meant.resources.map(named))}? Say it by its id: ./jarvis console ${meant.resources[0]?.id ?? "ID"}`);
  if (meant.found === "none") {
    const other = whatIsMeant(words, resources);
    throw misused(
      other.found === "one"
        ? `${named(other.resource)} has no console: there are consoles of ${[...kinds].map((kind) => `${kind}s`).join(" and ")} only`
        : `I know no ${[...kinds].join(" or ")} called "${words}" (./jarvis rpc state.get lists all there is)`,
    );
  }
  const fitting = offered.filter((one) => one.kinds.includes(meant.resource.kind));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) throw misused(`${named(meant.resource)} has several consoles: say which with --with ${orList(fitting.map((one) => one.tool))}`);
  return { tool: only.tool, resource: meant.resource };
};
