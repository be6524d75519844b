// What a command of the scripted shell answers, and what it is given. A command decides from the world; only those that say so change it.
import type { Node, World } from "../world/state.ts";

export interface Output {
  out: string;
  err?: string;
  code: number;
}

export interface Machine {
  world: World;
  node: Node;
}

/** A command: its words without its own name, what came through the pipe, and the end of a caller that left. */
export type Command = (machine: Machine, words: readonly string[], input: string) => Output | Promise<Output>;

export const said = (lines: string | readonly string[], code = 0): Output => {
  const text = typeof lines === "string" ? lines : lines.join("\n");
  return { out: text === "" || text.endsWith("\n") ? text : `${text}\n`, code };
};

export const complained = (text: string, code = 1): Output => ({ out: "", err: `${text}\n`, code });

/** Columns as the tools print them: each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[], rightAligned: ReadonlySet<number> = new Set()): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (rightAligned.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join(" ")
      .trimEnd(),
  );
}
