// A container's last log lines. Without a terminal the engine multiplexes: frames of 8 bytes (stream, 3 zeros, big-endian length) and the text; with one it sends the text as it is.
import { nonsense } from "./failure.ts";
import { joined } from "./lines.ts";
import { openStream, type Reach, type Where } from "./reach.ts";

const HEADER_BYTES = 8;
const LENGTH_AT = 4;
const MAX_LOG_BYTES = 1_048_576;
const MAX_LINE_LENGTH = 2_000;

export interface LogLine {
  readonly stream: "out" | "err";
  readonly text: string;
}

/** Undefined when the bytes are no frames; a frame cut off at the end gives what there is of it. Pure. */
export const demultiplexed = (bytes: Uint8Array): { stream: "out" | "err"; bytes: Uint8Array }[] | undefined => {
  const frames: { stream: "out" | "err"; bytes: Uint8Array }[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const kind = bytes[at] ?? 255;
    if (kind > 2 || bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return undefined;
    const length = view.getUint32(at + LENGTH_AT);
    frames.push({ stream: kind === 2 ? "err" : "out", bytes: bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length) });
    at += HEADER_BYTES + length;
  }
  return frames;
};

/** Terminal colours and control characters would act on whoever shows the line. */
const plain = (text: string): string =>
  text
    .replace(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "")
    .replace(/(?!\t)\p{Cc}/gu, "")
    .slice(0, MAX_LINE_LENGTH);

const linesOf = (bytes: Uint8Array, stream: "out" | "err"): LogLine[] =>
  new TextDecoder()
    .decode(bytes)
    .split("\n")
    .map((text) => ({ stream, text: plain(text) }))
    .filter((line) => line.text !== "");

/** Oldest first. `sinceSeconds`: Unix time. At most 1 MiB is read: the rest is cut off and said so in a last line. */
export const lastLines = async (ctx: Reach, where: Where, id: string, tty: boolean, options: { tail: number; timestamps?: boolean; sinceSeconds?: number }): Promise<LogLine[]> => {
  const { tail, timestamps = true, sinceSeconds } = options;
  const query = { stdout: "1", stderr: "1", tail: String(tail), timestamps: timestamps ? "1" : "0", ...(sinceSeconds === undefined ? {} : { since: String(sinceSeconds) }) };
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = await openStream(ctx, where, { path: `/containers/${id}/logs`, query });
  try {
    for (let piece = await stream.next(); piece !== undefined && size <= MAX_LOG_BYTES; piece = await stream.next()) {
      parts.push(piece);
      size += piece.length;
    }
  } finally {
    await stream.close();
  }
  const bytes = joined(parts, size);
  const frames = tty ? undefined : demultiplexed(bytes);
  if (!tty && frames === undefined && bytes.length > 0) throw nonsense(where.words, `the log of ${id.slice(0, 12)} is not in frames.`);
  const lines = frames === undefined ? linesOf(bytes, "out") : frames.flatMap((frame) => linesOf(frame.bytes, frame.stream));
  const cut: LogLine[] = size > MAX_LOG_BYTES ? [{ stream: "err", text: `(cut off here: the log is longer than ${MAX_LOG_BYTES} bytes)` }] : [];
  return [...lines.slice(-tail), ...cut];
};
