// The pure judgements of the plugin: how a container came to stop, what is wrong now, whether an act had its effect, what is hidden, how streams are cut.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ContainerEvent } from "../../../plugins/docker/engine/events.ts";
import { createEventBook, readEvent, sinceOf } from "../../../plugins/docker/engine/events.ts";
import { createLines } from "../../../plugins/docker/engine/lines.ts";
import { demultiplexed } from "../../../plugins/docker/engine/logs.ts";
import { Inspect } from "../../../plugins/docker/engine/shapes.ts";
import { alertsOf } from "../../../plugins/docker/monitor/derive.ts";
import { withoutSecrets } from "../../../plugins/docker/monitor/scene.ts";
import type { Container, State } from "../../../plugins/docker/monitor/state.ts";
import { stopOf } from "../../../plugins/docker/monitor/stop.ts";
import { traceOf, verdictOf } from "../../../plugins/docker/tools/proof.ts";

const ENDED = "2026-03-01T10:00:00.5Z";
const STARTED = "2026-03-01T09:00:00Z";
const ended = (state: object = {}, config: object = {}) =>
  Inspect.parse({
    Id: "a".repeat(64),
    Name: "/web",
    State: { Status: "exited", Running: false, ExitCode: 0, StartedAt: STARTED, FinishedAt: ENDED, ...state },
    Config: config,
  });
const event = (action: string, at: string, more: Partial<ContainerEvent> = {}): ContainerEvent => ({
  host: "mgmt",
  id: "a".repeat(64),
  name: "web",
  action,
  at,
  nano: `${Date.parse(at)}000000`,
  ...more,
});
const die = event("die", ENDED);

describe("how a container came to stop", () => {
  test("a stop event is proof that it was asked for, whatever the exit code", () => {
    const events = [event("kill", "2026-03-01T09:59:59Z", { signal: 15 }), die, event("stop", "2026-03-01T10:00:00.6Z")];
    expect(stopOf(ended({ ExitCode: 1 }), events, true)).toMatchObject({ kind: "asked", asked: { by: "stop", signal: 15 } });
  });
  test("a signal that ends it is proof too, a reload is not", () => {
    expect(stopOf(ended({ ExitCode: 137 }), [event("kill", "2026-03-01T10:00:00Z", { signal: 9 }), die], true)).toMatchObject({ kind: "asked", asked: { by: "signal" } });
    expect(stopOf(ended({ ExitCode: 1 }), [event("kill", "2026-03-01T10:00:00Z", { signal: 1 }), die], true).kind).toBe("crash");
  });
  test("the image's own stop signal counts as one", () => {
    const events = [event("kill", "2026-03-01T10:00:00Z", { signal: 28 }), die];
    expect(stopOf(ended({}, { StopSignal: "SIGWINCH" }), events, true).kind).toBe("asked");
    expect(stopOf(ended({ ExitCode: 2 }), events, true).kind).toBe("crash");
  });
  test("a stop of an earlier life proves nothing about this one", () => {
    const events = [
      event("kill", "2026-03-01T09:59:50Z", { signal: 15 }),
      event("die", "2026-03-01T09:59:51Z"),
      event("stop", "2026-03-01T09:59:51Z"),
      event("start", "2026-03-01T09:59:52Z"),
      die,
    ];
    expect(stopOf(ended({ ExitCode: 1 }), events, true).kind).toBe("crash");
  });
  test("killed for memory is oom", () => {
    expect(stopOf(ended({ ExitCode: 137, OOMKilled: true }), [event("oom", ENDED), die], true).kind).toBe("oom");
  });
  test("without covering events the codes 0, 137 and 143 are unknown, any other is a crash", () => {
    for (const ExitCode of [0, 137, 143]) expect(stopOf(ended({ ExitCode }), [], false).kind).toBe("unknown");
    for (const ExitCode of [1, 2, 127, 139, 255]) expect(stopOf(ended({ ExitCode }), [], false).kind).toBe("crash");
  });
  test("a clean exit by itself stays unknown even with all events at hand", () => {
    expect(stopOf(ended(), [die], true).kind).toBe("unknown");
  });
  test("what runs was not stopped", () => {
    expect(stopOf(ended({ Status: "running", Running: true }), [], true).kind).toBe("none");
  });
});

