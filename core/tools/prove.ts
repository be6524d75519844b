// verifying: looks at the world until the act held twice, at least 5 s apart, or cannot hold any more. True then false is a failure; an acceptance proves nothing.
import type { Verdict } from "../contract/tool.ts";
import type { Row } from "../store/journal/schema.ts";
import { within } from "./deadline.ts";
import { checkpoint, inputOf, type Parts, toolOf } from "./parts.ts";
import { wordsOf } from "./preflight.ts";
import { moveSurely } from "./record.ts";

const APART_MS = 5000;
const AGAIN_MS = 2000;
const LOOK_MS = 10_000;
const MOST_LOOKS_KEPT = 20;

const look = async (parts: Parts, row: Row, earlier: Verdict | undefined): Promise<Verdict | string> => {
  try {
    const tool = toolOf(parts, row.tool);
    const { verify } = tool;
    if (!verify) return "the tool has no way to check";
    const input = inputOf(parts, tool, row);
    return await within(parts.clock, LOOK_MS, parts.parked, (signal) => verify(input, row.sent ?? {}, earlier, signal));
  } catch (thrown) {
    parts.parked.throwIfAborted();
    return wordsOf(thrown);
  }
};

/** Ends in succeeded or failed; what could not be checked in its time is failed, never succeeded. */
export const prove = async (parts: Parts, row: Row): Promise<Row> => {
  await checkpoint(parts, "verifying", row.callId);
  const endMs = parts.clock.now() + (parts.registry.get(row.tool)?.verifyMs ?? 0);
  const evidence: string[] = [];
  const end = (to: "succeeded" | "failed", words: string): Promise<Row> => {
    const said = row.text === null || row.text === "" ? "" : `${row.text} `;
    return moveSurely(parts, row, [{ to, patch: { text: parts.redact.text(`${said}${words}`) } }], { evidence });
  };
  let held: { verdict: Verdict; atMs: number } | undefined;
  for (;;) {
    const seen = await look(parts, row, held?.verdict);
    const nowMs = parts.clock.now();
    const words = parts.redact.text(typeof seen === "string" ? seen : seen.words);
    const lost = typeof seen !== "string" && !seen.ok && seen.final === true;
    const mark = typeof seen === "string" ? "not seen" : seen.ok ? "holds" : lost ? "cannot hold any more" : "does not hold";
    evidence.push(`${parts.clock.iso()} ${mark}: ${words}`);
    if (evidence.length > MOST_LOOKS_KEPT) evidence.splice(1, 1);
    if (typeof seen !== "string") {
      if (seen.ok && held && nowMs - held.atMs >= APART_MS) return end("succeeded", `Checked twice: ${words}`);
      if (!seen.ok && held) return end("failed", `It held at first and then no longer: ${words}`);
      if (lost) return end("failed", `It does not hold and cannot any more: ${words}`);
      if (seen.ok) held ??= { verdict: seen, atMs: nowMs };
    }
    const leftMs = endMs - nowMs;
    if (leftMs <= 0) return end("failed", typeof seen === "string" ? `It could not be checked: ${words}` : `It does not hold: ${words}`);
    const pauseMs = held ? Math.max(1, held.atMs + APART_MS - nowMs) : AGAIN_MS;
    await parts.clock.pause(held && typeof seen !== "string" ? pauseMs : Math.min(AGAIN_MS, leftMs), parts.parked);
  }
};
