// WebSocket frames (RFC 6455) as pveproxy takes them: masked, whole, uncompressed, at most 128 KiB. It refuses fragments, reserved bits and unmasked frames by ending the connection.

const MAX_PAYLOAD = 131_072;
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload: Buffer;
}

export interface Decoded {
  frames: Frame[];
  rest: Buffer;
}

interface Head {
  opcode: number;
  length: number;
  /** Where the mask begins. */
  at: number;
}

function headOf(bytes: Buffer): Head | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  if ((first & FIN) === 0 || (first & 0x0f) === 0) throw new Error("fragmented frames are not supported");
  if ((first & RESERVED) !== 0) throw new Error("reserved bits are set");
  if ((second & MASKED) === 0) throw new Error("a client's frames must be masked");
  const short = second & 0x7f;
  if (short === 127) {
    if (bytes.length < 10) return undefined;
    const length = bytes.readBigUInt64BE(2);
    if (length > BigInt(MAX_PAYLOAD)) throw new Error("frame too large");
    return { opcode: first & 0x0f, length: Number(length), at: 10 };
  }
  if (short < 126) return { opcode: first & 0x0f, length: short, at: 2 };
  return bytes.length < 4 ? undefined : { opcode: first & 0x0f, length: bytes.readUInt16BE(2), at: 4 };
}

/** Takes the whole frames off the front; the rest waits for more. */
export function decode(bytes: Buffer): Decoded {
  const frames: Frame[] = [];
  let rest = bytes;
  for (;;) {
    const head = headOf(rest);
    const end = head ? head.at + 4 + head.length : 0;
    if (!head || rest.length < end) return { frames, rest };
    if (head.length > MAX_PAYLOAD) throw new Error("frame too large");
    const mask = rest.subarray(head.at, head.at + 4);
    const payload = Buffer.from(rest.subarray(head.at + 4, end));
    for (let index = 0; index < payload.length; index++) payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
    frames.push({ opcode: head.opcode, payload });
    rest = rest.subarray(end);
  }
}

export function encode(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head = length < 126 ? Buffer.from([FIN | opcode, length]) : length < 65_536 ? Buffer.from([FIN | opcode, 126, length >> 8, length & 0xff]) : Buffer.alloc(10);
  if (length >= 65_536) {
    head[0] = FIN | opcode;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
