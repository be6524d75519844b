// The lab's model through the official client of the Messages API: streams, tool use, cache figures, counting, and every way it goes wrong.
import { afterAll, beforeAll, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { MODEL } from "../../../../plugins/lab/model/about.ts";
import { forAnthropic, openModel } from "./open-model.ts";

let lab: Awaited<ReturnType<typeof openModel>>;
beforeAll(async () => {
  lab = await openModel();
});
afterAll(() => lab.stop());

const say = (content: string) => ({ model: MODEL, max_tokens: 500, tools: forAnthropic(), messages: [{ role: "user" as const, content }] });

const thrownBy = async (act: () => Promise<unknown>): Promise<unknown> => {
  try {
    await act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
};

test("a stream tells a tool call piece by piece, and the client puts it together", async () => {
  const types: string[] = [];
  const stream = lab.anthropic.messages.stream(say("please restart nextcloud")).on("streamEvent", ({ type }) => types.push(type));
  const message = await stream.finalMessage();
  expect(types[0]).toBe("message_start");
  expect(types.slice(-2)).toEqual(["message_delta", "message_stop"]);
  expect(message.stop_reason).toBe("tool_use");
  expect(message.model).toBe("lab-model");
  expect(message.content).toMatchObject([{ type: "tool_use", name: "proxmox_guest_restart", input: { guest: "nextcloud" } }]);
  expect(message.usage.input_tokens).toBeGreaterThan(0);
});

test("a result becomes a sentence, and of two things asked the second is wished after the first", async () => {
  const asked = "restart guest 101 and then restart the container grafana";
  const first = await lab.anthropic.messages.create(say(asked));
  const [use] = first.content;
  if (use?.type !== "tool_use") throw new Error("no tool was used");
  expect(use).toMatchObject({ name: "proxmox_guest_restart", input: { vmid: 101 } });
  const said = [
    { role: "user" as const, content: asked },
    { role: "assistant" as const, content: first.content },
    { role: "user" as const, content: [{ type: "tool_result" as const, tool_use_id: use.id, content: "guest/101 (nextcloud) was restarted and runs." }] },
  ];
  const second = await lab.anthropic.messages.create({ ...say(asked), messages: said });
  const [next] = second.content;
  if (next?.type !== "tool_use") throw new Error("no second tool was used");
  expect(next).toMatchObject({ name: "docker_container_restart", input: { container: "grafana" } });
  const more = [
    { role: "assistant" as const, content: second.content },
    { role: "user" as const, content: [{ type: "tool_result" as const, tool_use_id: next.id, content: '{"text":"grafana was restarted."}' }] },
  ];
  const last = await lab.anthropic.messages.create({ ...say(asked), messages: [...said, ...more] });
  expect(last.stop_reason).toBe("end_turn");
  expect(last.content).toMatchObject([{ type: "text", text: "guest/101 (nextcloud) was restarted and runs. grafana was restarted." }]);
});

test("cache figures are those of what it really saw before", async () => {
  const long = (word: string) => [{ type: "text" as const, text: `${word} `.repeat(1_500), cache_control: { type: "ephemeral" as const } }];
  const ask = async (word: string) =>
    (await lab.anthropic.messages.create({ model: MODEL, max_tokens: 50, system: long(word), messages: [{ role: "user", content: "hello" }] })).usage;
  const cold = await ask("steward");
  expect(cold.cache_creation_input_tokens).toBeGreaterThan(1_500);
  expect(cold.cache_read_input_tokens).toBe(0);
  const warm = await ask("steward");
  expect(warm.cache_read_input_tokens).toBe(cold.cache_creation_input_tokens);
  expect(warm.cache_creation_input_tokens).toBe(0);
  expect((await ask("another")).cache_read_input_tokens).toBe(0);
  await lab.clock.advance(301_000);
  expect((await ask("steward")).cache_read_input_tokens).toBe(0);
});

test("what is counted is what a message then costs", async () => {
  const { input_tokens: counted } = await lab.anthropic.messages.countTokens({ model: MODEL, tools: forAnthropic(), messages: [{ role: "user", content: "status of pve" }] });
  const { usage } = await lab.anthropic.messages.create(say("status of pve"));
  expect(usage.input_tokens).toBe(counted);
});

test("models are listed as the API lists them", async () => {
  const { data } = await lab.anthropic.models.list();
  expect(data).toMatchObject([{ id: "lab-model", type: "model", display_name: "lab model" }]);
});

test("a wrong key, a foreign model and a tool use without its result are refused in the API's words", async () => {
  const wrong = new Anthropic({ apiKey: "wrong", baseURL: lab.url, maxRetries: 0 });
  expect(await thrownBy(() => wrong.messages.create(say("hello")))).toMatchObject({
    status: 401,
    error: { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
  });
  expect(await thrownBy(() => lab.anthropic.messages.create({ ...say("hello"), model: "another" }))).toMatchObject({ status: 404, error: { error: { type: "not_found_error" } } });
  const left = [
    { role: "user" as const, content: "restart 101" },
    { role: "assistant" as const, content: [{ type: "tool_use" as const, id: "toolu_1", name: "proxmox_guest_restart", input: {} }] },
    { role: "user" as const, content: "and?" },
  ];
  const thrown = await thrownBy(() => lab.anthropic.messages.create({ ...say(""), messages: left }));
  expect(String(thrown)).toContain("`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1");
});

test("overloaded and rate limited answer with their status and when to try again", async () => {
  for (const [status, type] of [
    ["529", "overloaded_error"],
    ["429", "rate_limit_error"],
  ] as const) {
    lab.break("model-overloaded", "model/cloud", { status, seconds: "7" });
    const answer = await lab.post("/v1/messages", say("hello"), { "x-api-key": "lab-0123456789", "anthropic-version": "2023-06-01" });
    expect(answer.status).toBe(Number(status));
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(await answer.json()).toMatchObject({ type: "error", error: { type } });
    lab.heal("model-overloaded");
  }
});

test("a stalled stream goes on when it is healed, and ends when the caller hangs up", async () => {
  lab.break("model-stall", "model/cloud");
  let text = "";
  const stream = lab.anthropic.messages.stream({ ...say("who are you"), tools: [] }).on("text", (piece) => {
    text += piece;
    if (text === piece) lab.heal("model-stall");
  });
  expect((await stream.finalMessage()).content).toMatchObject([{ type: "text", text: expect.stringContaining("lab model") }]);
  lab.break("model-stall", "model/cloud");
  const other = lab.anthropic.messages.stream({ ...say("who are you"), tools: [] });
  other.on("text", () => other.abort());
  expect(await thrownBy(() => other.finalMessage())).toBeInstanceOf(Anthropic.APIUserAbortError);
  lab.heal("model-stall");
});

test("a malformed stream, wrong arguments, a revoked key, a dead server and a lie are had on demand", async () => {
  for (const form of ["cut", "json", "html"]) {
    lab.break("model-malformed", "model/cloud", { form });
    await thrownBy(() => lab.anthropic.messages.stream(say("restart nextcloud")).finalMessage());
    lab.heal("model-malformed");
  }
  lab.break("model-wrong-arguments", "model/cloud");
  expect((await lab.anthropic.messages.create(say("restart nextcloud"))).content).toMatchObject([{ name: "proxmox_guest_restart", input: { guest_: { was: "nextcloud" } } }]);
  lab.heal("model-wrong-arguments");
  lab.break("model-lies");
  expect((await lab.anthropic.messages.create(say("restart nextcloud"))).content).toMatchObject([{ type: "text", text: expect.stringMatching(/^Done\./) }]);
  lab.heal("model-lies");
  lab.break("model-auth-revoked", "model/cloud");
  expect(await thrownBy(() => lab.anthropic.messages.create(say("hello")))).toMatchObject({ status: 401 });
  lab.heal("model-auth-revoked");
  lab.break("model-down", "model/cloud");
  expect(await thrownBy(() => lab.anthropic.messages.create(say("hello")))).toBeInstanceOf(Anthropic.APIConnectionError);
  lab.heal("model-down");
  expect((await lab.anthropic.messages.create(say("hello"))).role).toBe("assistant");
});
