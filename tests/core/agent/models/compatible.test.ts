// The format of every OpenAI-compatible server, spoken byte for byte by a scripted one: llama-server's dialect first, then what others answer or lack.
import { afterEach, expect, test } from "bun:test";
import { createCompatible } from "../../../../core/agent/models/compatible.ts";
import type { Model } from "../../../../core/agent/models/model.ts";
import { createManualClock } from "../../../support/clock.ts";
import { until } from "../../../support/until.ts";
import { type Answer, type Asked, collect, createHasty, createScripted, cut, failureIn, LIGHTS, last, request, textOf } from "./scripted.ts";

const JSON_TYPE = { "content-type": "application/json" };
let stop = (): unknown => undefined;
afterEach(() => stop());

const json = (value: unknown, status = 200): Answer => ({ status, headers: JSON_TYPE, pieces: [JSON.stringify(value)] });
const chunk = (delta: Record<string, unknown>, finish_reason: string | null = null, more: Record<string, unknown> = {}, end = "\n"): string =>
  `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }], ...more })}${end}${end}`;
const DONE = "data: [DONE]\n\n";
const USAGE = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 120, completion_tokens: 5, total_tokens: 125 }, timings: { cache_n: 100, prompt_n: 20, predicted_n: 5 } })}\n\n`;
const say = (text: string): string[] => [...text].map((letter) => chunk({ content: letter }));
const said = (text: string, finish = "stop"): string[] => [...say(text), chunk({}, finish), USAGE, DONE];

const PROPS = { default_generation_settings: { n_ctx: 2048 }, total_slots: 1 };
const llama =
  (chat: (asked: Asked, nth: number) => Answer) =>
  (asked: Asked, nth: number): Answer => {
    if (asked.path === "/props") return json(PROPS);
    if (asked.path === "/v1/models") return json({ data: [{ id: "tiny.gguf" }] });
    if (asked.path === "/tokenize") return json({ tokens: [...String(asked.body.content)].map((_, index) => index).filter((index) => index % 4 === 0) });
    return chat(asked, nth);
  };
const setUp = (answers: (asked: Asked, nth: number) => Answer, { route = "local" as Model["route"], contextTokens = undefined as number | undefined } = {}) => {
  const server = createScripted(answers);
  stop = server.stop;
  const { clock, pauses } = createHasty();
  const model = createCompatible(
    route,
    { baseUrl: `${server.url}/v1`, model: "tiny", contextTokens, apiKey: "sk-local-0123456789abcdef" },
    { clock, clean: (text) => text, changed: () => undefined },
  );
  const chats = () => server.asked.filter(({ path }) => path === "/v1/chat/completions");
  return { server, model, pauses, chats };
};

test("a llama-server tells how much it holds, counts by its own tokenizer and is asked to keep the prompt in its slot", async () => {
  const { model, chats, server } = setUp(llama(() => ({ pieces: said("Well.") })));
  expect(model.contextTokens).toBe(4096);
  expect(await model.count("12345678")).toBe(2);
  expect(model.contextTokens).toBe(2048);
  const events = await collect(model, request());
  expect(textOf(events)).toBe("Well.");
  expect(events.slice(-2)).toEqual([
    { kind: "usage", input: 120, output: 5, cached: 100, costUsd: 0 },
    { kind: "end", why: "done" },
  ]);
  expect(chats()[0]?.body).toMatchObject({ cache_prompt: true, id_slot: 0, stream: true, max_tokens: 64 });
  expect(chats()[0]?.headers.get("authorization")).toBe("Bearer sk-local-0123456789abcdef");
  expect(server.asked.filter(({ path }) => path === "/props").length).toBe(1);
});

test("the operator may say it holds less than it does, never more", async () => {
  for (const [contextTokens, expected] of [
    [1024, 1024],
    [9000, 2048],
  ] as const) {
    const { model } = setUp(
      llama(() => ({ pieces: said(".") })),
      { contextTokens },
    );
    await model.count("x");
    expect(model.contextTokens).toBe(expected);
    await stop();
  }
});

test("a call is held to a schema made of the offered tools, and read when it is whole, wherever it is cut", async () => {
  const answer = '{"tool": "house_lights", "arguments": {"room": "hall \\u00e9", "on": true}}';
  for (const lengths of [[1], [4, 2, 9], [500]]) {
    const { model, chats } = setUp(llama(() => ({ pieces: cut(said(answer).join("").replaceAll("\n", "\r\n"), lengths) })));
    const events = await collect(model, request({ tools: [LIGHTS] }));
    expect(events.filter(({ kind }) => kind === "text")).toEqual([]);
    expect(events.find(({ kind }) => kind === "wish")).toMatchObject({ wish: { tool: "house_lights", arguments: { room: "hall é", on: true } } });
    expect(last(events)).toEqual({ kind: "end", why: "wishes" });
    expect(JSON.stringify(chats()[0]?.body.response_format)).toContain('"const":"house_lights"');
    expect(JSON.stringify(chats()[0]?.body.messages)).toContain("house_lights(room: string, on?: boolean) switches a light");
    expect(chats()[0]?.body.tools).toBeUndefined();
    await stop();
  }
});

test("words within the schema come while they are written, with every letter whole", async () => {
  const { model } = setUp(llama(() => ({ pieces: said('{ "say" : "Line one\\nTwo \\"quoted\\" \\ud83d\\ude42 \\\\ end"}') })));
  const events = await collect(model, request({ tools: [LIGHTS] }));
  expect(textOf(events)).toBe('Line one\nTwo "quoted" 🙂 \\ end');
  expect(events.filter(({ kind }) => kind === "text").length).toBeGreaterThan(20);
  expect(last(events)).toEqual({ kind: "end", why: "done" });
});

test("a server that takes no notice of the schema is read as it speaks", async () => {
  for (const [text, expected] of [
    ["Just words.", "Just words."],
    ['```json\n{"say": "fenced"}\n```', "fenced"],
  ] as const) {
    const { model } = setUp(llama(() => ({ pieces: said(text) })));
    expect(textOf(await collect(model, request({ tools: [LIGHTS] })))).toBe(expected);
    await stop();
  }
});

test("a call cut in two by its length is none", async () => {
  const { model, chats } = setUp(llama(() => ({ pieces: said('{"tool": "house_lights", "argum', "length") })));
  expect((await collect(model, request({ tools: [LIGHTS] }))).map(({ kind }) => kind)).toEqual(["usage", "end"]);
  expect(chats().length).toBe(1);
});

test("words where there must be a call are asked for again, in words that say so", async () => {
  const { model, chats } = setUp(
    llama((_, nth) => ({ pieces: said(nth === 1 ? '{"tool": "house_lights", "arguments": [1]}' : '{"tool": "house_lights", "arguments": {"room": "hall"}}') })),
  );
  const events = await collect(model, request({ tools: [LIGHTS], mustCall: true }));
  expect(events.filter(({ kind }) => kind === "wish").length).toBe(1);
  expect(JSON.stringify(chats()[1]?.body.messages)).toContain("must be one JSON object");
  expect(JSON.stringify(chats()[0]?.body.response_format)).not.toContain('"say"');
});

test("a conversation is written in turns that take turns, with what changes last", async () => {
  const { model, chats } = setUp(llama(() => ({ pieces: said('{"say": "ok"}') })));
  const wish = { id: "w1", tool: "house_lights", arguments: { room: "hall" }, raw: '{"room":"hall"}' };
  const [system, said2] = [
    [
      { text: "You are Jarvis.", isStable: true },
      { text: "It is 10:00.", isStable: false },
    ],
    [
      { role: "person" as const, text: "light" },
      { role: "jarvis" as const, text: "", calls: [wish] },
      { role: "result" as const, text: "on", of: "w1" },
      { role: "person" as const, text: "thanks" },
    ],
  ];
  await collect(model, request({ system, said: said2, tools: [LIGHTS] }));
  const messages = chats()[0]?.body.messages;
  expect(messages).toEqual([
    { role: "system", content: expect.stringMatching(/^You are Jarvis\.\n\nTools:/) },
    { role: "user", content: "light" },
    { role: "assistant", content: '{"tool":"house_lights","arguments":{"room":"hall"}}' },
    { role: "user", content: "Result of house_lights:\non\n\nIt is 10:00.\n\nthanks" },
  ]);
});

test("a large model in the cloud has tools of its own; deltas without a number are told apart", async () => {
  const call = (more: Record<string, unknown>) => chunk({ tool_calls: [more] });
  const { model, chats } = setUp(
    ({ path }) =>
      path !== "/v1/chat/completions"
        ? json({ error: "no such path" }, 404)
        : {
            pieces: [
              call({ index: 0, id: "a", type: "function", function: { name: "house_lights", arguments: "" } }),
              call({ index: 0, function: { arguments: '{"room":' } }),
              call({ index: 0, function: { arguments: '"hall"}' } }),
              call({ id: "b", function: { name: "house_lights", arguments: "{}" } }),
              chunk({}, "tool_calls"),
              USAGE,
              DONE,
            ],
          },
    { route: "cloud" },
  );
  const wishes = (await collect(model, request({ tools: [LIGHTS] }))).flatMap((event) => (event.kind === "wish" ? [event.wish] : []));
  expect(wishes.map(({ id, arguments: given }) => [id, given])).toEqual([
    ["a", { room: "hall" }],
    ["b", {}],
  ]);
  expect(JSON.stringify(chats()[0]?.body.tools)).toContain("house_lights");
  expect(chats()[0]?.body.response_format).toBeUndefined();
});

test("a server that refuses the schema, or how many tokens are said, is asked without", async () => {
  const { model, chats } = setUp(
    llama((asked) => {
      if (asked.body.response_format) return json({ error: { message: "response_format is not supported", type: "invalid_request_error" } }, 400);
      if (asked.body.max_tokens) return json({ error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead." } }, 400);
      return { pieces: said("ok") };
    }),
  );
  expect(textOf(await collect(model, request({ tools: [LIGHTS] })))).toBe("ok");
  expect(chats().at(-1)?.body).toMatchObject({ max_completion_tokens: 64 });
  expect(JSON.stringify(chats().at(-1)?.body.tools)).toContain("house_lights");
});

test("a model the server does not have is told with those it has, before anything is asked", async () => {
  const { model, chats } = setUp(({ path }) => (path === "/v1/models" ? json({ data: [{ id: "qwen" }, { id: "llama3" }] }) : json({}, 404)));
  expect(failureIn(await collect(model, request()))).toMatchObject({ fault: "absent", isRetryable: false, words: expect.stringContaining("it has qwen, llama3") });
  expect(chats()).toEqual([]);
});

test.each([
  [401, { error: { message: "Invalid API Key", type: "authentication_error" } }, "auth", 1],
  [400, { error: { code: 400, message: "the request exceeds the available context size", type: "exceed_context_size_error", n_prompt_tokens: 5000, n_ctx: 2048 } }, "overflow", 1],
  [400, { error: { message: "This model's maximum context length is 4096 tokens", code: "context_length_exceeded" } }, "overflow", 1],
  [404, { error: { message: "model 'tiny' not found" } }, "absent", 1],
  [429, { error: { message: "You exceeded your current quota", type: "insufficient_quota" } }, "budget", 1],
  [503, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }, "overloaded", 3],
] as const)("%p %p is %p after %p tries", async (status, body, fault, tries) => {
  const { model, chats } = setUp(llama(() => json(body, status)));
  expect(failureIn(await collect(model, request()))).toMatchObject({ fault });
  expect(chats().length).toBe(tries);
});

test.each([
  ["no end", [...say("Half")], "malformed"],
  ["a line that is no JSON", [chunk({ content: "a" }), "data: {nonsense\n\n"], "malformed"],
  ["a list where there is a word", ['data: {"choices": [{"delta": {"content": ["a"]}}]}\n\n'], "malformed"],
  ["an error in the middle", [...say("Half"), `data: ${JSON.stringify({ error: { code: 500, message: "slot died", type: "server_error" } })}\n\n`], "overloaded"],
  ["nothing", [], "malformed"],
] as const)("%s is one failure at the end", async (_, pieces, fault) => {
  const { model } = setUp(llama(() => ({ pieces })));
  const events = await collect(model, request());
  expect(last(events)).toMatchObject({ kind: "failed", fault });
});

test("a server that is gone in the middle and back with another size is looked at anew", async () => {
  let size = 2048;
  const { model } = setUp((asked, nth) => {
    if (asked.path === "/props") return json({ default_generation_settings: { n_ctx: size } });
    return llama((_, at) => (at === 1 && nth === 1 ? { pieces: [...say("Half")] } : { pieces: said("back") }))(asked, nth);
  });
  expect(last(await collect(model, request()))).toMatchObject({ kind: "failed" });
  size = 1024;
  expect(textOf(await collect(model, request()))).toBe("back");
  expect(model.contextTokens).toBe(1024);
  expect(model.health()).toMatchObject({ state: "ok" });
});

test("who stops it frees the slot", async () => {
  const server = createScripted(llama(() => ({ pieces: [...say("So far"), "hang"] })));
  stop = server.stop;
  const model = createCompatible("local", { baseUrl: `${server.url}/v1`, model: "tiny" }, { clock: createManualClock(), clean: (text) => text, changed: () => undefined });
  for await (const event of model.run(request())) if (event.kind === "text") break;
  await until(() => server.asked.find(({ path }) => path === "/v1/chat/completions")?.isLeft, { what: "the server saw it go" });
});
