// An interactive session on a simulated node: a prompt, an echo, a line at a time. It ends on `exit`, ctrl-D on an empty line, or the caller's leaving.
import type { ServerChannel } from "ssh2";
import { stamp } from "../world/journal.ts";
import type { Machine } from "./output.ts";
import { runLine } from "./shell.ts";

const MAX_LINE = 4_096;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACES = new Set(["\u007f", "\b"]);

export function openTerminal(channel: ServerChannel, machine: Machine): void {
  const { node, world } = machine;
  const prompt = `root@${node.name}:~# `;
  let line = "";
  let busy: Promise<void> = Promise.resolve();
  const show = (text: string): void => void channel.write(text.replaceAll("\n", "\r\n"));
  const end = (code: number): void => {
    show("logout\n");
    channel.exit(code);
    channel.end();
  };
  async function enter(): Promise<void> {
    const command = line.trim();
    line = "";
    show("\n");
    if (command === "exit" || command === "logout") return end(0);
    if (command !== "") {
      const { out, err = "" } = await runLine(machine, command);
      show(out + err);
    }
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
  show(`Linux ${node.name} ${world.dialect === "9.1" ? "6.17.2-2-pve" : "6.8.12-16-pve"} x86_64\n\nLast login: ${stamp(world.clock.now())} from 192.168.1.65\n${prompt}`);
  channel.on("data", (bytes: Buffer) => {
    for (const letter of bytes.toString("utf8")) busy = busy.then(() => take(letter)).catch(() => undefined);
  });
}
