// Which endpoint is asked: the owner's first as long as it stands well, the next when it does not, and back; an act only where it cannot have been sent before.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { JarvisError } from "../../../../core/contract/error.ts";
import { type fakeApi as FakeApi, fakeApi } from "../fake-api.ts";
import { failure } from "./failure.ts";

type Reply = ReturnType<Parameters<typeof FakeApi>[0]>;
const Any = z.unknown();
const UPID = "UPID:pve:00004686:0005B477:6A4A8EEF:qmstart:101:jarvis@pve!operate:";
const MINUTE = 60_000;

/** Two endpoints, each with what it answers now; `1` is the owner's first. */
const two = () => {
  const now: Record<string, Reply | (() => never)> = { "1": { body: { data: UPID } }, "2": { body: { data: UPID } } };
  const nameOf = (origin: string): string => origin.slice(-6, -5);
  const api = fakeApi(({ origin }) => {
    const reply = now[nameOf(origin)] ?? {};
    return typeof reply === "function" ? reply() : reply;
  });
  const served = (): string => {
    const names = api.asked.map((one) => nameOf(one.origin)).join("");
    api.asked.length = 0;
    return names;
  };
  return { ...api, now, served };
};

const dead = (): never => {
  throw new JarvisError("upstream_refused", { message: "refused", data: { sent: false }, cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) });
};
const reset: Reply = { fails: "upstream_refused" };
const silent: Reply = { fails: "upstream_timeout" };
const well: Reply = { body: { data: UPID } };

describe("a read", () => {
  test("goes to the next at once when nothing listens, and back to the first after a minute", async () => {
    const { ctx, client, now, served, forward } = two();
    now["1"] = dead;
    await client.get(ctx, "/version", Any);
    await client.get(ctx, "/version", Any);
    expect(served()).toBe("122");
    now["1"] = well;
    forward(MINUTE);
    await client.get(ctx, "/version", Any);
    await client.get(ctx, "/version", Any);
    expect(served()).toBe("11");
  });

  test("of a node that does not answer speaks against no endpoint; of the cluster it does", async () => {
    const { ctx, client, now } = two();
    now["1"] = silent;
    expect((await failure(client.get(ctx, "/nodes/pve/services", Any))).type).toBe("upstream_timeout");
    expect(client.health()[0]?.standing).toBe("untried");
    await failure(client.get(ctx, "/cluster/resources", Any));
    expect(client.health()[0]?.standing).toBe("slow");
  });

  test("goes elsewhere when the asked one has lost the cluster's files, and says so of the endpoint", async () => {
    const { ctx, client, now, served } = two();
    now["1"] = { status: 500, statusText: "RPCEnvironment init request failed: Unable to load access control list: Connection refused", body: { data: null } };
    expect(await client.get(ctx, "/cluster/resources", Any)).toBe(UPID);
    expect(await client.get(ctx, "/cluster/resources", Any)).toBe(UPID);
    expect(served()).toBe("122");
    expect(client.health()[0]).toMatchObject({ standing: "broken", words: expect.stringContaining("access control list") });
  });

  test("about a node that has lost them is asked at one other, and speaks against no endpoint", async () => {
    const { ctx, client, now, served } = two();
    const lost: Reply = { status: 500, statusText: "RPCEnvironment init request failed: Unable to load access control list: Connection refused", body: { data: null } };
    Object.assign(now, { "1": lost, "2": lost });
    expect((await failure(client.get(ctx, "/nodes/pve/status", Any))).message).toContain("Unable to load access control list");
    expect(served()).toBe("12");
    expect(client.health().map(({ standing }) => standing)).toEqual(["well", "well"]);
  });

  test("tries the first again ever more rarely, at most every ten minutes, and loses nothing by it", async () => {
    const { ctx, client, now, served, forward } = two();
    now["1"] = silent;
    await failure(client.get(ctx, "/version", Any));
    for (let minute = 0; minute < 60; minute += 1) {
      forward(MINUTE);
      expect(await client.get(ctx, "/version", Any)).toBe(UPID);
    }
    const tries = served().split("1").length - 1;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(12);
  });

  test("of an endpoint that answers with a page goes to the next", async () => {
    const { ctx, client, now, served } = two();
    now["1"] = { raw: "<html><title>Welcome to nginx!</title></html>" };
    expect(await client.get(ctx, "/version", Any)).toBe(UPID);
    expect(served()).toBe("12");
    expect(client.health()[0]).toMatchObject({ standing: "broken", words: expect.stringContaining('titled "Welcome to nginx!"') });
  });

  test("that fails everywhere says so with the last failure, and still asks next time", async () => {
    const { ctx, client, now, served } = two();
    Object.assign(now, { "1": dead, "2": dead });
    expect((await failure(client.get(ctx, "/version", Any))).message).toContain("Nothing listens at https://10.0.0.2:8006");
    await failure(client.get(ctx, "/version", Any));
    expect(served().length).toBe(4);
  });

  test("of a node behind a living endpoint does not blame the endpoint", async () => {
    const { ctx, client, now, served } = two();
    Object.assign(now, { "1": { status: 595, statusText: "No route to host", raw: "" }, "2": { status: 595, statusText: "No route to host", raw: "" } });
    const error = await failure(client.get(ctx, "/nodes/agent1/status", Any));
    expect([error.type, error.message, error.details.data?.node]).toEqual([
      "upstream_refused",
      "agent1 cannot be reached from https://10.0.0.2:8006, which itself answers (No route to host), at GET /nodes/agent1/status.",
      "agent1",
    ]);
    expect(client.health().map(({ standing }) => standing)).toEqual(["well", "well"]);
    now["1"] = well;
    await client.get(ctx, "/version", Any);
    expect(served()).toBe("121");
  });

  test("that timed out behind a living endpoint is not blamed on it either", async () => {
    const { ctx, client, now } = two();
    now["1"] = { status: 596, statusText: "Connection timed out", raw: "" };
    expect((await failure(client.get(ctx, "/nodes/agent1/qemu", Any))).message).toContain("agent1 did not answer https://10.0.0.1:8006 in time");
    expect(client.health()[0]?.standing).toBe("well");
  });
});

