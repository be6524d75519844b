// The outbox: a slow reader costs a bounded amount, state shrinks to a snapshot, events overflow with their place.
import { describe, expect, test } from "bun:test";
import { createClock } from "../../../core/lib/clock.ts";
import { createHub } from "../../../core/live/hub.ts";
import { COALESCE_BYTES, createOutbox, OUTBOX_BYTES } from "../../../core/live/outbox.ts";

const house = () => {
  const hub = createHub({ clock: createClock(), epoch: "e1" });
  hub.declare("p/state", { kind: "state", title: "S" });
  hub.declare("p/event", { kind: "event", title: "E" });
  const socket = { taken: 1, frames: [] as string[] };
  const overflows: unknown[] = [];
  const fullness: boolean[] = [];
  const outbox = createOutbox({
    write: (frame) => {
      if (socket.taken !== 0) socket.frames.push(frame);
      return socket.taken;
    },
    snapshot: hub.snapshot,
    overflow: (last) => overflows.push(last),
    full: (yes) => fullness.push(yes),
  });
  for (const [name, id] of [
    ["p/state", "s1"],
    ["p/event", "s2"],
  ] as const)
    hub.subscribe(name, undefined, (made) => outbox.sendEvent(id, made)).start();
  const offsets = (channel: string) =>
    socket.frames
      .map((frame) => JSON.parse(frame).params)
      .filter((params) => params?.channel === channel)
      .map(({ type, offset }) => [type, offset]);
  return { hub, socket, outbox, overflows, fullness, offsets };
};

const big = (n: number, kilobytes: number) => ({ n, text: `${n}`.padEnd(kilobytes * 1024, "x") });

describe("the outbox", () => {
  test("writes straight through while the socket takes it", () => {
    const { hub, outbox, offsets } = house();
    for (let n = 1; n <= 3; n += 1) hub.event("p/event", n);
    expect(offsets("p/event").map(([, offset]) => offset)).toEqual([1, 2, 3]);
    expect(outbox.bytes()).toBe(0);
  });

  test("after -1 nothing is written until drain, and then in order", () => {
    const { hub, socket, outbox, offsets, fullness } = house();
    socket.taken = -1;
    for (let n = 1; n <= 4; n += 1) hub.event("p/event", n);
    expect(offsets("p/event")).toEqual([["event", 1]]);
    socket.taken = 1;
    outbox.drain();
    expect(offsets("p/event").map(([, offset]) => offset)).toEqual([1, 2, 3, 4]);
    expect(fullness).toEqual([true, false]);
  });

  test("a frame the socket did not take (0) is sent again, not lost", () => {
    const { hub, socket, outbox, offsets } = house();
    socket.taken = 0;
    hub.event("p/event", 1);
    hub.event("p/event", 2);
    socket.taken = 1;
    outbox.drain();
    expect(offsets("p/event").map(([, offset]) => offset)).toEqual([1, 2]);
  });

  test("a slow reader's state channel costs at most its bound and ends in one snapshot that jumps forward", () => {
    const { hub, socket, outbox, offsets, overflows } = house();
    hub.state("p/state", big(0, 1));
    socket.taken = -1;
    for (let n = 1; n <= 500; n += 1) {
      hub.state("p/state", big(n, 3));
      expect(outbox.bytes()).toBeLessThanOrEqual(COALESCE_BYTES);
    }
    expect(overflows).toEqual([]);
    socket.taken = 1;
    outbox.drain();
    expect(offsets("p/state").at(-1)).toEqual(["snapshot", 501]);
    hub.state("p/state", big(501, 1));
    expect(offsets("p/state").at(-1)?.[1]).toBe(502);
    expect(offsets("p/state").map(([, offset]) => offset)).toEqual([1, 2, 501, 502]);
  });

  test("events past 1 MiB give the reader up and tell where it stands", () => {
    const { hub, socket, outbox, overflows } = house();
    hub.event("p/event", "seen");
    socket.taken = -1;
    hub.event("p/event", "taken by the socket");
    for (let n = 0; n < 70; n += 1) hub.event("p/event", big(n, 20));
    expect(overflows).toEqual([{ channel: "p/event", position: { epoch: "e1", offset: 2 } }]);
    expect(outbox.bytes()).toBe(0);
    expect(OUTBOX_BYTES).toBe(1024 * 1024);
  });

  test("what waits for a closed subscription is forgotten", () => {
    const { hub, socket, outbox, offsets } = house();
    socket.taken = -1;
    hub.event("p/event", 1);
    hub.event("p/event", 2);
    outbox.forget("s2");
    socket.taken = 1;
    outbox.drain();
    expect(offsets("p/event")).toEqual([["event", 1]]);
  });
});
