// Does what a typed line means and answers in lines. Every act goes over the same wire as the buttons.
import { call, house } from "../live/house.svelte.ts";
import { WireError, wordsOf } from "../live/wire-error.ts";
import { countsOf } from "../resource/count.ts";
import { type Command, HELP } from "./commands.ts";

const indent = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)), []);
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("  ")).join("\n");
};

const status = (): string => {
  const all = Object.values(house.drawn?.resources ?? {});
  const count = (kind: string): string => {
    const { up, off, unknown } = countsOf(all.filter((resource) => resource.kind === kind));
    return `${up} of ${up + off + unknown} ${kind}s up${unknown > 0 ? ` (${unknown} unknown)` : ""}`;
  };
  const open = house.incidents.filter((incident) => incident.status !== "resolved");
  const sources = (house.status?.sources ?? []).map(({ plugin, state, words }) => `${plugin}: ${state}${state === "ok" ? "" : ` (${words})`}`);
  return [
    `autonomy ${house.status?.mode ?? "?"}${house.status?.killed ? ", held" : ""}; ${open.length} incidents open; ${house.asks.length} waiting for you`,
    [count("node"), count("guest"), count("container")].join(", "),
    sources.join(", "),
  ].join("\n");
};

const acting: { [K in Command["kind"]]: (command: Extract<Command, { kind: K }>) => Promise<string> | string } = {
  status,
  help: () => HELP,
  clear: () => "",
  wrong: ({ words }) => words,
  say: () => "",
  tools: () => indent(house.tools.map(({ name, effect, title }) => [name, effect, title])),
  incidents: () => indent(house.incidents.map(({ id, status: word, title }) => [id, word, title])) || "No incidents yet.",
  asks: async () => {
    const { asks } = await call("asks.list", {});
    return asks.length === 0 ? "Nothing waits for you." : indent(asks.map(({ id, tool, target, why }) => [id, tool, target ?? "", why]));
  },
  autonomy: async ({ mode }) => {
    const modes = mode === undefined ? await call("autonomy.get", {}) : await call("autonomy.set", { mode });
    return `autonomy ${modes.mode}${modes.killed ? ", held" : ""}`;
  },
  kill: async ({ level }) => {
    const modes = await call("kill", { ...(level ? { level } : {}), reason: "the dashboard's command line" });
    return modes.killed ? `Held (${modes.killLevel ?? "effects"}). Write release to let go.` : "Not held.";
  },
  release: async () => `Released. autonomy ${(await call("release", {})).mode}`,
  decide: async ({ id, decision, words }) => {
    const hash = house.asks.find((ask) => ask.id === id)?.hash;
    const answer = await call("asks.decide", { id, decision, ...(words ? { words } : {}), ...(hash ? { hash } : {}) });
    return answer.text ? `Not done: ${answer.text}` : `${decision === "approve" ? "Approved" : "Denied"}: ${answer.state}`;
  },
  call: async ({ tool, input }) => {
    const answer = await call("tools.call", { name: tool, arguments: input, waitSeconds: 60 }, 70_000);
    const data = answer.data === undefined ? "" : `\n${JSON.stringify(answer.data, null, 2)}`;
    // What allowed it is of no use to who reads that it failed.
    const rule = answer.rule && (answer.state === "refused" || answer.state === "held") ? ` [${answer.rule}]` : "";
    return `${answer.state}${rule}: ${answer.text}${data}`;
  },
};

const MOST_CHARS = 20_000;

/** The lines to show; a refusal is told in its own words. */
export const run = async (command: Command): Promise<{ text: string; failed: boolean }> => {
  try {
    const act = acting[command.kind] as (command: Command) => Promise<string> | string;
    const text = await act(command);
    return { text: text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}\n(cut)` : text, failed: command.kind === "wrong" };
  } catch (thrown) {
    // With the word a script of the same API would get.
    return { text: `${wordsOf(thrown)}${thrown instanceof WireError ? ` [${thrown.type}]` : ""}`, failed: true };
  }
};
