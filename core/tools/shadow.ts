// What Jarvis would have done where it only watches: the same facts, preconditions and budgets as for the act itself, and nothing sent.
import type { Preflight } from "../contract/tool.ts";
import type { BoundTool } from "./bound.ts";
import { judge, type Subject, unwatched } from "./judge.ts";
import type { Parts } from "./parts.ts";
import { readFacts } from "./preflight.ts";
import type { Why } from "./refuse.ts";

/** `act`: all that decides would have let it run. */
export type Would = "act" | "ask" | "refuse";

const SAYS = { go: ["act", "run it"], ask: ["ask", "asked a person first"], refuse: ["refuse", "refused it"] } as const satisfies Record<string, readonly [Would, string]>;

/** `watching`: why Jarvis only watches; absent where it does not. */
interface Refusal extends Why {
  readonly watching?: string;
}

/** A refusal as it is, or with what would have been done: for an incident only, since nobody else waits to be judged by it. */
export const shadowOf = async (parts: Parts, tool: BoundTool, subject: Subject, { watching, ...why }: Refusal): Promise<{ why: Why; facts?: Preflight }> => {
  const { row, input } = subject;
  if (watching === undefined || !row.unasked || row.incident === null || row.remedy === null) return { why };
  const free = unwatched(parts);
  const read = await readFacts(free, tool, input);
  if (!("facts" in read)) return { why: { ...why, words: `${watching}: it would have refused it. ${read.words}`, would: "refuse" } };
  const { facts } = read;
  const { verdict, words } = judge(free, subject, facts);
  const [would, does] = SAYS[verdict];
  const reason = verdict === "go" ? "" : ` ${words}`;
  return { why: { ...why, words: `${watching}: it would have ${does} (${row.tool} on ${facts.name ?? facts.target}).${reason}`, would }, facts };
};
