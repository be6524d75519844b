// What a plugin looks at carries when it was last looked at; what was never read says nothing.
import { expect, test } from "bun:test";
import { withLooks } from "../../../core/app/looks.ts";
import type { PluginInfo } from "../../../core/contract/wire.ts";

const plugin: PluginInfo = { id: "farm", title: "", about: "", state: "running", source: "bundled", permissions: {}, tools: [], channels: [] };

test("each look has the time of its last reading, and one without a reading none", () => {
  const looks = ["farm/guests", "farm/disks"].map((channel) => ({ channel, title: channel, everySeconds: 10 }));
  const [made, other] = withLooks([{ ...plugin, looks }, plugin], (channel) => (channel === "farm/guests" ? { at: "2026-11-23T00:00:00.000Z" } : undefined));
  expect(made?.looks?.map(({ at }) => at)).toEqual(["2026-11-23T00:00:00.000Z", undefined]);
  expect(other).toEqual(plugin);
});
