// Held and running calls over MCP: told whom to ask, shown again, as questions and as tasks; nothing a client answers approves anything, and nobody sees another's call.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { createFixtureHouse, type FixtureHouse } from "../../security/fixture-house.ts";
import { until } from "../../support/until.ts";
import { Called, modern } from "./raw.ts";

const TASKS = { extensions: { "io.modelcontextprotocol/tasks": {} } };
const Question = z.object({
  resultType: z.literal("input_required"),
  requestState: z.string(),
  inputRequests: z.record(
    z.string(),
    z.looseObject({ method: z.string(), params: z.looseObject({ message: z.string(), mode: z.string().optional(), url: z.string().optional() }) }),
  ),
});
const Task = z.looseObject({ taskId: z.string(), status: z.string(), ttlMs: z.number(), pollIntervalMs: z.number(), result: Called.optional() });

let house: FixtureHouse;
const tokens = { desk: "", other: "" };
beforeAll(async () => {
  house = await createFixtureHouse();
  for (const name of ["desk", "other"] as const) tokens[name] = (await house.operator("tokens.new", { name, scope: "operate" })).token;
  await house.operator("rules.add", { action: "ask", tool: "fixture_thing_shake", target: "guest/904" });
});
afterAll(() => house.stop());

const shake = (nonce: string) => ({ name: "fixture_thing_shake", arguments: { target: "guest/904", nonce } });
const askOf = async (nonce: string) => (await house.operator("asks.list")).asks.find((ask) => JSON.stringify(ask.arguments).includes(`"${nonce}"`));

test("a client that can ask nobody is told the ask's id and that only the operator approves it", async () => {
  const { result } = await modern(house.url, tokens.desk)("tools/call", shake("plain"));
  const { content, structuredContent, isError } = Called.parse(result);
  const ask = await askOf("plain");
  expect(structuredContent).toMatchObject({ state: "held", ask: ask?.id ?? "" });
  expect(content[0]?.text).toContain(`approve ask ${ask?.id}`);
  expect(content[0]?.text).toContain("cannot be approved through MCP");
  expect(isError).toBeUndefined();
  expect(house.effects()).not.toContain("plain");
});

test("a client with a person is asked back, and an accepting answer approves nothing", async () => {
  const ask = modern(house.url, tokens.desk);
  const can = { capabilities: { elicitation: { form: {} } } };
  const { requestState, inputRequests } = Question.parse((await ask("tools/call", shake("formed"), can)).result);
  const [key = ""] = Object.keys(inputRequests);
  const again = await ask("tools/call", { ...shake("formed"), requestState, inputResponses: { [key]: { action: "accept", content: { approve: true, ok: true } } } }, can);
  expect(Called.parse(again.result).structuredContent?.state).toBe("held");
  expect(await askOf("formed")).toBeDefined();
  expect(house.effects()).not.toContain("formed");
  expect((await house.operator("journal.list", { effects: "all", limit: 200 })).calls.filter((call) => JSON.stringify(call.arguments).includes('"formed"'))).toHaveLength(1);
});

test("a client that opens pages sends its person to the dashboard, and sees what the operator decided there", async () => {
  const ask = modern(house.url, tokens.desk);
  const can = { capabilities: { elicitation: { url: {} } } };
  const { requestState, inputRequests } = Question.parse((await ask("tools/call", shake("paged"), can)).result);
  const [[key = "", request] = []] = Object.entries(inputRequests);
  expect(request?.params).toMatchObject({ mode: "url", url: house.url });
  const { id = "" } = (await askOf("paged")) ?? {};
  await house.operator("asks.decide", { id, decision: "approve" });
  const again = await ask("tools/call", { ...shake("paged"), requestState, inputResponses: { [key]: { action: "accept" } } }, can);
  expect(Called.parse(again.result).structuredContent?.state).toBe("succeeded");
  expect(house.effects()).toContain("paged");
});

test("a state that was altered, or is another's, or comes with another tool, opens nothing", async () => {
  const can = { capabilities: { elicitation: { form: {} } } };
  const { requestState } = Question.parse((await modern(house.url, tokens.desk)("tools/call", shake("sealed"), can)).result);
  const altered = `${requestState.slice(0, -2)}${requestState.endsWith("AA") ? "BB" : "AA"}`;
  expect((await modern(house.url, tokens.desk)("tools/call", { ...shake("sealed"), requestState: altered }, can)).error?.code).toBe(-32602);
  expect((await modern(house.url, tokens.other)("tools/call", { ...shake("sealed"), requestState }, can)).error?.code).toBe(-32602);
  const elsewhere = { name: "fixture_thing_look", arguments: { target: "guest/901", nonce: "elsewhere" }, requestState };
  expect(Called.parse((await modern(house.url, tokens.desk)("tools/call", elsewhere, can)).result).structuredContent?.state).toBe("succeeded");
  expect(house.effects()).not.toContain("sealed");
});

