// The house's NFS server as far as a client asks before it mounts: port mapper, exports, a mount and the room behind it (RFC 1833, 1813 over RPC, RFC 5531, by TCP). A share that hangs takes every call and answers none. It refuses other programs and procedures in RPC's own words, and serves no files.
import { createServer, type Server, type Socket } from "node:net";
import type { Storage, World } from "../world/state.ts";
import { usageOf } from "../world/storage.ts";

const MAX_RECORD_BYTES = 65_536;
const LAST_FRAGMENT = 0x8000_0000;
const [CALL, REPLY, RPC_VERSION] = [0, 1, 2];
const [SUCCESS, PROGRAM_UNAVAILABLE, PROGRAM_MISMATCH, PROCEDURE_UNAVAILABLE, GARBAGE] = [0, 1, 2, 3, 4];
const [PORTMAP, NFS, MOUNT] = [100_000, 100_003, 100_005];
const VERSIONS: Readonly<Record<number, number>> = { [PORTMAP]: 2, [NFS]: 3, [MOUNT]: 3 };
const TCP = 6;
const NO_ENTRY = 2;
const BAD_HANDLE = 10_001;
const AUTH_SYS = 1;
const FILES = 4_000_000n;
export const EXPORT = "/volume1/proxmox";

interface Reader {
  word(): number;
  /** Opaque bytes with their length before them. */
  bytes(): Buffer;
}

function readerOf(record: Buffer): Reader {
  let at = 0;
  const word = (): number => {
    at += 4;
    return record.readUInt32BE(at - 4);
  };
  const bytes = (): Buffer => {
    const length = word();
    if (length > record.length - at) throw new RangeError("longer than the record");
    const piece = record.subarray(at, at + length);
    at += Math.ceil(length / 4) * 4;
    return piece;
  };
  return { word, bytes };
}

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
};
const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const opaque = (value: Buffer): Buffer => Buffer.concat([words(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);

const handleOf = (storage: Storage): Buffer => Buffer.from(`lab-export/${storage.name}`.padEnd(32, "\0").slice(0, 32));

/** What the share's first node sees is what all see. */
function room(world: World, storage: Storage): Buffer {
  const { total, avail } = usageOf(world, storage, [...world.nodes.keys()][0] ?? "");
  return Buffer.concat([words(0, 0), long(BigInt(total)), long(BigInt(avail)), long(BigInt(avail)), long(FILES), long(FILES / 2n), long(FILES / 2n), words(0)]);
}

/** The result of one procedure; undefined where the program has no such. */
function resultOf(world: World, storage: Storage, port: number, call: { program: number; procedure: number; reader: Reader }): Buffer | undefined {
  const { program, procedure, reader } = call;
  if (procedure === 0) return Buffer.alloc(0);
  switch (`${program}/${procedure}`) {
    case `${PORTMAP}/3`: {
      const [wanted, version, protocol] = [reader.word(), reader.word(), reader.word()];
      return words(protocol === TCP && VERSIONS[wanted] === version ? port : 0);
    }
    case `${PORTMAP}/4`:
      return Buffer.concat([...Object.entries(VERSIONS).map(([one, version]) => words(1, Number(one), version, TCP, port)), words(0)]);
    case `${MOUNT}/1`:
      return reader.bytes().toString() === EXPORT ? Buffer.concat([words(0), opaque(handleOf(storage)), words(1, AUTH_SYS)]) : words(NO_ENTRY);
    case `${MOUNT}/3`:
      return Buffer.alloc(0);
    case `${MOUNT}/5`:
      return Buffer.concat([words(1), opaque(Buffer.from(EXPORT)), words(1), opaque(Buffer.from("192.168.1.0/24")), words(0, 0)]);
    case `${NFS}/18`:
      return reader.bytes().equals(handleOf(storage)) ? room(world, storage) : words(BAD_HANDLE, 0);
    default:
      return undefined;
  }
}

function answerTo(world: World, storage: Storage, port: number, record: Buffer): Buffer | undefined {
  const reader = readerOf(record);
  const [xid, kind, rpc, program, version, procedure] = [reader.word(), reader.word(), reader.word(), reader.word(), reader.word(), reader.word()];
  if (kind !== CALL) return undefined;
  if (rpc !== RPC_VERSION) return words(xid, REPLY, 1, 0, RPC_VERSION, RPC_VERSION);
  const accepted = (state: number, ...rest: Buffer[]): Buffer => Buffer.concat([words(xid, REPLY, 0, 0, 0, state), ...rest]);
  const known = VERSIONS[program];
  if (known === undefined) return accepted(PROGRAM_UNAVAILABLE);
  if (version !== known) return accepted(PROGRAM_MISMATCH, words(known, known));
  try {
    for (let credential = 0; credential < 2; credential++) {
      reader.word();
      reader.bytes();
    }
    const result = resultOf(world, storage, port, { program, procedure, reader });
    return result === undefined ? accepted(PROCEDURE_UNAVAILABLE) : accepted(SUCCESS, result);
  } catch {
    return accepted(GARBAGE);
  }
}

function serve(world: World, storage: Storage, socket: Socket): void {
  let rest = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (piece) => {
    rest = Buffer.concat([rest, typeof piece === "string" ? Buffer.from(piece) : piece]);
    while (rest.length >= 4) {
      const marker = rest.readUInt32BE(0);
      const length = marker & (LAST_FRAGMENT - 1);
      // No client cuts such small calls into fragments.
      if ((marker & LAST_FRAGMENT) === 0 || length > MAX_RECORD_BYTES || length < 24) return void socket.destroy();
      if (rest.length < 4 + length) return;
      const record = rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
      const answer = storage.hangsOn.size > 0 ? undefined : answerTo(world, storage, socket.localPort ?? 0, record);
      if (answer) socket.write(Buffer.concat([words(LAST_FRAGMENT | answer.length), answer]));
    }
  });
}

/** Gone while no node reaches it. */
export const isServed = (world: World, storage: Storage): boolean => storage.active && storage.offOn.size < world.nodes.size;

export const createNfs = (world: World, storage: Storage): Server => createServer((socket) => serve(world, storage, socket));
