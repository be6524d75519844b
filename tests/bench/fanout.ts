// Fan-out beside raw Bun: the hub's publications to 1000 sockets against Bun's own publish of the same bytes, alternating.
// From the moment the difference is known (the state store makes it once a tick) to the last client's handler. Prints p50, p99 and the ratio.
import { join } from "node:path";
import { diff, type Operation } from "../../core/contract/patch.ts";
import { createServer } from "../../core/http/server.ts";
import { createClock } from "../../core/lib/clock.ts";
import { createHub } from "../../core/live/hub.ts";
import { openDatabase } from "../../core/store/open.ts";
import { createSessionStore } from "../../core/store/sessions.ts";
import { createTokenStore } from "../../core/store/tokens.ts";
import { fakeCore } from "../core/http/support/house.ts";

const [clients = 1000, ticks = 60, guests = 500] = process.argv.slice(2).map(Number);
const TOKEN = "jrv_bench";

/** Sorted ms from a publication to the last client's handler. */
const quantile = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

const counter = () => {
  let left = 0;
  let done = (): void => undefined;
  return {
    heard: (): void => {
      left -= 1;
      if (left === 0) done();
    },
    expect: (count: number): Promise<void> =>
      new Promise((resolve) => {
        left = count;
        done = resolve;
      }),
  };
};

const world = (tick: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: guests }, (_, index) => [
      `guest/${index}`,
      { cpu: (index * 7 + (index % 12 === 0 ? tick : 0)) % 100, memory: (index * 3) % 100, status: "up", name: `guest ${index}` },
    ]),
  );

const startOurs = async (heard: () => void) => {
  const clock = createClock();
  const { database } = openDatabase({ path: ":memory:", migrationsFolder: join(import.meta.dir, "../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const hub = createHub({ clock, epoch: crypto.randomUUID() });
  hub.declare("core/drawn", { kind: "state", title: "What is drawn" });
  hub.state("core/drawn", world(0));
  const server = createServer({
    settings: { host: "127.0.0.1", port: 0, names: [], trustProxy: [], open: false },
    core: fakeCore([]),
    hub,
    tokens: createTokenStore({ database, clock }),
    sessions: createSessionStore({ database, clock }),
    adminToken: TOKEN,
    clock,
    version: "bench",
    log: () => undefined,
  });
  const { url } = await server.listen();
  server.ready();
  const joinOne = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/ws`);
      let heardFrames = 0;
      socket.onerror = reject;
      socket.onmessage = () => {
        heardFrames += 1;
        if (heardFrames === 1) socket.send(`{"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"${TOKEN}"}}`);
        else if (heardFrames === 2) socket.send('{"jsonrpc":"2.0","id":2,"method":"channels.subscribe","params":{"channel":"core/drawn"}}');
        else if (heardFrames === 3) resolve(socket);
        else heard();
      };
    });
  for (let n = 0; n < clients; n += 50) await Promise.all(Array.from({ length: Math.min(50, clients - n) }, joinOne));
  let frame = "";
  hub.subscribe("core/drawn", undefined, (made) => (frame = made.frame("s1"))).start();
  return { publish: (value: unknown, operations: Operation[]): void => hub.state("core/drawn", value, operations), frame: () => frame, stop: server.stop };
};

const startRaw = async (heard: () => void) => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, to) => (to.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: { open: (socket) => void socket.subscribe("all"), message: () => undefined },
  });
  const joinOne = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`);
      socket.onerror = reject;
      socket.onopen = () => resolve(socket);
      socket.onmessage = heard;
    });
  for (let n = 0; n < clients; n += 50) await Promise.all(Array.from({ length: Math.min(50, clients - n) }, joinOne));
  return { publish: (frame: string): void => void server.publish("all", frame), stop: () => server.stop(true) };
};

const count = counter();
const ours = await startOurs(count.heard);
const raw = await startRaw(count.heard);
const times = { ours: [] as number[], raw: [] as number[] };
for (let tick = 1; tick <= ticks + 5; tick += 1) {
  const value = world(tick);
  const operations = diff(world(tick - 1), value);
  const heardOurs = count.expect(clients);
  const beganOurs = performance.now();
  ours.publish(value, operations);
  await heardOurs;
  const tookOurs = performance.now() - beganOurs;
  const heardRaw = count.expect(clients);
  const beganRaw = performance.now();
  raw.publish(ours.frame());
  await heardRaw;
  const tookRaw = performance.now() - beganRaw;
  if (tick <= 5) continue;
  times.ours.push(tookOurs);
  times.raw.push(tookRaw);
}
const sorted = { ours: times.ours.toSorted((a, b) => a - b), raw: times.raw.toSorted((a, b) => a - b) };
const report = (name: "ours" | "raw"): string => `${name.padEnd(5)} p50 ${quantile(sorted[name], 0.5).toFixed(2)} ms  p99 ${quantile(sorted[name], 0.99).toFixed(2)} ms`;
console.log(`fan-out to ${clients} sockets, ${guests} guests, ${ticks} ticks, ${Buffer.byteLength(ours.frame())} bytes a frame`);
console.log(report("ours"));
console.log(report("raw"));
console.log(`p99 ratio ${(quantile(sorted.ours, 0.99) / quantile(sorted.raw, 0.99)).toFixed(2)}, p50 ratio ${(quantile(sorted.ours, 0.5) / quantile(sorted.raw, 0.5)).toFixed(2)}`);
await ours.stop();
raw.stop();
process.exit(0);
