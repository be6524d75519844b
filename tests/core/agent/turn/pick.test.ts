// Which few tools a question gets.
import { expect, test } from "bun:test";
import { namedIn } from "../../../../core/agent/turn/facts.ts";
import { readMandate } from "../../../../core/agent/turn/mandate.ts";
import { pickTools } from "../../../../core/agent/turn/pick.ts";
import { resources, tools } from "./farm.ts";

const picked = (text: string, allowed?: readonly string[]): string[] =>
  pickTools(text, { named: namedIn(text, resources), resources, tools, allowed, mandate: readMandate(text, resources, tools) }).map(({ name }) => name);

test("what the words and the kind of the thing ask for, and nothing that changes anything for a question", () => {
  expect(picked("what does the log of nginx mean")).toContain("boats_container_logs");
  expect(picked("summarise the logs of web1")).toContain("farm_guest_logs");
  for (const text of ["why is web1 slow", "would a restart of nginx help?", "what does the log of nginx mean"])
    expect(picked(text).every((name) => tools.find((tool) => tool.name === name)?.effect === "read")).toBe(true);
});

test("what was ordered is among them by whatever name its tool goes", () => {
  expect(picked("web1 acts up again, restart web1")).toContain("farm_guest_reboot");
  expect(picked("stop web1, then tell me")).toContain("farm_guest_shutdown");
});

test("where something shall be put right, what starts the thing again is there to be proposed", () => {
  expect(picked("something is off with nginx, sort it out")).toContain("boats_container_restart");
  expect(picked("orchid is gone, fix it please")).toContain("farm_guest_start");
});

test("never more than four, the same for the same intent, in one order", () => {
  const first = picked("why are the guests and containers and logs of nginx so slow, list them all");
  expect(first.length).toBeLessThanOrEqual(4);
  expect(first).toEqual(first.toSorted());
  expect(picked("look into the logs of web2 and explain")).toEqual(picked("look into the logs of web1 and explain"));
});

test("a persona's list only narrows", () => expect(picked("web1 acts up again, restart web1", ["boats_*"]).filter((name) => name.startsWith("farm"))).toEqual([]));
