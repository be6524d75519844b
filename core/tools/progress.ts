// accepted: watches the remote task until it ended or its time is up. Looks only; nothing is sent again.
import type { Progress } from "../contract/tool.ts";
import type { Row } from "../store/journal/schema.ts";
import { within } from "./deadline.ts";
import { checkpoint, inputOf, type Parts, toolOf } from "./parts.ts";
import { wordsOf } from "./preflight.ts";
import { moveSurely } from "./record.ts";
import { RESOLVE_MS } from "./resolve.ts";
import { stored } from "./stored.ts";

const LOOK_MS = 10_000;
const AGAIN_MS = 2000;

/** An adopted call has had its own deadline already: it may go on until what is unknown must be resolved. A time still to come is that of a clock that was set back. */
const endsMs = ({ sentMs, unknownMs }: Row, deadlineMs: number, nowMs: number): number =>
  Math.max(Math.min(sentMs ?? 0, nowMs) + deadlineMs, unknownMs === null ? 0 : Math.min(unknownMs, nowMs) + RESOLVE_MS);

const look = async (parts: Parts, row: Row): Promise<Progress> => {
  try {
    const tool = toolOf(parts, row.tool);
    const input = inputOf(parts, tool, row);
    const { progress } = tool;
    if (!progress) return { ended: true, ok: true, text: row.text ?? "" };
    return await within(parts.clock, LOOK_MS, parts.parked, (signal) => progress(input, row.sent ?? {}, signal));
  } catch (thrown) {
    parts.parked.throwIfAborted();
    return { ended: false, againMs: AGAIN_MS, text: `Its progress cannot be seen: ${wordsOf(thrown)}` };
  }
};

const deadlineOf = (parts: Parts, row: Row): number => parts.registry.get(row.tool)?.deadlineMs ?? 0;

/** Ends in verifying, failed or unknown; a console in succeeded, as a person looks at it themselves. */
export const follow = async (parts: Parts, row: Row): Promise<Row> => {
  await checkpoint(parts, "accepted", row.callId);
  const endMs = endsMs(row, deadlineOf(parts, row), parts.clock.now());
  for (;;) {
    const seen = await look(parts, row);
    if (seen.ended) {
      const { text, data, warnings } = stored(parts, seen);
      if (!seen.ok) return moveSurely(parts, row, [{ to: "failed", patch: { text } }]);
      if (parts.registry.get(row.tool)?.console) return moveSurely(parts, row, [{ to: "succeeded", patch: { text } }]);
      const all = [...(row.warnings ?? []), ...(warnings ?? [])].slice(0, 20);
      return moveSurely(parts, row, [{ to: "verifying", patch: { text, ...(data === undefined ? {} : { data }), ...(all.length === 0 ? {} : { warnings: all }) } }]);
    }
    const nowMs = parts.clock.now();
    const leftMs = endMs - nowMs;
    if (leftMs <= 0) {
      const patch = { text: "It was accepted, and has not ended within its time.", unknownMs: row.unknownMs ?? Math.round(nowMs) };
      return moveSurely(parts, row, [{ to: "unknown", patch }]);
    }
    await parts.clock.pause(Math.min(seen.againMs, leftMs), parts.parked);
  }
};
