// How many answers one credential may have under way, and the one wish that is heard all the same.
import { expect, test } from "bun:test";
import { createAnswers } from "../../../core/mcp/answers.ts";
import { asksToHold } from "../../../core/mcp/hold-tool.ts";

const never = () => new Promise<Response>(() => undefined);
const call = (name: unknown) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } });

test("who has as many answers open as may be is refused, but for holding everything", async () => {
  const answers = createAnswers();
  const left = Array.from({ length: 32 }, () => answers.take("desk", never).catch(() => undefined));
  expect(answers.count()).toBe(32);
  await expect(answers.take("desk", async () => new Response("x"))).rejects.toMatchObject({ type: "rate" });
  expect(await (await answers.take("desk", async () => new Response("held"), asksToHold(call("jarvis_kill")))).text()).toBe("held");
  answers.close();
  await Promise.all(left);
});

test("only a call of that one tool is such a wish", () => {
  const others = [call("kill"), call(["jarvis_kill"]), { method: "tools/list", params: { name: "jarvis_kill" } }, { method: "tools/call", params: null }, null, "jarvis_kill", 7];
  expect(others.filter(asksToHold)).toEqual([]);
});