const container = (more: Partial<Container> = {}): Container => ({
  resource: "container/mgmt/web",
  id: "a",
  name: "web",
  host: "mgmt",
  image: "web:1",
  state: "running",
  status: "up",
  unhealthyReadings: 0,
  oomKilled: false,
  restartCount: 0,
  restartPolicy: "no",
  stopAsked: false,
  looping: false,
  ...more,
});
const stateWith = (more: Partial<Container>): State => ({ hosts: { mgmt: { reachable: true } }, containers: { "mgmt/web": container(more) } });
const keysOf = (more: Partial<Container>, open: Parameters<typeof alertsOf>[1]["open"] = []) => alertsOf(stateWith(more), { open }).map((alert) => alert.key);
const down = { state: "exited", status: "down" } as const;
const openAlert = (key: string) => [{ key, resource: "container/mgmt/web", severity: "critical" as const, title: "" }];

describe("what is wrong now", () => {
  test("a bad end, or any end against the policy, is a death; a job that is done is not", () => {
    expect(keysOf({ ...down, exitCode: 1 })).toEqual(["container-died"]);
    expect(keysOf({ ...down, exitCode: 0, restartPolicy: "unless-stopped" })).toEqual(["container-died"]);
    expect(keysOf({ ...down, exitCode: 0 })).toEqual([]);
    expect(keysOf({ ...down, exitCode: 0, stopAsked: true })).toEqual(["container-died"]);
    expect(keysOf({ state: "created", status: "down", exitCode: 0 })).toEqual([]);
  });
  test("one that comes back by itself is not dead before Docker gives up", () => {
    expect(keysOf({ state: "restarting", status: "down", exitCode: 1 })).toEqual([]);
    expect(keysOf({ state: "restarting", status: "down", exitCode: 1 }, openAlert("container-died"))).toEqual(["container-died"]);
  });
  test("one bad reading with a short streak is no alert, two are", () => {
    expect(keysOf({ health: "unhealthy", failingStreak: 1, unhealthyReadings: 1 })).toEqual([]);
    expect(keysOf({ health: "unhealthy", failingStreak: 1, unhealthyReadings: 2 })).toEqual(["container-unhealthy"]);
    expect(keysOf({ health: "unhealthy", failingStreak: 3, unhealthyReadings: 1 })).toEqual(["container-unhealthy"]);
  });
  test("an open alert lasts through starting and ends with healthy", () => {
    expect(keysOf({ health: "starting" }, openAlert("container-unhealthy"))).toEqual(["container-unhealthy"]);
    expect(keysOf({ health: "healthy" }, openAlert("container-unhealthy"))).toEqual([]);
  });
  test("an engine that cannot be read opens nothing and closes nothing", () => {
    expect(keysOf({ ...down, status: "unknown", exitCode: 1 })).toEqual([]);
    expect(keysOf({ status: "unknown" }, openAlert("container-died"))).toEqual(["container-died"]);
  });
  test("one that keeps dying while Docker restarts it is looping", () => {
    expect(keysOf({ looping: true, restartCount: 5 })).toEqual(["container-looping"]);
  });
});

describe("whether an act had its effect", () => {
  const before = { startedAt: STARTED, same: false };
  const running = (state: object = {}, config: object = {}) => ended({ Status: "running", Running: true, StartedAt: "2026-03-01T10:01:00Z", ...state }, config);
  test("a process that is the old one, restarting, or unhealthy is no success", () => {
    expect(verdictOf("restart", running(), before, undefined).ok).toBe(true);
    expect(verdictOf("restart", running({ StartedAt: STARTED }), before, undefined).ok).toBe(false);
    expect(verdictOf("restart", running({ Restarting: true }), before, undefined).ok).toBe(false);
    expect(verdictOf("restart", running({ Health: { Status: "unhealthy" } }), before, undefined).ok).toBe(false);
  });
  test("a new process that has ended too, and that Docker does not bring back, is the end of it", () => {
    const again = (state: object, policy: string) => {
      const seen = ended({ StartedAt: "2026-03-01T10:01:00Z", FinishedAt: "2026-03-01T10:01:01Z", ExitCode: 3, ...state });
      return verdictOf("start", { ...seen, HostConfig: { ...seen.HostConfig, RestartPolicy: { Name: policy, MaximumRetryCount: 0 } } }, before, undefined);
    };
    expect(again({}, "no")).toMatchObject({ ok: false, final: true, words: "It started and is exited again (exit code 3); its restart policy does not bring it back." });
    expect(again({ Error: "boom" }, "")).toMatchObject({ final: true });
    expect(again({ ExitCode: 0 }, "on-failure")).toMatchObject({ final: true });
    for (const policy of ["always", "unless-stopped", "on-failure"]) expect(again({}, policy).final).toBeUndefined();
    expect(again({ Restarting: true, Status: "restarting" }, "no").final).toBeUndefined();
    expect(again({ StartedAt: STARTED }, "no").final).toBeUndefined();
    expect(verdictOf("stop", running(), before, undefined).final).toBeUndefined();
  });
  test("a first health check that is far off is not waited for", () => {
    const Healthcheck = { Interval: 600e9 };
    expect(verdictOf("start", running({ Health: { Status: "starting" } }), before, undefined).ok).toBe(false);
    expect(verdictOf("start", running({ Health: { Status: "starting" } }, { Healthcheck }), before, undefined).ok).toBe(true);
  });
  test("unchanged facts prove absence only after the grace and a late reply's time", () => {
    const noted = { id: "a", startedAt: STARTED, finishedAt: ENDED };
    expect(traceOf("start", ended(), noted, 10_000, 10).found).toBe("unclear");
    expect(traceOf("start", ended(), noted, 25_000, 10).found).toBe("absence");
    expect(traceOf("start", ended(), noted, undefined, 10).found).toBe("unclear");
    expect(traceOf("restart", ended({ FinishedAt: "2026-03-01T11:00:00Z" }), noted, 60_000, 10).found).toBe("unclear");
  });
});

