// A plugin's WebSockets: pinned like every other connection, pulled piece by piece, a flood left with its sender, and gone with the call, the host or the kill switch.
import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Context } from "../../../core/contract/context.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import { createFrameReader, frame, OPCODE } from "../../../core/host/socket-frames.ts";
import { selfSigned } from "../../support/certificate.ts";
import { testContext } from "../../support/context.ts";
import { until } from "../../support/until.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

type Said = { received: string; upgrades: number; gone: boolean; held: () => number };
const serve = (flood = false) => {
  const { key, cert, fingerprint } = selfSigned();
  const said: Said = { received: "", upgrades: 0, gone: false, held: () => 0 };
  let pour = (): void => undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { key, cert },
    fetch: (request, own) => {
      said.upgrades += 1;
      if (request.headers.get("authorization") !== "me") return new Response("no", { status: 403, statusText: "Permission check failed" });
      return own.upgrade(request, { headers: { "sec-websocket-protocol": "binary" } }) ? undefined : new Response("no", { status: 400 });
    },
    websocket: {
      backpressureLimit: 1024 * 1024 * 1024,
      open: (socket) => {
        said.held = () => socket.getBufferedAmount();
        pour = () => {
          while (flood && socket.sendBinary(new Uint8Array(65_536)) > 0);
        };
        pour();
      },
      drain: () => pour(),
      message: (socket, data) => {
        said.received += String(data);
        if (String(data) === "bye") socket.close(1000);
        else socket.sendBinary(new TextEncoder().encode(`<${data}>`));
      },
      close: () => {
        said.gone = true;
      },
    },
  });
  stops.push(() => void server.stop(true));
  return { url: `https://127.0.0.1:${server.port}/ws?port=5900`, fingerprint, said };
};
const context = (options: Partial<Parameters<typeof testContext>[0]> = {}) => {
  const made = testContext({ config: {}, ...options });
  stops.push(made.stop);
  return made;
};
const thrownBy = async (work: Promise<unknown>): Promise<JarvisError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof JarvisError) return thrown;
  throw new Error(`not refused in our words: ${String(thrown)}`);
};
const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);
type Bare = Pick<Context<unknown, unknown>, "next">;
const readUntil = async (ctx: Bare, id: string, wanted: string): Promise<string> => {
  let got = "";
  while (!got.includes(wanted)) {
    const { done, bytes } = await ctx.next(id);
    if (done) throw new Error(`ended after ${got}`);
    got += new TextDecoder().decode(bytes);
  }
  return got;
};

for (const through of [undefined, "messages"] as const)
  describe(through === undefined ? "directly" : "over messages", () => {
    const own = (more: Partial<Parameters<typeof testContext>[0]> = {}) => context({ ...(through === undefined ? {} : { through }), ...more }).bare;
    const opened = (ctx: ReturnType<typeof own>, { url, fingerprint }: { url: string; fingerprint: string }, header = "me") =>
      ctx.socket(url, { headers: { authorization: header }, protocol: "binary", tls: { fingerprint } });

    test("opens with the pinned certificate, sends, and gives what comes until the other side ends", async () => {
      const server = serve();
      const ctx = own();
      const { id, status, headers } = await opened(ctx, server);
      expect([status, headers["sec-websocket-protocol"]]).toEqual([101, "binary"]);
      await ctx.send(id, text("one"));
      expect(await readUntil(ctx, id, ">")).toBe("<one>");
      await ctx.send(id, text("bye"));
      expect(await ctx.next(id)).toEqual({ done: true });
      expect((await thrownBy(ctx.next(id))).type).toBe("not_found");
    });

    test("a wrong certificate is found out before a byte of the request leaves", async () => {
      const server = serve();
      const wrong = await thrownBy(opened(own(), { ...server, fingerprint: "AA:".repeat(31).concat("AA") }));
      expect([wrong.type, server.said.upgrades]).toEqual(["upstream_tls", 0]);
      expect((await thrownBy(own().socket(server.url, { headers: { authorization: "me" } }))).type).toBe("upstream_tls");
    });

    test("a no is an answer, and nothing is open after it", async () => {
      const server = serve();
      const ctx = own();
      const { id, status } = await opened(ctx, server, "stranger");
      expect(status).toBe(403);
      expect((await thrownBy(ctx.next(id))).type).toBe("not_found");
    });

    test("only where granted, only http, and never past a kill of all", async () => {
      const server = serve();
      expect((await thrownBy(opened(own({ grants: { net: ["127.0.0.1:1"] } }), server))).type).toBe("permission");
      expect((await thrownBy(own().socket("ws://127.0.0.1/x"))).type).toBe("bad_input");
      const held = new JarvisError("unavailable", { message: "held" });
      expect((await thrownBy(opened(own({ sessions: { refused: () => held, on: () => () => undefined } }), server))).message).toBe("held");
    });

    test("cancel closes it, and what waits for more is told that it is over", async () => {
      const server = serve();
      const ctx = own();
      const { id } = await opened(ctx, server);
      const waiting = ctx.next(id);
      await ctx.cancel(id);
      expect(await waiting).toEqual({ done: true });
      await until(() => server.said.gone, { what: "the close at the other side" });
    });
  });

