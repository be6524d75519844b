// 100 real WebSocket clients that drop and come back at random: every channel is gap-free or honestly not recovered.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { Operation, patched } from "../../../core/contract/patch.ts";
import { ChannelEvent, Position } from "../../../core/contract/wire.ts";
import { until } from "../../support/until.ts";
import { ADMIN, createHouse } from "./support/house.ts";

const CLIENTS = Number(process.env.JARVIS_TEST_CLIENTS ?? 100);
const SEED = Number(process.env.JARVIS_TEST_SEED ?? Math.trunc(performance.timeOrigin) % 1_000_000);
const NAMES = ["p/state", "p/event", "q/state"];

const Subscribed = Position.extend({ recovered: z.boolean(), snapshot: z.unknown().optional() });
const Message = z.looseObject({ id: z.number().optional(), method: z.string().optional(), params: z.unknown().optional(), result: z.unknown().optional() });

interface Place {
  offset: number;
  epoch: string;
  value: unknown;
}

/** What one client knows, checked publication by publication. */
const createLedger = () => {
  const places = new Map<string, Place>();
  const faults: string[] = [];
  const tally = { recovered: 0, lost: 0, events: 0 };

  const begun = (channel: string, answer: z.infer<typeof Subscribed>): void => {
    const before = places.get(channel);
    if (answer.recovered) {
      tally.recovered += 1;
      if (before?.offset !== answer.offset) faults.push(`${channel}: recovered at ${answer.offset}, was at ${before?.offset}`);
      return;
    }
    if (before !== undefined) tally.lost += 1;
    if (before !== undefined && answer.offset < before.offset) faults.push(`${channel}: went back from ${before.offset} to ${answer.offset}`);
    places.set(channel, { epoch: answer.epoch, offset: answer.offset, value: answer.snapshot });
  };

  const event = (made: ChannelEvent): void => {
    tally.events += 1;
    const place = places.get(made.channel);
    if (made.type === "snapshot") {
      if (place !== undefined && made.offset < place.offset) faults.push(`${made.channel}: a snapshot went back to ${made.offset}`);
      places.set(made.channel, { epoch: made.epoch, offset: made.offset, value: made.data });
      return;
    }
    if (place?.offset !== made.offset - 1) faults.push(`${made.channel}: ${made.type} ${made.offset} after ${place?.offset}`);
    const value = made.type === "patch" ? patched(place?.value, z.array(Operation).parse(made.data)) : made.data;
    places.set(made.channel, { epoch: made.epoch, offset: made.offset, value });
  };

  return { places, faults, tally, begun, event };
};

/** One life of a socket: subscribes to `pattern` from where the ledger stands; `drop` ends it abruptly. */
const live = (host: string, pattern: string, ledger: ReturnType<typeof createLedger>) => {
  const socket = new WebSocket(`ws://${host}/api/v1/ws`);
  let dropped = false;
  const send = (id: number, method: string, params: unknown): void => socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  const since = () => {
    const own = [...ledger.places].map(([channel, { epoch, offset }]) => [channel, { epoch, offset }] as const);
    if (own.length === 0) return {};
    return { since: pattern.includes("*") ? Object.fromEntries(own) : own[0]?.[1] };
  };
  socket.onmessage = ({ data }) => {
    if (dropped) return;
    const message = Message.parse(JSON.parse(String(data)));
    if (message.method === "hello") return send(1, "auth", { token: ADMIN });
    if (message.id === 1) return send(2, "channels.subscribe", { channel: pattern, ...since() });
    if (message.method === "channel.event") return ledger.event(ChannelEvent.parse(message.params));
    const many = z.object({ channels: z.record(z.string(), Subscribed) }).safeParse(message.result);
    if (many.success) for (const [channel, answer] of Object.entries(many.data.channels)) ledger.begun(channel, answer);
    else ledger.begun(pattern, Subscribed.parse(message.result));
  };
  return {
    drop: (): void => {
      dropped = true;
      socket.close();
    },
  };
};

const Script = fc.record({
  pattern: fc.constantFrom("**", "p/*", "p/event", "p/state", "*/state"),
  turns: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
});

test(`${CLIENTS} clients with random disconnects see gap-free offsets or an honest recovered: false (seed ${SEED})`, async () => {
  const [scripts = []] = fc.sample(fc.array(Script, { minLength: CLIENTS, maxLength: CLIENTS }), { numRuns: 1, seed: SEED });
  const house = await createHouse();
  for (const channel of NAMES) house.hub.declare(channel, { kind: channel === "p/event" ? "event" : "state", title: channel });
  let tick = 0;
  const publish = (): void => {
    tick += 1;
    for (const channel of NAMES) {
      if (channel === "p/event") for (let n = 0; n < 1 + (tick % 40); n += 1) house.hub.event(channel, { tick, n });
      else
        for (let n = 0; n < 1 + (tick % 12); n += 1)
          house.hub.state(channel, { tick, n, rows: Object.fromEntries(Array.from({ length: 5 }, (_, row) => [`r${row}`, (tick * row) % 7])) });
    }
    if (tick === 30) house.hub.declare("p/late", { kind: "state", title: "born later" });
    if (tick > 30) house.hub.state("p/late", { tick });
  };
  const clients = scripts.map(({ pattern, turns }, index) => ({ pattern, turns, index, ledger: createLedger(), socket: live(house.host, pattern, createLedger()) }));
  for (const client of clients) {
    client.socket.drop();
    client.socket = live(house.host, client.pattern, client.ledger);
  }
  let up = new Set(clients);
  for (let round = 0; round < 160; round += 1) {
    publish();
    await Bun.sleep(2);
    for (const client of clients) {
      const turn = client.turns[(round + client.index) % client.turns.length] ?? 1;
      if ((round + client.index) % (turn + 3) !== 0) continue;
      if (up.delete(client)) client.socket.drop();
      else {
        client.socket = live(house.host, client.pattern, client.ledger);
        up = up.add(client);
      }
    }
  }
  for (const client of clients) if (!up.has(client)) client.socket = live(house.host, client.pattern, client.ledger);
  const caughtUp = (): boolean =>
    clients.every(({ ledger }) => ledger.places.size > 0 && [...ledger.places].every(([channel, { offset }]) => offset === house.hub.position(channel)?.offset));
  await until(caughtUp, { withinMs: 20_000, what: "every client catching up" });
  for (const { pattern, index, ledger } of clients) expect([index, pattern, ledger.faults]).toEqual([index, pattern, []]);
  for (const { ledger } of clients) for (const [channel, { value }] of ledger.places) if (channel !== "p/event") expect(value).toEqual(house.hub.snapshot(channel)?.data);
  const sum = (pick: (tally: { recovered: number; lost: number; events: number }) => number) => clients.reduce((total, { ledger }) => total + pick(ledger.tally), 0);
  console.log(`seed ${SEED}: ${sum((tally) => tally.events)} publications, ${sum((tally) => tally.recovered)} recovered, ${sum((tally) => tally.lost)} honestly lost`);
  expect(sum((tally) => tally.recovered)).toBeGreaterThan(0);
  expect(sum((tally) => tally.lost)).toBeGreaterThan(0);
  await house.close();
}, 60_000);
