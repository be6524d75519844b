// GET /containers/ID/logs: lines chosen by tail, since and until, each in a frame of the multiplexed stream. It refuses a request for no stream, as the engine does.
import type { Box, LogLine } from "../box.ts";
import { rfc3339Fixed } from "../time.ts";

const HEADER_BYTES = 8;
const LENGTH_AT = 4;

/** Frame: stream (1 stdout, 2 stderr), three zero bytes, length as big-endian 32 bits, the bytes. */
export function frame(line: LogLine, timestamps: boolean): Uint8Array {
  const text = new TextEncoder().encode(`${timestamps ? `${rfc3339Fixed(line.atMs)} ` : ""}${line.text}\n`);
  const bytes = new Uint8Array(HEADER_BYTES + text.length);
  bytes[0] = line.stream;
  new DataView(bytes.buffer).setUint32(LENGTH_AT, text.length);
  bytes.set(text, HEADER_BYTES);
  return bytes;
}

export interface LogQuestion {
  stdout: boolean;
  stderr: boolean;
  timestamps: boolean;
  sinceMs: number | undefined;
  untilMs: number | undefined;
  /** Undefined: all. */
  tail: number | undefined;
}

export const wantsLine = (question: LogQuestion, line: LogLine): boolean =>
  (line.stream === 1 ? question.stdout : question.stderr) && line.atMs >= (question.sinceMs ?? 0) && line.atMs <= (question.untilMs ?? Number.POSITIVE_INFINITY);

export function chooseLines(box: Box, question: LogQuestion): LogLine[] {
  const chosen = box.logs.filter((line) => wantsLine(question, line));
  return question.tail === undefined ? chosen : chosen.slice(Math.max(0, chosen.length - question.tail));
}
