// The hub: offsets, snapshots, exact resume, patterns and channels born later.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { Operation, patched } from "../../../core/contract/patch.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { createHub } from "../../../core/live/hub.ts";
import type { Publication } from "../../../core/live/publication.ts";

const make = (clock = createClock()) => createHub({ clock, epoch: "e1" });
const listen = (hub: ReturnType<typeof make>, name: string, since?: Parameters<typeof hub.subscribe>[1]) => {
  const got: Publication[] = [];
  const subscribed = hub.subscribe(name, since, (made) => got.push(made));
  subscribed.start();
  return { got, ...subscribed };
};

describe("the hub", () => {
  test("a state channel begins with a snapshot, then patches follow offset by offset", () => {
    const hub = make();
    hub.declare("p/m", { kind: "state", title: "M" });
    const { got, answer } = listen(hub, "p/m");
    expect(answer).toEqual({ epoch: "e1", offset: 0, recovered: false });
    for (const count of [1, 2, 2, 3]) hub.state("p/m", { count });
    expect(got.map(({ type, offset }) => [type, offset])).toEqual([
      ["snapshot", 1],
      ["patch", 2],
      ["patch", 3],
    ]);
    const value = got.slice(1).reduce<unknown>((now, { data }) => patched(now, z.array(Operation).parse(data)), got[0]?.data);
    expect(value).toEqual({ count: 3 });
  });

  test("nothing is published when the operations are empty", () => {
    const hub = make();
    hub.declare("p/m", { kind: "state", title: "M" });
    hub.state("p/m", { a: 1 });
    hub.state("p/m", { a: 1 }, []);
    expect(hub.position("p/m")).toEqual({ epoch: "e1", offset: 1 });
  });

  test("a patch longer than the value itself goes out as a snapshot", () => {
    const hub = make();
    hub.declare("p/m", { kind: "state", title: "M" });
    hub.state("p/m", Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n])));
    const { got } = listen(hub, "p/m");
    hub.state("p/m", Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n + 1])));
    expect(got.map(({ type, offset }) => [type, offset])).toEqual([["snapshot", 2]]);
  });

  test("since resumes exactly: the answer stands where the reader stood and the missed ones follow", () => {
    const hub = make();
    hub.declare("p/m", { kind: "state", title: "M" });
    for (let n = 0; n < 10; n += 1) hub.state("p/m", { n });
    const { answer, got } = listen(hub, "p/m", { epoch: "e1", offset: 7 });
    expect(answer).toEqual({ epoch: "e1", offset: 7, recovered: true });
    expect(got.map(({ offset }) => offset)).toEqual([8, 9, 10]);
  });

  test("another epoch, a future offset or a lost one is honestly not recovered and brings a snapshot", () => {
    const hub = make();
    hub.declare("p/m", { kind: "state", title: "M" });
    for (let n = 0; n < 400; n += 1) hub.state("p/m", { n });
    for (const since of [
      { epoch: "e0", offset: 399 },
      { epoch: "e1", offset: 401 },
      { epoch: "e1", offset: 100 },
    ])
      expect(listen(hub, "p/m", since).answer).toEqual({ epoch: "e1", offset: 400, recovered: false, snapshot: { n: 399 } });
    expect(listen(hub, "p/m", { epoch: "e1", offset: 144 }).answer).toMatchObject({ recovered: true });
  });

  test("event channels keep the last 1000 publications", () => {
    const hub = make();
    hub.declare("p/e", { kind: "event", title: "E" });
    for (let n = 1; n <= 1500; n += 1) hub.event("p/e", n);
    expect(listen(hub, "p/e", { epoch: "e1", offset: 500 }).got).toHaveLength(1000);
    expect(listen(hub, "p/e", { epoch: "e1", offset: 499 }).answer).toMatchObject({ recovered: false, offset: 1500 });
  });

  test("event channels forget after 15 minutes", () => {
    let nowMs = 0;
    const hub = make({ ...createClock(), now: () => nowMs });
    hub.declare("p/e", { kind: "event", title: "E" });
    hub.event("p/e", "old");
    nowMs = 14 * 60_000;
    hub.event("p/e", "new");
    expect(listen(hub, "p/e", { epoch: "e1", offset: 0 }).got.map(({ data }) => data)).toEqual(["old", "new"]);
    nowMs = 16 * 60_000;
    expect(listen(hub, "p/e", { epoch: "e1", offset: 0 }).answer).toMatchObject({ recovered: false, snapshot: ["new"] });
  });

  test("a pattern answers every channel that fits and takes in those born later, from a snapshot", () => {
    const hub = make();
    hub.declare("p/a", { kind: "state", title: "A" });
    hub.declare("q/a", { kind: "state", title: "other" });
    hub.state("p/a", 1);
    const { answer, got } = listen(hub, "p/**", { "p/a": { epoch: "e1", offset: 1 } });
    expect(answer).toEqual({ channels: { "p/a": { epoch: "e1", offset: 1, recovered: true } } });
    hub.declare("p/b/c", { kind: "state", title: "B" });
    hub.state("p/b/c", { born: true });
    hub.state("p/b/c", { born: "yes" });
    hub.declare("p/e", { kind: "event", title: "E" });
    hub.event("p/e", 1);
    hub.state("q/a", 1);
    expect(got.map(({ channel, type, offset }) => [channel, type, offset])).toEqual([
      ["p/b/c", "snapshot", 1],
      ["p/b/c", "patch", 2],
      ["p/e", "snapshot", 0],
      ["p/e", "event", 1],
    ]);
  });

  test("a channel that went away and came back goes on counting, so nobody is told recovered falsely", () => {
    const hub = make();
    const undeclare = hub.declare("p/m", { kind: "state", title: "M" });
    for (let n = 0; n < 5; n += 1) hub.state("p/m", n);
    const { got } = listen(hub, "p/*");
    undeclare();
    expect(hub.list()).toEqual([]);
    hub.declare("p/m", { kind: "state", title: "M" });
    hub.state("p/m", "again");
    expect(got.map(({ type, offset, data }) => [type, offset, data])).toEqual([["snapshot", 6, "again"]]);
    expect(listen(hub, "p/m", { epoch: "e1", offset: 3 }).answer).toMatchObject({ recovered: false });
  });

  test("publications between the answer and start wait and lose nothing", () => {
    const hub = make();
    hub.declare("p/e", { kind: "event", title: "E" });
    hub.event("p/e", 1);
    const got: number[] = [];
    const { start } = hub.subscribe("p/e", { epoch: "e1", offset: 0 }, ({ offset }) => got.push(offset));
    hub.event("p/e", 2);
    expect(got).toEqual([]);
    start();
    hub.event("p/e", 3);
    expect(got).toEqual([1, 2, 3]);
  });

  test("watchers are counted, and closing ends delivery", () => {
    const hub = make();
    hub.declare("p/e", { kind: "event", title: "E" });
    const counts: [string, number][] = [];
    hub.onWatch((channel, count) => counts.push([channel, count]));
    const { got, close } = listen(hub, "p/e");
    close();
    hub.event("p/e", 1);
    expect(got).toEqual([]);
    expect(counts).toEqual([
      ["p/e", 1],
      ["p/e", 0],
    ]);
  });

  test("a publication is serialised once however many read it", () => {
    const hub = make();
    hub.declare("p/e", { kind: "event", title: "E" });
    for (let n = 0; n < 50; n += 1) listen(hub, "p/e");
    let serialised = 0;
    hub.event("p/e", { toJSON: () => (serialised += 1) });
    expect(serialised).toBe(1);
  });

  test("frames of equal subscription ids are the same string, others differ in the id alone", () => {
    const hub = make();
    hub.declare("p/e", { kind: "event", title: "E" });
    const { got } = listen(hub, "p/e");
    hub.event("p/e", { words: 'a "quoted" line' });
    const frame = got[0]?.frame("s1") ?? "";
    expect(JSON.parse(frame)).toEqual({
      jsonrpc: "2.0",
      method: "channel.event",
      params: { subscription: "s1", channel: "p/e", epoch: "e1", offset: 1, time: got[0]?.time, type: "event", data: { words: 'a "quoted" line' } },
    });
    expect(got[0]?.frame("s2")).toBe(frame.replace('"s1"', '"s2"'));
  });

  test("unknown channels, no names, second declarations and undeclared publishing are refused", () => {
    const hub = make();
    expect(() => listen(hub, "p/none")).toThrow("There is no channel p/none.");
    expect(() => listen(hub, "p/../x y")).toThrow("neither a channel nor a pattern");
    hub.declare("p/m", { kind: "state", title: "M" });
    expect(() => hub.declare("p/m", { kind: "state", title: "M" })).toThrow("declared already");
    expect(() => hub.event("p/m", 1)).toThrow("no declared event channel");
    expect(() => hub.declare("Not a name", { kind: "state", title: "" })).toThrow("no channel name");
  });

  test("a mistyped channel is answered with the nearest one the reader may see", () => {
    const hub = make();
    hub.declare("core/feed", { kind: "event", title: "F" });
    hub.declare("core/feeds", { kind: "event", title: "F" });
    const words = (name: string, allowed: (channel: string) => boolean): string => {
      try {
        hub.subscribe(name, undefined, () => undefined, allowed);
        return "";
      } catch (thrown) {
        return String(thrown);
      }
    };
    expect(words("core/fed", () => true)).toContain("There is no channel core/fed. Did you mean core/feed?");
    expect(words("core/fed", (channel) => channel !== "core/feed")).toContain("Did you mean core/feeds?");
    expect(words("core/fed", () => false)).toEndWith("There is no channel core/fed.");
    expect(words("Core/Feed", () => true)).toContain("There is no channel Core/Feed. Did you mean core/feed?");
    expect(words("core feed", () => true)).toContain("such as core/feed or core/*. Did you mean core/feed?");
  });

  test("a reader that may not see a channel gets nothing of it, born early or late", () => {
    const hub = make();
    hub.declare("p/open", { kind: "event", title: "O" });
    hub.declare("p/shut", { kind: "event", title: "S" });
    const got: string[] = [];
    const subscribed = hub.subscribe(
      "p/**",
      undefined,
      ({ channel }) => got.push(channel),
      (channel) => !channel.includes("shut"),
    );
    subscribed.start();
    hub.declare("p/shut2", { kind: "event", title: "S" });
    for (const channel of ["p/open", "p/shut", "p/shut2"]) hub.event(channel, 1);
    expect(got).toEqual(["p/open"]);
    expect(Object.keys("channels" in subscribed.answer ? subscribed.answer.channels : {})).toEqual(["p/open"]);
  });
});
