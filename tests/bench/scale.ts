// What a tick costs the core and what a dashboard is sent, by number of guests: CPU ms a tick watched and not, wire bytes a client and minute beside a snapshot each tick.
// And how long the API takes to answer a person at that size. Ends with 1 when a limit is passed.
// Usage: bun tests/bench/scale.ts [home|rack|fleet|GUESTS...]   (default home rack fleet; a number: so many guests on the home's nodes; prints one JSON line each, then the slopes)
import { readFileSync } from "node:fs";
import { z } from "zod";
import { startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const NAMED = { home: { nodes: 4, guests: 22 }, rack: { nodes: 16, guests: 500 }, fleet: { nodes: 100, guests: 10_000 } } as const;
type Named = keyof typeof NAMED;
const isNamed = (word: string): word is Named => Object.hasOwn(NAMED, word);
const words = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(NAMED);
const TICKS = 6;
const TICK_MS = 10_000;
const TICKS_PER_SECOND = 100;
const TOKEN = `jrv_${crypto.randomUUID()}`;
const Frame = z.looseObject({ id: z.number().optional(), method: z.string().optional(), result: z.unknown().optional() });

/** At most this share of a full snapshot each tick. */
const limitOf = (guests: number): number => (guests >= 500 ? 1 / 100 : 1 / 20);
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
};
const rssMiB = (pid: number): number => round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);

/** A dashboard: counts the bytes of what it is sent after its first answer. */
/** In the logarithms of cost and guests 1 is linear; a tenth is the machine's own noise. */
const STEEPEST = 1.1;
const ANSWERS = 20;
/** The slowest twentieth of the answers of /api/v1/rpc, ms, while the house lives on: a list a person waits for, and one thing of it. */
const answerMs = async (url: string, method: string, params: object): Promise<number> => {
  const took: number[] = [];
  for (let turn = 0; turn < ANSWERS; turn += 1) {
    const begun = performance.now();
    const answer = await fetch(`${url}/api/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: turn, method, params }),
    });
    if (!answer.ok) throw new Error(`${method}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    await answer.arrayBuffer();
    took.push(performance.now() - begun);
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)] ?? Number.NaN;
};

/** A person takes an answer within a second for one that came at once (Nielsen, Usability Engineering, 5.5). */
const USABLE_MS = 1000;

const openDashboard = (url: string): Promise<{ bytes: () => number; snapshotBytes: number; close: () => void }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/ws`);
    let bytes = 0;
    socket.onerror = reject;
    socket.onmessage = ({ data }) => {
      const text = String(data);
      const frame = Frame.parse(JSON.parse(text));
      if (frame.method === "hello") socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "auth", params: { token: TOKEN } }));
      else if (frame.id === 1) socket.send(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "channels.subscribe", params: { channel: "core/drawn" } }));
      else if (frame.id === 2) {
        bytes = 0;
        resolve({ bytes: () => bytes, snapshotBytes: Buffer.byteLength(text), close: () => socket.close() });
      } else bytes += Buffer.byteLength(text) + (text.length < 126 ? 2 : text.length < 65_536 ? 4 : 10);
    };
  });

const measure = async (word: string) => {
  const { nodes, guests } = isNamed(word) ? NAMED[word] : { nodes: NAMED.home.nodes, guests: Number(word) };
  const labArgs = isNamed(word) ? ["--size", word] : ["--guests", String(Math.max(0, guests - NAMED.home.guests))];
  const house = await startHouse({ speed: 1, labArgs, env: { JARVIS_ADMIN_TOKEN: TOKEN } });
  try {
    await until(async () => (await house.rpc("state.get")).resources.length >= guests * 0.9, { withinMs: 120_000, what: `${guests} guests being seen` });
    await Bun.sleep(2 * TICK_MS);
    const over = async (): Promise<number> => {
      const before = cpuMs(house.pid);
      await Bun.sleep(TICKS * TICK_MS);
      return (cpuMs(house.pid) - before) / TICKS;
    };
    const unwatchedMs = await over();
    const dashboard = await openDashboard(house.url);
    const watchedMs = await over();
    const bytes = (dashboard.bytes() * 60_000) / (TICKS * TICK_MS);
    const [node] = house.lab.line.pve.nodes;
    const answer = await fetch(`${node?.url}/api2/json/cluster/resources`, {
      headers: { authorization: `PVEAPIToken=${house.lab.line.pve.tokens.read}` },
      tls: { rejectUnauthorized: false },
    });
    const whole = Buffer.byteLength(await answer.text());
    const api = { stateP95Ms: round(await answerMs(house.url, "state.get", {})), statusP95Ms: round(await answerMs(house.url, "status.get", {})), limit: USABLE_MS };
    dashboard.close();
    return {
      size: word,
      nodes,
      guests,
      cpuMsATick: { unwatched: round(unwatchedMs), watched: round(watchedMs) },
      rssMiB: rssMiB(house.pid),
      bytesAClientMinute: Math.round(bytes),
      snapshot: { resourcesBytes: whole, drawnBytes: dashboard.snapshotBytes },
      share: { ofResources: round(bytes / (whole * 6), 4), ofDrawn: round(bytes / (dashboard.snapshotBytes * 6), 4), limit: limitOf(guests) },
      api,
      met: bytes <= limitOf(guests) * whole * 6 && Math.max(api.stateP95Ms, api.statusP95Ms) <= USABLE_MS,
    };
  } finally {
    await house.stop();
  }
};

const found: Awaited<ReturnType<typeof measure>>[] = [];
for (const word of words) {
  const one = await measure(word);
  found.push(one);
  if (!one.met) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify(one)}\n`);
}
const [first, last] = [found[0], found.at(-1)];
if (first && last && first !== last) {
  const slope = (of: (one: (typeof found)[number]) => number): number => round(Math.log(Math.max(1, of(last)) / Math.max(1, of(first))) / Math.log(last.guests / first.guests), 2);
  const slopes = { cpuUnwatched: slope((one) => one.cpuMsATick.unwatched), cpuWatched: slope((one) => one.cpuMsATick.watched), bytes: slope((one) => one.bytesAClientMinute) };
  if (Object.values(slopes).some((one) => one > STEEPEST)) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify({ logSlope: slopes, limit: STEEPEST })}\n`);
}
