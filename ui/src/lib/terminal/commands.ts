// The words of the command line: what a typed line means. Refuses what it cannot read, saying how it is written. Pure.
import type { Autonomy } from "$contract/wire.ts";

export type Command =
  | { kind: "status" | "asks" | "release" | "help" | "clear" | "tools" | "incidents" }
  | { kind: "autonomy"; mode: Autonomy | undefined }
  | { kind: "kill"; level: "pause" | "effects" | "all" | undefined }
  | { kind: "call"; tool: string; input: Record<string, unknown> }
  | { kind: "decide"; id: string; decision: "approve" | "reject"; words: string | undefined }
  | { kind: "say"; text: string }
  | { kind: "wrong"; words: string };

export const HELP = [
  "status                      how the house stands",
  "tools                       every tool and what it does",
  "call TOOL {json}            call a tool",
  "incidents                   open and last incidents",
  "asks                        what waits for your word",
  "asks approve|reject ID      decide one",
  "autonomy [observe|propose|act]",
  "kill [pause|effects|all]    hold everything;  release  lets go",
  "clear                       empty this log",
  "anything else               is said to Jarvis",
].join("\n");

const MODES: readonly string[] = ["observe", "propose", "act"];
const isMode = (word: string): word is Autonomy => MODES.includes(word);
const LEVELS = ["pause", "effects", "all"] as const;

const readCall = (rest: string): Command => {
  const [, tool = "", json = ""] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (tool === "") return { kind: "wrong", words: "call TOOL {json}" };
  if (json.trim() === "") return { kind: "call", tool, input: {} };
  try {
    const input: unknown = JSON.parse(json.trim().replace(/^'([\s\S]*)'$/, "$1"));
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return { kind: "call", tool, input: { ...input } };
    return { kind: "wrong", words: 'The input of a tool is a JSON object, such as {"vmid": 101}.' };
  } catch {
    return { kind: "wrong", words: 'That is not JSON; write it like {"vmid": 101}.' };
  }
};

const readAsks = (rest: string): Command => {
  if (rest === "") return { kind: "asks" };
  const [, word = "", id = "", words = ""] = /^(approve|reject)\s+(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (word === "") return { kind: "wrong", words: "asks, or asks approve|reject ID ['words']" };
  return { kind: "decide", id, decision: word === "approve" ? "approve" : "reject", words: words.replace(/^'([\s\S]*)'$/, "$1") || undefined };
};

/** A leading slash or `jarvis` is taken off; the CLI's words come first, any other sentence is for Jarvis. */
export const readCommand = (line: string): Command => {
  const text = line.trim().replace(/^(?:\.\/)?jarvis\s+/i, "");
  const [, word = "", rest = ""] = /^\/?(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const name = word.toLowerCase();
  const alone = rest.trim() === "";
  if (name === "call" && !alone) return readCall(rest.trim());
  if (name === "asks") return readAsks(rest.trim());
  if (name === "autonomy")
    return alone
      ? { kind: "autonomy", mode: undefined }
      : isMode(rest.trim())
        ? { kind: "autonomy", mode: rest.trim() as Autonomy }
        : { kind: "wrong", words: "autonomy observe|propose|act" };
  if (name === "kill") {
    const level = LEVELS.find((one) => one === rest.trim());
    return alone || level !== undefined ? { kind: "kill", level } : { kind: "wrong", words: "kill [pause|effects|all]" };
  }
  for (const plain of ["status", "release", "help", "clear", "tools", "incidents"] as const) if (name === plain && alone) return { kind: plain };
  if (text === "") return { kind: "help" };
  return { kind: "say", text: text.replace(/^chat\s+/i, "") };
};