test("a flood stays with its sender while nobody takes it, and comes whole when somebody does", async () => {
  const server = serve(true);
  const ctx = context().bare;
  const before = process.memoryUsage().rss;
  const { id } = await ctx.socket(server.url, { headers: { authorization: "me" }, protocol: "binary", tls: { fingerprint: server.fingerprint } });
  await until(() => server.said.held() > 0, { what: "the sender to be held up" });
  const held = server.said.held();
  await Bun.sleep(200);
  expect(server.said.held()).toBe(held);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  let got = 0;
  while (got < 8 * 1024 * 1024) got += (await ctx.next(id)).bytes?.length ?? 0;
  expect(got).toBeGreaterThanOrEqual(8 * 1024 * 1024);
  await ctx.cancel(id);
});

describe("frames", () => {
  /** As a server sends them: not masked. */
  const served = (opcode: number, payload: Uint8Array, fin = true): Buffer => {
    const { length } = payload;
    const head = length < 126 ? Buffer.from([opcode, length]) : length < 65_536 ? Buffer.from([opcode, 126, length >> 8, length & 255]) : Buffer.alloc(10);
    if (length >= 65_536) {
      head.set([opcode, 127]);
      head.writeBigUInt64BE(BigInt(length), 2);
    }
    if (fin) head[0] = (head[0] ?? 0) | 0x80;
    return Buffer.concat([head, payload]);
  };

  test("are read the same however the stream is cut, pieces of one message among them", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const one = fc.record({ payload: bytes, opcode: fc.constantFrom(OPCODE.more, OPCODE.text, OPCODE.binary), fin: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 60 }), (frames, cuts) => {
        const whole = Buffer.concat(frames.map(({ opcode, payload, fin }) => served(opcode, payload, fin)));
        const read = createFrameReader();
        const got: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, whole.length]) {
          for (const came of read(whole.subarray(at, at + cut))) if (came.kind === "bytes") got.push(Buffer.from(came.bytes));
          at += cut;
        }
        expect(Buffer.concat(got)).toEqual(Buffer.concat(frames.map(({ payload }) => payload)));
      }),
      { numRuns: 300 },
    );
  });

  test("what no server may send ends the stream: masked, compressed, endless, broken control frames, unknown kinds", () => {
    for (const bad of [
      frame(OPCODE.binary, text("x")),
      Buffer.from([0xc2, 1, 0]),
      Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]),
      Buffer.from([0x09, 0]),
      Buffer.from([0x89, 126, 0, 200]),
      Buffer.from([0x83, 1, 0]),
    ])
      expect(() => createFrameReader()(bad)).toThrow();
    expect(createFrameReader()(served(OPCODE.ping, text("p")))).toMatchObject([{ kind: "ping" }]);
    expect(createFrameReader()(Buffer.concat([served(OPCODE.close, text("")), served(OPCODE.binary, text("late"))]))).toEqual([{ kind: "close" }]);
  });

  test("of ours are whole, masked and as long as they say", () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const payload = new Uint8Array(length).fill(7);
      const made = frame(OPCODE.binary, payload);
      const size = length <= 125 ? 2 : length <= 65_535 ? 4 : 10;
      expect([made.length, made[0], (made[1] ?? 0) & 0x80]).toEqual([size + 4 + length, 0x82, 0x80]);
      const mask = made.subarray(size, size + 4);
      expect(made.subarray(size + 4).every((byte, index) => (byte ^ (mask[index & 3] ?? 0)) === 7)).toBe(true);
    }
  });
});
