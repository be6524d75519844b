// Which tools there are is told as it is when somebody asks: those of plugins that are up, and whose are not known yet.
import { expect, test } from "bun:test";
import { createToolsKnown } from "../../../core/app/tools-known.ts";
import type { PluginInfo } from "../../../core/contract/wire.ts";
import { createHub } from "../../../core/live/hub.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createRegistry } from "../../../core/tools/registry.ts";
import { createManualClock } from "../../support/clock.ts";

test("a plugin that is configured, found or failed and not running waits; who asks for something else costs nothing", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const plugins: Pick<PluginInfo, "id" | "state">[] = [
    { id: "farm", state: "running" },
    { id: "docks", state: "failed" },
    { id: "mill", state: "off" },
  ];
  const ask = createToolsKnown({ hub: createHub({ clock, epoch: "e" }), store, registry: createRegistry(), plugins: () => plugins, configured: ["farm", "stranger"] });
  ask("core/incidents");
  expect(store.get("core/tools")).toBeUndefined();
  ask("core/tools");
  expect(store.get("core/tools")?.value).toEqual({ tools: [], waiting: ["docks", "mill", "stranger"] });
  plugins[1] = { id: "docks", state: "running" };
  ask("core/*");
  expect(store.get("core/tools")?.value).toEqual({ tools: [], waiting: ["mill", "stranger"] });
});
