// The kill switch at `all` and what plugins hold open: streams and kept connections go at once and none is opened until the release; single reads go on.
import { afterEach, expect, test } from "bun:test";
import { createSessions } from "../../../core/app/sessions.ts";
import type { KillLevel } from "../../../core/contract/wire.ts";
import type { SwitchView } from "../../../core/tools/switches.ts";
import { testContext } from "../../support/context.ts";
import { until } from "../../support/until.ts";
import { answer, failure, plain, type Raw } from "../host/servers.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** The switch alone: what is told, and to whom. */
const switchesOf = () => {
  let view: SwitchView = { mode: "act", killed: false, maintenance: false };
  const listeners = new Set<(now: SwitchView) => void>();
  return {
    view: () => view,
    on: (listener: (now: SwitchView) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set: (killLevel: KillLevel | undefined) => {
      view = { mode: "act", killed: killLevel !== undefined, maintenance: false, ...(killLevel === undefined ? {} : { killLevel }) };
      for (const listener of listeners) listener(view);
    },
  };
};

const house = async () => {
  const closed: string[] = [];
  const server: Raw = await plain((socket, request) => {
    socket.on("close", () => void closed.push(request.slice(0, 9)));
    if (request.startsWith("GET /feed")) socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    else if (!request.startsWith("POST")) socket.write(answer());
    else until(() => closed.includes("GET /feed"), { what: "the stream's end" }).then(() => socket.write(answer("200 OK", "done")));
  });
  const switches = switchesOf();
  const context = testContext({ config: {}, sessions: createSessions({ switches, log: () => undefined }) });
  stops.push(
    () => context.stop(),
    () => server.stop(),
  );
  return { switches, bare: context.bare, closed, server, url: `http://127.0.0.1:${server.port}` };
};

test("an open stream ends with the switch's words, and a connection kept for reads is closed", async () => {
  const { switches, bare, closed, url } = await house();
  await bare.fetch(`${url}/x`);
  const stream = await bare.open(`${url}/feed`);
  expect(await bare.next(stream.id)).toMatchObject({ done: false });
  const waiting = failure(bare.next(stream.id));
  switches.set("all");
  expect(await waiting).toMatchObject({ type: "unavailable", message: expect.stringContaining("kill switch is engaged (all)") });
  await until(() => closed.length === 2, { what: "both connections closed" });
});

test("none is opened until the release, and single reads go on", async () => {
  const { switches, bare, url } = await house();
  switches.set("all");
  expect(await failure(bare.open(`${url}/feed`))).toMatchObject({ type: "unavailable" });
  expect((await bare.fetch(`${url}/x`)).body).toBe("ok");
  switches.set(undefined);
  expect((await bare.open(`${url}/feed`)).status).toBe(200);
});

test("the lighter levels close nothing", async () => {
  const { switches, bare, url } = await house();
  const stream = await bare.open(`${url}/feed`);
  for (const level of ["pause", "effects"] as const) switches.set(level);
  expect(await bare.next(stream.id)).toMatchObject({ done: false });
});

test("an act on its way is not cut: half done would be worse", async () => {
  const { switches, bare, server, url } = await house();
  await bare.open(`${url}/feed`);
  const act = bare.fetch(`${url}/act`, { method: "POST", body: "go" });
  await until(() => server.received.some((text) => text.startsWith("POST")), { what: "the request" });
  switches.set("all");
  expect((await act).body).toBe("done");
});
