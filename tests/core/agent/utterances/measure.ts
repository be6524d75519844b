// Says every utterance of a set and tells apart what was right, asked back, missed, and, worst, what did or looked at the wrong thing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Hands } from "../../../../core/agent/reflex/reply.ts";
import { converse, type Thread } from "../../../../core/agent/reflex/thread.ts";
import type { Ask } from "../../../../core/contract/call.ts";
import type { BoundTool } from "../../../../core/tools/bound.ts";
import { registered, view } from "./house.ts";

export interface Utterance {
  text: string;
  expected: readonly string[];
  /** It goes on in the conversation of the one before. */
  isFollowUp: boolean;
}

export const readSet = (name: string): Utterance[] =>
  readFileSync(join(import.meta.dir, `${name}.txt`), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [said = "", outcomes = ""] = line.split(" => ");
      return { text: said.replace(/^> /, ""), expected: outcomes.split(" or ").map((one) => one.trim()), isFollowUp: said.startsWith("> ") };
    });

const ask: Ask = {
  id: "ask-0001",
  tool: "any_guest_stop",
  arguments: {},
  target: "guest/107",
  effect: "disruptive",
  why: "w",
  expiresAt: "2026-11-22T22:00:00.000Z",
  hash: "h",
  callId: "c9",
  caller: { kind: "remedy", id: "r", scope: "operate", tainted: false },
};

const Input = z
  .object({ vmid: z.number().optional(), container: z.string().optional(), host: z.string().optional(), node: z.string().optional(), storage: z.string().optional() })
  .catchall(z.unknown());

const called = (tool: BoundTool, input: unknown): string => {
  const { vmid, container, host, node, storage, ...rest } = Input.parse(input);
  const target =
    vmid !== undefined
      ? `guest/${vmid}`
      : container !== undefined
        ? `container/${host}/${container}`
        : node !== undefined
          ? `node/${node}`
          : storage !== undefined
            ? `storage/${storage}`
            : "";
  const fields = Object.entries(rest).map(([field, value]) => `${field}=${String(value)}`);
  return [tool.effect === "read" ? "read" : "do", tool.name.slice(tool.name.indexOf("_") + 1), target, ...fields].filter(Boolean).join(" ");
};

/** Answers that pretend nothing and do nothing. */
const NOTHING: ReadonlySet<string> = new Set(["not-act", "unknown", "unknown-name", "no-tool"]);
const TELLS_OF: ReadonlySet<string> = new Set(["status", "why", "room", "on"]);

export const sayer =
  (tools: readonly BoundTool[]) =>
  async (text: string, thread: Thread): Promise<{ outcome: string; thread: Thread }> => {
    const made: string[] = [];
    const hands: Hands = {
      tools: () => tools,
      call: async (tool, input) => {
        made.push(called(tool, input));
        return { callId: "c", state: "succeeded", text: "It is so." };
      },
      shadow: () => ({ since: "", would: 0, right: 0, wrong: 0, open: 0, acts: [] }),
      rules: {
        list: () => [],
        zone: () => "UTC",
        add: (body) => {
          made.push("rule");
          return { ...body, id: "1", origin: "chat", said: "s", editable: true };
        },
        forget: () => {
          throw new Error("no rule was there");
        },
      },
      house: {
        hold: () => void made.push("hold"),
        release: () => void made.push("release"),
        isHeld: () => true,
        asks: () => [ask],
        decide: async (id, decision) => {
          made.push(`${decision} ${id}`);
          return { state: "succeeded" };
        },
      },
    };
    const { made: said, thread: next } = await converse(view, hands, text, thread);
    const told = NOTHING.has(said.kind) ? "nothing" : said.kind === "ask-back" ? "ask" : TELLS_OF.has(said.kind) ? `${said.kind} ${said.about}` : said.kind;
    return { outcome: made.length > 0 ? made.join(" + ") : said.pending ? "ask" : told, thread: next };
  };

export interface Measured {
  right: number;
  total: number;
  askedBack: string[];
  wrongTools: string[];
  missed: string[];
}

export const measure = async (name: string): Promise<Measured> => {
  const say = sayer(await registered());
  const measured: Measured = { right: 0, total: 0, askedBack: [], wrongTools: [], missed: [] };
  let thread: Thread = {};
  for (const { text, expected, isFollowUp } of readSet(name)) {
    const answer = await say(text, isFollowUp ? thread : {});
    thread = answer.thread;
    measured.total += 1;
    const line = `${isFollowUp ? "> " : ""}${text} => ${answer.outcome} (expected ${expected.join(" or ")})`;
    if (expected.includes(answer.outcome)) measured.right += 1;
    else if (/^(?:do|read|hold|release|approve|reject|rule)(?: |$)/.test(answer.outcome)) measured.wrongTools.push(line);
    else (answer.outcome === "ask" ? measured.askedBack : measured.missed).push(line);
  }
  return measured;
};