describe("what comes in pieces", () => {
  test("lines are the same whatever pieces they came in", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 })), fc.array(fc.integer({ min: 1, max: 9 })), (words, sizes) => {
        const wanted = words.map((word) => word.replaceAll("\n", " ").trim()).filter((word) => word !== "");
        const bytes = new TextEncoder().encode(wanted.map((word) => `${word}\n`).join(""));
        const lines = createLines();
        const got: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % Math.max(1, sizes.length)] ?? 3;
          got.push(...lines.push(bytes.slice(at, at + size)));
          at += size;
        }
        expect(got).toEqual(wanted);
      }),
    );
  });
  test("a line without end is dropped whole, and the next one is read", () => {
    const lines = createLines();
    for (let turn = 0; turn < 6; turn += 1) expect(lines.push(new Uint8Array(60_000).fill(65))).toEqual([]);
    expect(lines.push(new TextEncoder().encode("tail\nnext\n"))).toEqual(["next"]);
  });
  test("frames are told apart by stream, a cut one gives what there is, and what is no frame is refused", () => {
    const frame = (stream: number, text: string) => [stream, 0, 0, 0, 0, 0, 0, text.length, ...new TextEncoder().encode(text)];
    const texts = (bytes: number[]) => demultiplexed(new Uint8Array(bytes))?.map((one) => [one.stream, new TextDecoder().decode(one.bytes)]);
    expect(texts([...frame(1, "a\n"), ...frame(2, "b\n")])).toEqual([
      ["out", "a\n"],
      ["err", "b\n"],
    ]);
    expect(texts(frame(1, "abc").slice(0, -1))).toEqual([["out", "ab"]]);
    expect(texts([...new TextEncoder().encode("plain text, no frame")])).toBeUndefined();
  });
});

describe("events", () => {
  const line = '{"Type":"container","Action":"die","Actor":{"ID":"abc","Attributes":{"name":"web","exitCode":"137"}},"time":1767225600,"timeNano":1767225600123456789}';
  test("the nanoseconds survive reading and asking again", () => {
    const read = readEvent(line, "mgmt");
    expect(read).toMatchObject({ name: "web", action: "die", exitCode: 137, nano: "1767225600123456789", at: "2026-01-01T00:00:00.123Z" });
    expect(read && sinceOf(read)).toBe("1767225600.123456789");
    expect(readEvent("{broken", "mgmt")).toBeUndefined();
    expect(readEvent('{"Type":"network","Action":"connect","Actor":{"ID":"x"},"time":1}', "mgmt")).toBeUndefined();
  });
  test("a resumed stream covers the gap only when its last known event comes again", () => {
    const book = createEventBook();
    book.begins(1_000);
    expect(book.note(die)).toBe(true);
    book.ends();
    expect(book.coveredSinceMs()).toBeUndefined();
    book.begins(9_000);
    expect(book.coveredSinceMs()).toBe(9_000);
    expect(book.note(die)).toBe(false);
    expect(book.coveredSinceMs()).toBe(1_000);
  });
});

test("secrets are hidden in environment, labels, commands and addresses, and the rest is left", () => {
  const hidden = JSON.stringify(
    withoutSecrets({
      Config: { Env: ["A=one", "PASSWORD=two"], Labels: { "app.token": "three", role: "web" }, Cmd: ["serve", "--api-key", "four", "--db=postgres://u:five@db/x", "password=six"] },
    }),
  );
  for (const word of ["one", "two", "three", "four", "five", "six"]) expect(hidden).not.toContain(word);
  for (const word of ["PASSWORD", "serve", "web", "postgres"]) expect(hidden).toContain(word);
});
