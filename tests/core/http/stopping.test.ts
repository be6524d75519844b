// Stopping is never refused for rate: not for answers under way, running requests, a flooded socket or a flooding token.
import { expect, test } from "bun:test";
import type { CoreFaces } from "../../../core/http/faces.ts";
import { createSocketMethods } from "../../../core/http/socket-methods.ts";
import { createOutbox } from "../../../core/live/outbox.ts";
import { until } from "../../support/until.ts";
import { connect } from "./support/client.ts";
import { ADMIN, createHouse, fakeCore } from "./support/house.ts";

const never = new Promise<never>(() => undefined);
const who = { caller: { kind: "operator", id: "admin", scope: "admin", tainted: false }, via: "socket" } as const;

/** A socket whose answers never end, and whose tools never do. */
const stuck = async () => {
  const house = await createHouse();
  const said: string[] = [];
  const core: CoreFaces = {
    ...fakeCore([]),
    chat: ({ text }) => {
      said.push(text);
      return { conversation: "c", message: `m${said.length}`, done: never, stop: () => undefined };
    },
  };
  const answers: unknown[] = [];
  const methods = createSocketMethods({
    hub: house.hub,
    core,
    dispatcher: { authorise: async () => undefined, dispatch: async (name) => (name === "kill" ? { killed: true } : never) },
    outbox: createOutbox({ write: (frame) => frame.length, snapshot: house.hub.snapshot, overflow: () => undefined, full: () => undefined }),
    reply: (_request, result) => void answers.push(result),
  });
  const ask = (method: string, params: unknown = {}) => methods.serve({ jsonrpc: "2.0", id: 1, method, params }, who);
  return { house, said, answers, ask };
};

test("everything is held by words though as many answers are under way as may be", async () => {
  const { house, said, ask } = await stuck();
  for (let n = 0; n < 4; n += 1) await ask("chat.send", { text: `restart ${n}` });
  await expect(ask("chat.send", { text: "restart 5" })).rejects.toMatchObject({ type: "rate" });
  for (const words of ["hold everything", "Stop everything!", "halte alles an"]) await ask("chat.send", { text: words });
  expect(said.slice(4)).toEqual(["hold everything", "Stop everything!", "halte alles an"]);
  await house.close();
});

test("the kill switch is heard though as many requests run as may", async () => {
  const { house, answers, ask } = await stuck();
  for (let n = 0; n < 64; n += 1) void ask("tools.call", { name: "x" });
  await expect(ask("tools.list")).rejects.toMatchObject({ type: "rate" });
  await ask("kill");
  await ask("chat.stop");
  expect(answers).toEqual([{ killed: true }, { stopped: false }]);
  await house.close();
});

test("and over a socket that is being refused for its rate", async () => {
  const slow = await createHouse({ rate: 0.01 });
  const client = await connect(slow.host, { token: ADMIN });
  const frame = JSON.stringify({ jsonrpc: "2.0", id: "flood", method: "time.sync" });
  for (let n = 0; n < 1050; n += 1) client.raw(frame);
  await until(() => client.messages.some(({ error }) => error?.code === -32029), { what: "a refusal" });
  expect((await client.request("kill")).result).toMatchObject({ killed: true });
  expect((await client.request("chat.send", { text: "hold everything" })).result).toMatchObject({ message: "m1" });
  expect((await client.request("chat.send", { text: "how are things" })).error?.code).toBe(-32029);
  client.close();
  await slow.close();
});

test("and by a token that has asked too often; a wrong one stops nothing", async () => {
  const slow = await createHouse({ rate: 0.01 });
  const { token } = slow.tokens.create("loud", "operate");
  const flood = () => fetch(`${slow.url}/readyz`, { headers: { authorization: `Bearer ${token}` } });
  for (let n = 0; n < 22; n += 1) await Promise.all(Array.from({ length: 50 }, flood));
  const ask = async (method: string, params: unknown, bearer = token) =>
    fetch(`${slow.url}/api/v1/rpc`, { method: "POST", headers: { authorization: `Bearer ${bearer}` }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  expect((await ask("time.sync", {})).status).toBe(429);
  expect(await (await ask("kill", { reason: "enough" })).json()).toMatchObject({ result: { killed: true } });
  expect(await (await ask("chat.send", { text: "hold everything" })).json()).toMatchObject({ result: { text: "you said hold everything" } });
  for (let n = 0; n < 10; n += 1) await Promise.all(Array.from({ length: 50 }, flood));
  expect((await ask("kill", {}, "jrv_wrong")).status).toBe(401);
  await slow.close();
});

test("nor is an MCP client's wish to hold everything, and only that", async () => {
  const slow = await createHouse({ rate: 0.01 });
  const { token } = slow.tokens.create("loud", "operate");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let n = 0; n < 22; n += 1) await Promise.all(Array.from({ length: 50 }, () => fetch(`${slow.url}/readyz`, { headers })));
  const wish = async (name: string) =>
    (await fetch(`${slow.url}/mcp`, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } }) })).status;
  expect(await wish("fixture_lamp_set")).toBe(429);
  expect(await wish("jarvis_kill")).not.toBe(429);
  await slow.close();
});
