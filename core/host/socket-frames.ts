// The client's half of WebSocket frames (RFC 6455): whole masked frames out, bytes in however they are cut. Refuses masked, compressed and endless frames. Pure.
import { randomBytes } from "node:crypto";

const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const SHORT_MOST = 125;
const MEDIUM_MOST = 0xffff;
/** A server's one frame; a console's are a few KiB. */
const MOST_FRAME_BYTES = 1024 * 1024;
const MOST_CONTROL_BYTES = 125;
export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One whole masked frame. */
export const frame = (opcode: number, payload: Uint8Array): Buffer => {
  const { length } = payload;
  const extended = length <= SHORT_MOST ? 0 : length <= MEDIUM_MOST ? 2 : 8;
  const head = Buffer.alloc(2 + extended + 4);
  head[0] = FIN | opcode;
  head[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  mask.copy(head, 2 + extended);
  const body = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 1) body[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return Buffer.concat([head, body]);
};

interface Head {
  readonly opcode: number;
  readonly length: number;
  readonly size: number;
}

/** Undefined while it is not whole. Throws on what no server may send. */
const headOf = (bytes: Buffer): Head | undefined => {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const opcode = first & 0x0f;
  if ((first & RESERVED) !== 0 || (second & MASKED) !== 0) throw new Error("a frame that was not agreed on");
  const short = second & 0x7f;
  if (opcode >= OPCODE.close && (short > MOST_CONTROL_BYTES || (first & FIN) === 0)) throw new Error("a malformed control frame");
  const size = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < size) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (length > MOST_FRAME_BYTES) throw new Error(`a frame of ${length} bytes`);
  return { opcode, length, size };
};

/** What came: bytes to hand on, a ping to answer, or the end. */
export type Came = { readonly kind: "bytes" | "ping"; readonly bytes: Buffer } | { readonly kind: "close" };

/** Takes whatever pieces arrive and tells what is whole. Throws on a broken stream. */
export const createFrameReader = () => {
  let waiting: Buffer = Buffer.alloc(0);
  return (piece: Uint8Array): Came[] => {
    waiting = waiting.length === 0 ? Buffer.from(piece) : Buffer.concat([waiting, piece]);
    const came: Came[] = [];
    for (;;) {
      const head = headOf(waiting);
      if (head === undefined || waiting.length < head.size + head.length) return came;
      const bytes = waiting.subarray(head.size, head.size + head.length);
      waiting = waiting.subarray(head.size + head.length);
      if (head.opcode === OPCODE.close) return [...came, { kind: "close" }];
      if (head.opcode === OPCODE.ping) came.push({ kind: "ping", bytes });
      else if (head.opcode <= OPCODE.binary && bytes.length > 0) came.push({ kind: "bytes", bytes });
      else if (head.opcode > OPCODE.pong || (head.opcode > OPCODE.binary && head.opcode < OPCODE.close)) throw new Error(`an unknown frame (${head.opcode})`);
    }
  };
};
