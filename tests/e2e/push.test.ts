// The lab's nodes push their figures to a real house, as InfluxDB lines and as OpenTelemetry: they are taken, they are younger than any reading, and nobody else is let in.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const SECRET = "a-word-that-only-the-nodes-know";
const LONG_MS = 90_000;
const Value = z.object({ resources: z.array(z.looseObject({ id: z.string(), at: z.string(), stale: z.boolean(), figures: z.record(z.string(), z.number()).optional() })) });

describe("the nodes push", () => {
  let house: House;
  const metric = async (outcome: string): Promise<number> => {
    const token = readFileSync(join(house.folder, "cli.token"), "utf8").trim();
    const text = await (await fetch(`${house.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    return Number(new RegExp(`^jarvis_proxmox_pushed_total\\{outcome="${outcome}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
  };
  const configure = (params: Record<string, unknown>, method = "POST") => house.lab.post("/as", { user: "root@pam", method, path: "/cluster/metrics/server/jarvis", params });
  const port = (): number => Number(new URL(house.url).port);

  beforeAll(async () => {
    house = await startHouse({ speed: 10, config: (text) => text.replace(/^(\s*)(endpoints: )/m, `$1push: { token: ${SECRET} }\n$1$2`) });
    await until(async () => Value.parse(await house.rpc("state.get", { path: "guest/*" })).resources.find(({ id }) => id === "guest/101"), {
      withinMs: LONG_MS,
      what: "guest/101",
    });
  }, LONG_MS);
  afterAll(async () => house?.stop());

  test(
    "as InfluxDB lines: taken, and younger than the readings",
    async () => {
      await configure({ type: "influxdb", influxdbproto: "http", server: "127.0.0.1", port: port(), "api-path-prefix": "api/v1/ingest/proxmox", token: SECRET });
      await until(async () => (await metric("taken")) > 60, { withinMs: LONG_MS, what: "figures that were taken" });
      expect([await metric("unknown"), await metric("late"), await metric("broken")]).toEqual([0, 0, 0]);
      const told = async () => Value.parse(await house.rpc("state.get", { path: "guest/*" })).resources;
      // One reading has one time for all of them; what was pushed since has its own.
      await until(async () => new Set((await told()).map(({ at }) => at)).size > 1, { withinMs: LONG_MS, what: "figures younger than the reading" });
      const node = async () => (await house.rpc("state.get")).resources.find(({ id }) => id === "node/pve");
      await until(async () => ((await node())?.figures?.netInBytesPerSecond ?? 0) > 0, { withinMs: LONG_MS, what: "the traffic of a node, which nothing else tells" });
      const guests = await told();
      expect(guests.some(({ figures }) => (figures?.netInBytesPerSecond ?? 0) > 0)).toBe(true);
      expect(guests.length).toBe(22);
      expect(guests.every(({ stale }) => !stale)).toBe(true);
    },
    LONG_MS,
  );

  test(
    "as OpenTelemetry, packed: taken as well",
    async () => {
      const before = await metric("taken");
      await configure({}, "DELETE");
      const headers = Buffer.from(JSON.stringify({ Authorization: `Bearer ${SECRET}` })).toString("base64");
      await configure({
        type: "opentelemetry",
        "otel-protocol": "http",
        server: "127.0.0.1",
        port: port(),
        "otel-path": "/api/v1/ingest/proxmox/v1/metrics",
        "otel-headers": headers,
      });
      await until(async () => (await metric("taken")) > before + 100, { withinMs: LONG_MS, what: "figures from OpenTelemetry" });
      expect(await metric("broken")).toBe(0);
    },
    LONG_MS,
  );

  test("with another word: 401, and nothing is taken", async () => {
    const answer = await fetch(`${house.url}/api/v1/ingest/proxmox/write`, {
      method: "POST",
      headers: { authorization: `Token ${SECRET}x` },
      body: "cpustat,object=nodes,host=Home cpu=1",
    });
    expect(answer.status).toBe(401);
  });
});
