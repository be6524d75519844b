// That Jarvis's own credential may not do a thing is a refusal of its own kind, told from facts that could not be read.
import { afterEach, expect, test } from "bun:test";
import { JarvisError } from "../../../core/contract/error.ts";
import { createRig, OPERATOR, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

test.each([
  ["known not to be held", { definitive: true }, "no_right", "It needs Sys.PowerMgmt."],
  ["refused to somebody who only looked", undefined, "preflight_failed", "Before acting, Jarvis could not make sure: It needs Sys.PowerMgmt."],
])("a right that is %s", async (_, data, rule, text) => {
  const preflight = async () => {
    throw new JarvisError("upstream_denied", { message: "It needs Sys.PowerMgmt.", ...(data === undefined ? {} : { data }) });
  };
  rig = createRig({ faultyTool: (tool) => ({ ...tool, preflight }) });
  expect(await rig.call("world_guest_stop", 101, OPERATOR)).toMatchObject({ state: "refused", rule, text });
});