describe("an act", () => {
  test("goes to another endpoint when not a byte of it was sent", async () => {
    const { ctx, client, now, served } = two();
    now["1"] = dead;
    expect(await client.post(ctx, "/x")).toBe(UPID);
    expect(served()).toBe("12");
  });

  test("is sent once when it may have arrived, whatever became of it", async () => {
    for (const reply of [reset, silent, { status: 595, raw: "" }, { status: 596, raw: "" }, { raw: "<html>" }, { status: 502, raw: "" }]) {
      const { ctx, client, now, served } = two();
      now["1"] = reply;
      await failure(client.post(ctx, "/x"));
      expect(served()).toBe("1");
    }
  });

  test("never tries out whether an endpoint has recovered", async () => {
    const { ctx, client, now, served, forward } = two();
    now["1"] = silent;
    await failure(client.get(ctx, "/version", Any));
    await client.get(ctx, "/version", Any);
    forward(10 * MINUTE);
    await client.post(ctx, "/x");
    expect(served()).toBe("122");
  });

  test("is not passed over a wrong certificate", async () => {
    const { ctx, client, now, served } = two();
    now["1"] = { fails: "upstream_tls" };
    expect((await failure(client.post(ctx, "/x"))).type).toBe("upstream_tls");
    expect(served()).toBe("1");
  });

  test("with DELETE carries its parameters in the query and no body", async () => {
    const { ctx, client, asked } = two();
    await client.write(ctx, { method: "DELETE", path: "/nodes/pve/qemu/101/snapshot/a", form: { force: true }, answer: Any });
    expect(asked[0]).toMatchObject({ method: "DELETE", path: "/nodes/pve/qemu/101/snapshot/a?force=1", body: undefined });
  });
});

test("calls are counted by path, cause and answer, and a slow API leaves less to spare", async () => {
  const { ctx, client, now, forward } = two();
  for (const vmid of [101, 102, 103]) await client.get({ ...ctx, cause: "identity" }, `/nodes/pve/qemu/${vmid}/config`, Any);
  await client.post(ctx, "/nodes/pve/qemu/101/status/start");
  expect(client.ledger.rows()).toEqual([
    { method: "GET", path: "/nodes/{node}/qemu/{vmid}/config", cause: "identity", answer: 200, count: 3 },
    { method: "POST", path: "/nodes/{node}/qemu/{vmid}/status/start", cause: "act", answer: 200, count: 1 },
  ]);
  expect([client.ledger.lately(ctx.now()), client.ledger.spare(ctx.now())]).toEqual([4, 26]);
  forward(61_000);
  expect(client.ledger.lately(ctx.now())).toBe(0);
  now["1"] = (() => {
    forward(9000);
    return well;
  }) as () => never;
  for (let call = 0; call < 8; call += 1) await client.get(ctx, "/version", Any);
  expect(client.ledger.budget(ctx.now())).toBe(14);
});

describe("a guarded write", () => {
  const config = { data: { digest: "abc", cores: 2 } };
  test("carries the digest of what was read", async () => {
    const { ctx, client, asked } = fakeApi((one) => ({ body: one.method === "GET" ? config : { data: null } }));
    expect(await client.guarded(ctx, { path: "/nodes/pve/qemu/101/config", method: "PUT", decide: (now) => ({ cores: Number(now.cores) + 1 }) })).toEqual({
      unchanged: false,
      data: null,
    });
    expect(asked[1]).toMatchObject({ method: "PUT", body: "cores=3&digest=abc" });
  });

  test("that changes nothing is not sent", async () => {
    const { ctx, client, asked } = fakeApi(() => ({ body: config }));
    expect(await client.guarded(ctx, { path: "/x", method: "PUT", decide: () => undefined })).toEqual({ unchanged: true });
    expect(asked).toHaveLength(1);
  });

  test("after somebody else's change is refused, definitively", async () => {
    const said = "detected modified configuration - file changed by other user? Try again.";
    const { ctx, client } = fakeApi((one) => (one.method === "GET" ? { body: config } : { status: 500, statusText: said, body: { data: null } }));
    const error = await failure(client.guarded(ctx, { path: "/x", method: "PUT", decide: () => ({ cores: 4 }) }));
    expect([error.type, error.details.data]).toMatchObject(["unavailable", { reason: "changed-meanwhile", definitive: true }]);
    expect(error.message).toContain("nothing was written");
  });
});
