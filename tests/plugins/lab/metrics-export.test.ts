// /cluster/metrics/export tells every node's newest round with the second it was taken in.
import { expect, test } from "bun:test";
import { metricsExportRoutes } from "../../../plugins/lab/api/metrics-export.ts";

import { handClock } from "../../../plugins/lab/clock.ts";
import type { Call } from "../../../plugins/lab/front/route.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";

test("each node's samples carry the second of its own last round, and start-time leaves out what is older", async () => {
  const clock = handClock(Date.UTC(2026, 5, 1, 12));
  const life = createWorld({ input: home, clock, seed: 1, dialect: "9.1", secrets: makeSecrets() });
  await clock.advance(25_000);
  const [route] = metricsExportRoutes();
  const call: Omit<Call, "parameters"> = { life, world: life.world, at: "pve", path: {}, who: "root@pam", method: "GET", url: "/cluster/metrics/export" };
  const found = JSON.stringify(route?.run({ ...call, parameters: {} }));
  for (const [node, { at }] of life.world.broadcasts) expect(found).toContain(`{"id":"node/${node}","metric":"cpu_current","timestamp":${Math.floor(at / 1000)},`);
  expect(route?.run({ ...call, parameters: { "start-time": Math.floor(clock.now() / 1000) } })).toEqual({ data: [] });
  expect(route?.needs?.privileges).toEqual(["Sys.Audit"]);
  life.stop();
});
