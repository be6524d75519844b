// The desk of consoles: what is shown waits for who takes it, what is typed is bounded, a seat is taken once, and each ends once, for one reason, with its bytes counted.
import { expect, test } from "bun:test";
import { createDesk } from "../../../core/consoles/desk.ts";
import type { ConsoleEnd, ConsoleLine, FromPerson } from "../../../core/contract/console.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import { CONSOLE_PIECE_BYTES, CONSOLE_WINDOW_BYTES } from "../../../core/contract/wire.ts";
import { createManualClock } from "../../support/clock.ts";

const rig = () => {
  const clock = createManualClock();
  const ends: [string, ConsoleEnd][] = [];
  const desk = createDesk({ clock, ended: (callId, end) => void ends.push([callId, end]) });
  const sit = () => {
    const shown: Uint8Array[] = [];
    const closed: string[] = [];
    const seat = desk.reserve({ show: (bytes) => void shown.push(bytes), closed: (why) => void closed.push(why) });
    return { seat, closed, bytes: () => shown.reduce((sum, { length }) => sum + length, 0), pieces: () => shown.map(({ length }) => length) };
  };
  return { clock, ends, desk, sit };
};
/** Opens and stays until it is closed; hands its line and signal out. */
const holding = () => {
  const got = Promise.withResolvers<{ line: ConsoleLine; signal: AbortSignal }>();
  const attach = (line: ConsoleLine, signal: AbortSignal): Promise<void> => {
    line.opened("A shell.");
    got.resolve({ line, signal });
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  return { attach, got: got.promise };
};
const never = new AbortController().signal;
const textOf = (said: FromPerson): string => (said.kind === "input" ? new TextDecoder().decode(said.bytes) : said.kind);

test("what nobody takes is not shown beyond the window, and goes on as it is taken", async () => {
  const { desk, sit, clock } = rig();
  const person = sit();
  const { attach, got } = holding();
  expect(await desk.sit(person.seat.id, attach, never)).toBe("A shell.");
  const { line } = await got;
  let finished = false;
  const flood = line.put(new Uint8Array(1024 * 1024)).then(() => {
    finished = true;
  });
  await clock.settle();
  expect(person.bytes()).toBe(CONSOLE_WINDOW_BYTES);
  expect(Math.max(...person.pieces())).toBe(CONSOLE_PIECE_BYTES);
  for (let taken = 0; taken < 1024 * 1024; taken += CONSOLE_PIECE_BYTES) {
    person.seat.write({ tookBytes: CONSOLE_PIECE_BYTES });
    await clock.settle();
    expect(person.bytes()).toBeLessThanOrEqual(taken + CONSOLE_PIECE_BYTES + CONSOLE_WINDOW_BYTES);
  }
  await flood;
  expect([finished, person.bytes()]).toEqual([true, 1024 * 1024]);
});

test("what is typed comes in order, a new size before it, and no more waits than a mebibyte", async () => {
  const { desk, sit } = rig();
  const { seat } = sit();
  const { attach, got } = holding();
  await desk.sit(seat.id, attach, never);
  const { line } = await got;
  seat.write({ text: "ls" });
  seat.write({ text: "\r" });
  seat.write({ size: { columns: 100, rows: 30 } });
  expect(await line.take()).toEqual({ kind: "size", columns: 100, rows: 30 });
  expect([textOf(await line.take()), textOf(await line.take())]).toEqual(["ls", "\r"]);
  const full = (): void => {
    for (let piece = 0; piece < 70; piece += 1) seat.write({ text: "é".repeat(CONSOLE_PIECE_BYTES / 2) });
  };
  expect(full).toThrow("The shell does not read");
  expect((await line.take()).kind).toBe("input");
});

test("a shell is told every 25 s that somebody is still there, and closed when nobody typed for 20 minutes", async () => {
  const { clock, desk, sit, ends } = rig();
  const person = sit();
  const { attach, got } = holding();
  await desk.sit(person.seat.id, attach, never);
  person.seat.belongsTo("call-1");
  const { line, signal } = await got;
  let said = "";
  void line.take().then(({ kind }) => {
    said = kind;
  });
  await clock.advance(24_000);
  expect(said).toBe("");
  await clock.advance(1000);
  expect(said).toBe("still");
  await clock.advance(10 * 60_000);
  person.seat.write({ text: "x" });
  await clock.advance(19 * 60_000);
  expect(person.closed).toEqual([]);
  await clock.advance(2 * 60_000);
  expect(person.closed).toEqual(["Nothing was typed for 20 minutes."]);
  expect(signal.aborted).toBe(true);
  expect(ends).toMatchObject([["call-1", { why: "Nothing was typed for 20 minutes.", typedBytes: 1, shownBytes: 0 }]]);
});

test("ends once, whoever ends it first; afterwards neither side gets anything", async () => {
  const { desk, sit, ends, clock } = rig();
  const person = sit();
  const { attach, got } = holding();
  await desk.sit(person.seat.id, attach, never);
  person.seat.belongsTo("call-1");
  const { line } = await got;
  const both = Promise.allSettled([line.take(), line.put(new Uint8Array(CONSOLE_WINDOW_BYTES * 2))]);
  person.seat.close("closed");
  person.seat.close("again");
  desk.closeAll("held");
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await clock.settle();
  expect([person.closed, ends.length, clock.waiting]).toEqual([["closed"], 1, 0]);
});

test("a seat is taken once; whose person has left is taken by nobody", async () => {
  const { desk, sit } = rig();
  const { seat } = sit();
  const { attach } = holding();
  await desk.sit(seat.id, attach, never);
  await expect(desk.sit(seat.id, attach, never)).rejects.toThrow("has left");
  const gone = sit();
  gone.seat.close("left");
  await expect(desk.sit(gone.seat.id, attach, never)).rejects.toThrow("has left");
});

test("what could not be opened says why, and its end is nobody's", async () => {
  const { desk, sit, ends } = rig();
  const person = sit();
  const refuse = async (): Promise<void> => {
    throw new JarvisError("upstream_denied", { message: "It needs VM.Console." });
  };
  await expect(desk.sit(person.seat.id, refuse, never)).rejects.toThrow("It needs VM.Console.");
  expect([person.closed, ends]).toEqual([["It needs VM.Console."], []]);
  const late = sit();
  const cut = new AbortController();
  const waiting = desk.sit(late.seat.id, holdingForEver, cut.signal);
  cut.abort();
  await expect(waiting).rejects.toThrow("not opened in time");
});
const holdingForEver = (): Promise<void> => new Promise(() => undefined);

test("more than twelve are refused, and one that ends makes room", () => {
  const { sit } = rig();
  const people = Array.from({ length: 12 }, sit);
  expect(sit).toThrow("12 consoles are open already");
  people[0]?.seat.close("done");
  expect(sit).not.toThrow();
});
