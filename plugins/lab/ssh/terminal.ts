// An interactive session: a prompt, an echo, a line at a time. It ends on `exit`, ctrl-D on an empty line, or the caller's leaving.
import { stamp } from "../world/journal.ts";
import type { Machine } from "./output.ts";
import { runLine } from "./shell.ts";

const MAX_LINE = 4_096;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACES = new Set(["\u007f", "\b"]);

/** What a terminal talks through: an SSH channel or a console's WebSocket. */
export interface Wire {
  write(text: string): unknown;
  exit(code: number): unknown;
  end(): unknown;
  on(event: "data", take: (bytes: Buffer) => void): unknown;
}

export interface Shell {
  greeting: string;
  prompt: string;
  /** What a line prints, both streams together. */
  run(line: string): Promise<string>;
}

export const nodeShell = (machine: Machine): Shell => ({
  greeting: `Linux ${machine.node.name} ${machine.node.machine.kernel.running} x86_64\n\nLast login: ${stamp(machine.world.clock.now())} from 192.168.1.65\n`,
  prompt: `root@${machine.node.name}:~# `,
  async run(line) {
    const { out, err = "" } = await runLine(machine, line);
    return out + err;
  },
});

export function openTerminal(wire: Wire, { greeting, prompt, run }: Shell): void {
  let line = "";
  let busy: Promise<void> = Promise.resolve();
  const show = (text: string): void => void wire.write(text.replaceAll("\n", "\r\n"));
  const end = (code: number): void => {
    show("logout\n");
    wire.exit(code);
    wire.end();
  };
  async function enter(): Promise<void> {
    const command = line.trim();
    line = "";
    show("\n");
    if (command === "exit" || command === "logout") return end(0);
    if (command !== "") show(await run(command));
    show(prompt);
  }
  async function take(letter: string): Promise<void> {
    if (letter === "\r" || letter === "\n") return enter();
    if (letter === CTRL_D) {
      if (line === "") end(0);
    } else if (letter === CTRL_C) {
      line = "";
      show(`^C\n${prompt}`);
    } else if (BACKSPACES.has(letter)) {
      if (line !== "") show("\b \b");
      line = line.slice(0, -1);
    } else if (letter >= " " && line.length < MAX_LINE) {
      line += letter;
      show(letter);
    }
  }
  show(`${greeting}${prompt}`);
  wire.on("data", (bytes: Buffer) => {
    for (const letter of bytes.toString("utf8")) busy = busy.then(() => take(letter)).catch(() => undefined);
  });
}