test("a call is looked at again by who made it, and by nobody else", async () => {
  const { structuredContent } = Called.parse((await modern(house.url, tokens.desk)("tools/call", shake("mine"))).result);
  const about = { name: "jarvis_call_get", arguments: { callId: structuredContent?.callId } };
  expect(Called.parse((await modern(house.url, tokens.desk)("tools/call", about)).result).structuredContent?.state).toBe("held");
  const { isError, content } = Called.parse((await modern(house.url, tokens.other)("tools/call", about)).result);
  expect(isError).toBe(true);
  expect(content[0]?.text).toContain("there is no call");
});

test("a call that outlasts its wait is running, and is awaited with jarvis_call_get", async () => {
  const ask = modern(house.url, tokens.desk);
  const call = { name: "fixture_thing_mark", arguments: { target: "guest/901", nonce: "slow" } };
  const { structuredContent } = Called.parse((await ask("tools/call", call, { meta: { "jarvis/waitSeconds": 0 } })).result);
  expect(structuredContent?.state).toBe("running");
  const later = await ask("tools/call", { name: "jarvis_call_get", arguments: { callId: structuredContent?.callId, waitSeconds: 60 } });
  expect(Called.parse(later.result).structuredContent?.state).toBe("succeeded");
});

test("progress is told as the call moves", async () => {
  const call = { name: "fixture_thing_mark", arguments: { target: "guest/905", nonce: "told" } };
  const { messages, result } = await modern(house.url, tokens.desk)("tools/call", call, { meta: { progressToken: "p1" } });
  const progress = messages.filter(({ method }) => method === "notifications/progress");
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.every(({ params }) => params?.progressToken === "p1")).toBe(true);
  expect(Called.parse(result).structuredContent?.state).toBe("succeeded");
});

test("who understands tasks gets the running call as one, by the call's own id", async () => {
  const ask = modern(house.url, tokens.desk);
  const can = { capabilities: TASKS };
  const call = { name: "fixture_thing_mark", arguments: { target: "guest/906", nonce: "task" } };
  const begun = (await ask("tools/call", call, { ...can, meta: { "jarvis/waitSeconds": 0 } })).result;
  const { taskId, status } = Task.parse(begun);
  expect([begun.resultType, status]).toEqual(["task", "working"]);
  const ended = await until(async () => {
    const task = Task.parse((await ask("tasks/get", { taskId }, can)).result);
    return task.status === "working" ? undefined : task;
  });
  expect([ended.status, ended.result?.structuredContent?.state]).toEqual(["completed", "succeeded"]);
});

test("a held call is a task that works until a person decides, and leaving it decides nothing", async () => {
  const ask = modern(house.url, tokens.desk);
  const can = { capabilities: TASKS };
  const { taskId } = Task.parse((await ask("tools/call", shake("held-task"), can)).result);
  expect((await ask("tasks/cancel", { taskId }, can)).result).toMatchObject({ resultType: "complete" });
  expect((await ask("tasks/update", { taskId, inputResponses: {} }, can)).result).toMatchObject({ resultType: "complete" });
  expect(Task.parse((await ask("tasks/get", { taskId }, can)).result).status).toBe("working");
  const { id = "" } = (await askOf("held-task")) ?? {};
  await house.operator("asks.decide", { id, decision: "reject" });
  const { status, result } = Task.parse((await ask("tasks/get", { taskId }, can)).result);
  expect([status, result?.isError]).toEqual(["completed", true]);
});

test("a task is nobody else's, and needs the extension", async () => {
  const { structuredContent } = Called.parse((await modern(house.url, tokens.desk)("tools/call", shake("guarded"))).result);
  const about = { taskId: structuredContent?.callId };
  expect((await modern(house.url, tokens.other)("tasks/get", about, { capabilities: TASKS })).error?.code).toBe(-32602);
  expect((await modern(house.url, tokens.desk)("tasks/get", { taskId: "nothing" }, { capabilities: TASKS })).error?.code).toBe(-32602);
  expect((await modern(house.url, tokens.desk)("tasks/get", about)).error?.code).toBe(-32021);
});
