// A refusal names its target in the record even where the request named it only in words that the facts resolved.
import { afterEach, expect, test } from "bun:test";
import { createRig, OPERATOR, type Rig, standardTools } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

test("a target known only after looking stands in the refused call", async () => {
  rig = createRig({
    self: { state: "guest", resources: ["guest/101"], words: "Jarvis runs on guest/101." },
    tools: (world, clock) => standardTools(world, clock).map((tool) => ({ ...tool, target: () => undefined })),
  });
  const answer = await rig.call("world_guest_stop", 101, OPERATOR);
  expect(answer).toMatchObject({ state: "refused", rule: "self" });
  expect(rig.core.journal.get(answer.callId)).toMatchObject({ target: "guest/101", state: "refused", rule: "self" });
});
