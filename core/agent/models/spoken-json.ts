// Reads a constrained answer while it comes: the words of {"say": "..."} as they are written, a call when it is whole. A server that took no notice of the schema is read as plain words.
import type { Heard } from "./dialect.ts";
import type { ToolFace } from "./model.ts";
import { MOST_RAW, wishOf } from "./wish.ts";

const SAY = /^\s*\{\s*"say"\s*:\s*"/;
const FENCE = /^\s*```[a-z]*\n?|\n?```\s*$/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
/** Enough to know what it is. */
const LEAST = 16;

type Kind = "unknown" | "say" | "object" | "words";

const kindOf = (raw: string): Kind => {
  const begun = raw.trimStart();
  if (begun === "") return "unknown";
  if (SAY.test(raw)) return "say";
  if (begun.startsWith("`")) return "object";
  if (!begun.startsWith("{")) return "words";
  return begun.length < LEAST ? "unknown" : "object";
};

const parsed = (raw: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(raw.replaceAll(FENCE, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
};

export const createSpoken = (tools: readonly ToolFace[], mustCall: boolean) => {
  let raw = "";
  let kind: Kind = "unknown";
  /** How far the words were read. */
  let at = 0;
  let isClosed = false;

  /** Whole letters of the JSON string from `at` on. */
  const words = (): string => {
    let text = "";
    while (at < raw.length && !isClosed) {
      const mark = raw.charAt(at);
      if (mark === '"') isClosed = true;
      else if (mark !== "\\") text += mark;
      else {
        const code = raw.charAt(at + 1);
        const length = code === "u" ? 6 : 2;
        if (at + length > raw.length) break;
        text += code === "u" ? String.fromCharCode(Number.parseInt(raw.slice(at + 2, at + 6), 16) || 0xfffd) : (ESCAPES[code] ?? code);
        at += length;
        continue;
      }
      at += 1;
    }
    return text;
  };

  let held = "";
  /** Half of a pair waits for the other. */
  const whole = (text: string): readonly Heard[] => {
    const all = held + text;
    const last = all.charCodeAt(all.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    held = isHalf ? all.slice(-1) : "";
    const told = isHalf ? all.slice(0, -1) : all;
    return told === "" ? [] : [{ kind: "text", text: told }];
  };

  const grow = (): readonly Heard[] => {
    if (kind === "unknown") {
      kind = kindOf(raw);
      if (kind === "say") at = SAY.exec(raw)?.[0].length ?? 0;
    }
    if (kind === "say") return whole(words());
    if (kind !== "words") return [];
    const text = raw.slice(at);
    at = raw.length;
    return whole(text);
  };

  return {
    read(piece: string): readonly Heard[] {
      raw += piece;
      return grow();
    },
    /** `isCut`: it was ended by its length; a call cut in two is no call. */
    close(isCut: boolean): readonly Heard[] {
      if (kind === "say" || kind === "words") return mustCall && !isCut ? [{ kind: "broken", raw: raw.slice(0, 200), why: "it must be a call of a tool, not words" }] : [];
      if (raw.trim() === "" || isCut) return [];
      const value = raw.length > MOST_RAW * 2 ? undefined : parsed(raw);
      if (!value) return [{ kind: "broken", raw: raw.slice(0, 200), why: "the answer must be one whole JSON object" }];
      if (typeof value.say === "string" && !mustCall) return [{ kind: "text", text: value.say }];
      if (typeof value.tool !== "string") return [{ kind: "broken", raw: raw.slice(0, 200), why: 'the object must have "tool" and "arguments"' }];
      const id = `call_${crypto.randomUUID().slice(0, 8)}`;
      return [wishOf({ id, tool: value.tool, raw: JSON.stringify(value.arguments ?? {}) }, tools)];
    },
  };
};
