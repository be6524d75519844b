// A real reader that stops reading: state shrinks to one snapshot, events end in 4408 with the place to resume from; others are not held up.
import { expect, test } from "bun:test";
import { z } from "zod";
import { until } from "../../support/until.ts";
import { connect } from "./support/client.ts";
import { ADMIN, createHouse, type House } from "./support/house.ts";

const masked = (text: string): Buffer => {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
};

/** Frames of a server's byte stream: opcode and payload. */
const framesOf = (bytes: Buffer): { opcode: number; payload: Buffer }[] => {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = bytes.indexOf("\r\n\r\n") + 4;
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + extra;
    if (start + length > bytes.length) break;
    frames.push({ opcode: (bytes[at] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
};

/** A client on bare TCP that can stop reading. */
const lazyClient = async (house: House, channel: string) => {
  const pieces: Buffer[] = [];
  let ended = false;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: house.port,
    socket: {
      data: (_, bytes) => void pieces.push(Buffer.from(bytes)),
      close: () => {
        ended = true;
      },
      end: () => {
        ended = true;
      },
    },
  });
  socket.write(
    `GET /api/v1/ws HTTP/1.1\r\nHost: ${house.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const frames = () => framesOf(Buffer.concat(pieces));
  await until(() => frames().length >= 1, { what: "hello" });
  socket.write(masked(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "auth", params: { token: ADMIN } })));
  socket.write(masked(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "channels.subscribe", params: { channel } })));
  await until(() => frames().length >= 3, { what: "the subscription" });
  return { socket, frames, pause: () => socket.pause(), resume: () => socket.resume(), ended: () => ended };
};

const Event = z.object({ params: z.object({ offset: z.number(), type: z.string() }) });
const eventsOf = (frames: { opcode: number; payload: Buffer }[]) =>
  frames
    .filter(({ opcode }) => opcode === 1)
    .flatMap(({ payload }) => {
      const parsed = Event.safeParse(JSON.parse(payload.toString()));
      return parsed.success ? [parsed.data.params] : [];
    });

test("a stalled reader of events is closed with 4408 and its place, and another reader misses nothing", async () => {
  const house = await createHouse();
  house.hub.declare("p/event", { kind: "event", title: "E" });
  const lazy = await lazyClient(house, "p/event");
  const brisk = await connect(house.host, { token: ADMIN });
  await brisk.request("channels.subscribe", { channel: "p/event" });
  lazy.pause();
  for (let n = 0; n < 400; n += 1) {
    house.hub.event("p/event", "x".repeat(64 * 1024));
    if (n % 10 === 0) await Bun.sleep(1);
  }
  await until(() => brisk.notes("channel.event").length === 400, { what: "the brisk reader" });
  lazy.resume();
  const close = await until(() => lazy.frames().find(({ opcode }) => opcode === 8), { what: "the close frame" });
  expect(close.payload.readUInt16BE(0)).toBe(4408);
  const reason = z.object({ channel: z.literal("p/event"), epoch: z.literal("epoch-1"), offset: z.number() }).parse(JSON.parse(close.payload.subarray(2).toString()));
  const offsets = eventsOf(lazy.frames()).map(({ offset }) => offset);
  expect(offsets).toEqual(offsets.map((_, index) => index + 1));
  expect(reason.offset).toBe(offsets.length);
  expect(offsets.length).toBeLessThan(400);
  await house.close();
}, 30_000);

test("a stalled reader of state is kept, and gets one snapshot that jumps forward", async () => {
  const house = await createHouse();
  house.hub.declare("p/state", { kind: "state", title: "S" });
  const lazy = await lazyClient(house, "p/state");
  lazy.pause();
  for (let n = 1; n <= 400; n += 1) {
    house.hub.state("p/state", { n, text: `${n}`.padEnd(64 * 1024, "x") });
    if (n % 10 === 0) await Bun.sleep(1);
  }
  lazy.resume();
  await until(() => eventsOf(lazy.frames()).at(-1)?.offset === 400, { what: "the newest state" });
  const events = eventsOf(lazy.frames());
  expect(events.length).toBeLessThan(400);
  expect(events.at(-1)).toEqual({ offset: 400, type: "snapshot" });
  for (const [index, { offset, type }] of events.entries()) if (type === "patch") expect(offset).toBe((events[index - 1]?.offset ?? 0) + 1);
  expect(lazy.ended()).toBe(false);
  lazy.socket.end();
  await house.close();
}, 30_000);
