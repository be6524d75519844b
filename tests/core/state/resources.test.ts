// Several monitors tell of one thing: what comes out is one resource, and who does not know how it is never hides who does.
import { expect, test } from "bun:test";
import { z } from "zod";
import type { Resource } from "../../../core/contract/resource.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createResources } from "../../../core/state/resources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

test("figures of a teller that does not know the status are added to the one that does, whoever told first", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const resources = createResources({ clock, store });
  const told: Record<string, Resource> = {
    "p/nodes": { id: "node/pve", kind: "node", name: "pve", status: "unknown", figures: { waitPercent: 3 } },
    "p/cluster": { id: "node/pve", kind: "node", name: "pve", status: "down", figures: { cpuPercent: 7 } },
  };
  for (const channel of Object.keys(told)) {
    const monitor: BoundMonitor = {
      plugin: "p",
      channel,
      title: channel,
      watchedMs: undefined,
      everyMs: 1000,
      deadlineMs: 1000,
      schema: z.unknown(),
      read: async () => undefined,
      resources: () => [told[channel]].filter((one) => one !== undefined),
    };
    resources.add(monitor);
    store.accept(channel, { at: channel });
  }
  expect(resources.get("node/pve")).toMatchObject({ status: "down", figures: { waitPercent: 3, cpuPercent: 7 } });
});
