// How results look to people: plain lines, no colour needed. Pure.

import type { Ask, CallAnswer } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";
import { byText } from "../contract/order.ts";
import type { ListedRule } from "../contract/rule.ts";
import type { Shadow } from "../contract/shadow.ts";
import type { Autonomy, KillLevel, PluginInfo, ToolInfo } from "../contract/wire.ts";
import { moment } from "./moment.ts";

export interface ModesView {
  readonly mode: Autonomy;
  readonly killed: boolean;
  readonly killLevel?: KillLevel | undefined;
  readonly maintenance: boolean;
}

/** Columns padded to their widest cell; the last one is left as it is. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ")).join("\n");
};

export const listTools = (tools: readonly ToolInfo[]): string => table([...tools].sort((a, b) => byText(a.name, b.name)).map((tool) => [tool.name, tool.effect, tool.title]));

export const describeAnswer = (answer: CallAnswer): string =>
  [
    `${answer.state}: ${answer.text}`,
    ...(answer.warnings ?? []).map((warning) => `warning: ${warning}`),
    ...(answer.rule === undefined ? [] : [`rule: ${answer.rule}`]),
    ...(answer.upid === undefined ? [] : [`task: ${answer.upid}`]),
    ...(answer.ask === undefined ? [] : [`./jarvis asks approve ${answer.ask}`]),
    ...(answer.data === undefined ? [] : [JSON.stringify(answer.data, null, 2)]),
    `(call ${answer.callId})`,
  ].join("\n");

export const describeAsk = (ask: Ask): string =>
  [
    `${ask.id}  ${ask.tool} ${JSON.stringify(ask.arguments)}`,
    `    ${ask.effect} on ${ask.target ?? "nothing in particular"}, asked for by ${ask.caller.kind} ${ask.caller.id}, until ${moment(ask.expiresAt)}`,
    `    ${ask.why}`,
  ].join("\n");

const MODE_WORDS: Readonly<Record<Autonomy, string>> = {
  observe: "it only watches",
  propose: "it starts what fell over, and asks before it disturbs anything",
  act: "it fixes what its rules allow",
};

export const describeModes = (modes: ModesView): string =>
  [
    `autonomy: ${modes.mode} (${MODE_WORDS[modes.mode]})`,
    modes.killed ? `HOLD ALL is on (${modes.killLevel ?? "effects"}); ./jarvis release ends it` : "hold: off",
    ...(modes.maintenance ? ["maintenance is on"] : []),
  ].join("\n");

export const describeRule = ({ id, origin, said, remark }: ListedRule): string => `Rule ${id} (${origin}) ${said}.${remark === undefined ? "" : ` ${remark}`}`;

const MOST_SHADOWS = 20;
/** Nothing where it never only watched. */
export const describeShadow = ({ would, right, wrong, open, acts }: Shadow): string[] =>
  would === 0
    ? []
    : [
        `where it only watched, it would have acted ${would} ${would === 1 ? "time" : "times"} in 30 days: ${right} right, ${wrong} wrong, ${open} open`,
        table(acts.slice(0, MOST_SHADOWS).map(({ at, verdict, by, tool, name, why }) => [`  ${at.slice(0, 16)}`, verdict, by, `${tool} on ${name}`, why])),
      ];

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

export const describePlugins = (plugins: readonly PluginInfo[]): string =>
  table(plugins.map((plugin) => [`  ${plugin.id}`, plugin.state, plugin.error ?? `${counted(plugin.tools.length, "tool")}, ${counted(plugin.channels.length, "channel")}`]));

/** What was handed to a person is told with its reason, which is what they have to act on. */
export const describeIncident = ({ id, status, resource, title, cause, words = "" }: Incident): string => {
  const why = status === "escalated" && !words.includes(cause.words) ? cause.words : "";
  const below = [why, words].filter((part) => part !== "").map((part) => `\n${" ".repeat(13)}${part}`);
  return `  ${status.padEnd(10)} ${resource.padEnd(24)} ${title} (${id})${below.join("")}`;
};
