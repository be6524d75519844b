// Anthropic's wire format, spoken byte for byte by a scripted server: words, calls, usage, the cache, and every way it fails.
import { afterEach, expect, test } from "bun:test";
import { createAnthropic } from "../../../../core/agent/models/anthropic.ts";
import type { ModelEvent } from "../../../../core/agent/models/model.ts";
import { createManualClock } from "../../../support/clock.ts";
import { until } from "../../../support/until.ts";
import { begin, call, event, finish, PING, refusal, words } from "./anthropic-wire.ts";
import { type Answer, type Asked, collect, createHasty, createScripted, cut, failureIn, LIGHTS, last, request, textOf } from "./scripted.ts";

const JSON_TYPE = { "content-type": "application/json" };
const KEY = "sk-ant-very-secret-0123456789";
let stop = (): unknown => undefined;
afterEach(() => stop());

const setUp = (answers: (asked: Asked, nth: number) => Answer, model = "claude-sonnet-5-5", base = "") => {
  const server = createScripted(answers);
  stop = server.stop;
  const { clock, pauses } = createHasty();
  const made = createAnthropic({ model, apiKey: KEY, baseUrl: `${server.url}${base}` }, { clock, clean: (text) => text.replaceAll(KEY, "[redacted]"), changed: () => undefined });
  return { server, model: made, pauses };
};
const streams = (...pieces: Answer["pieces"]) => setUp(() => ({ pieces }));

test("words come as they are written, then what they took and what it cost, then the end", async () => {
  const { model } = streams(begin(), PING, words("All is well."), finish());
  const events = await collect(model, request());
  expect(textOf(events)).toBe("All is well.");
  expect(events.slice(-2)).toEqual([
    { kind: "usage", input: 100, output: 7, cached: 90, costUsd: (10 * 2 + 90 * 0.1 + 7 * 10) / 1e6 },
    { kind: "end", why: "done" },
  ]);
  expect(model.health().state).toBe("ok");
});

test("pieces may be cut anywhere, within a letter too, and lines may end in CRLF", async () => {
  const text = begin(undefined, "\r\n") + words("Grüße, 服务器 läuft 🙂", 0, "\r\n") + finish("end_turn", 7, "\r\n");
  for (const lengths of [[1], [3, 1, 7], [2, 5], [1000]]) {
    const { model } = streams(...cut(text, lengths));
    const events = await collect(model, request());
    expect(textOf(events)).toBe("Grüße, 服务器 läuft 🙂");
    expect(last(events)).toEqual({ kind: "end", why: "done" });
    await stop();
  }
});

test("a call is a wish when it is whole, with the words before it", async () => {
  const { model } = streams(begin(), words("One moment."), call(['{"ro', 'om": "hall", "on"', ": true}"]), finish("tool_use"));
  const events = await collect(model, request({ tools: [LIGHTS] }));
  expect(events.find(({ kind }) => kind === "wish")).toEqual({
    kind: "wish",
    wish: { id: "toolu_1", tool: "house_lights", arguments: { room: "hall", on: true }, raw: '{"room": "hall", "on": true}' },
  });
  expect(last(events)).toEqual({ kind: "end", why: "wishes" });
});

test("what stays the same stands first and is marked for the cache; what changes stands with the person's last words", async () => {
  const { model, server } = streams(begin(), words("."), finish());
  const wish = { id: "w1", tool: "house_lights", arguments: { room: "hall" }, raw: '{"room":"hall"}' };
  await collect(
    model,
    request({
      system: [
        { text: "You are Jarvis.", isStable: true },
        { text: "It is 10:00.", isStable: false },
      ],
      tools: [LIGHTS],
      said: [
        { role: "person", text: "light" },
        { role: "jarvis", text: "", calls: [wish, { ...wish, id: "w2" }] },
        { role: "result", text: "on", of: "w1" },
      ],
    }),
  );
  const [asked] = server.asked;
  const kept = { type: "ephemeral" };
  expect(asked?.path).toBe("/v1/messages");
  expect(asked?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  expect(asked?.body.system).toEqual([{ type: "text", text: "You are Jarvis.", cache_control: kept }]);
  expect(asked?.body.messages).toEqual([
    { role: "user", content: [{ type: "text", text: "It is 10:00.\n\nlight" }] },
    { role: "assistant", content: [{ type: "tool_use", id: "w1", name: "house_lights", input: { room: "hall" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "w1", content: "on", cache_control: kept }] },
  ]);
});

test("a base address may have a path before it and /v1 behind it", async () => {
  const { model, server } = setUp(() => ({ pieces: [begin(), words("."), finish()] }), "claude-sonnet-5-5", "/proxy/v1/");
  await collect(model, request());
  expect(server.asked[0]?.path).toBe("/proxy/v1/messages");
});

test("a model that cannot be made to call is asked to in words; one that can is made to", async () => {
  const pieces = [begin(), call(["{}"], 0), finish("tool_use")];
  const modern = setUp(() => ({ pieces }));
  await collect(modern.model, request({ tools: [LIGHTS], mustCall: true }));
  expect(modern.server.asked[0]?.body.tool_choice).toBeUndefined();
  expect(JSON.stringify(modern.server.asked[0]?.body.system)).toContain("Answer with a call");
  await modern.server.stop();
  const older = setUp(() => ({ pieces }), "claude-haiku-4-5");
  await collect(older.model, request({ tools: [LIGHTS], mustCall: true }));
  expect(older.server.asked[0]?.body.tool_choice).toEqual({ type: "any" });
});

test("a field the server refuses is left out from then on", async () => {
  const { model, server } = setUp((asked) =>
    asked.body.thinking
      ? { status: 400, headers: JSON_TYPE, pieces: [refusal("invalid_request_error", "thinking: this model does not take it")] }
      : { pieces: [begin(), words("ok"), finish()] },
  );
  expect(textOf(await collect(model, request()))).toBe("ok");
  expect(textOf(await collect(model, request()))).toBe("ok");
  expect(server.asked.map(({ body }) => body.thinking !== undefined)).toEqual([true, false, false]);
});

const answersWith = (status: number, text: string, headers: Record<string, string> = {}): Answer => ({ status, headers: { ...JSON_TYPE, ...headers }, pieces: [text] });

test.each([
  [401, refusal("authentication_error", `invalid x-api-key ${KEY}`), "auth", 1],
  [404, refusal("not_found_error", "model: claude-nothing"), "absent", 1],
  [413, refusal("request_too_large", "too large"), "overflow", 1],
  [400, refusal("invalid_request_error", "prompt is too long: 1200000 tokens > 1000000 maximum"), "overflow", 1],
  [400, refusal("invalid_request_error", "Your credit balance is too low to access the API"), "budget", 1],
  [429, refusal("rate_limit_error", "slow down"), "rate", 3],
  [529, refusal("overloaded_error", "Overloaded"), "overloaded", 3],
  [500, "<html>oh</html>", "overloaded", 3],
  [302, "", "absent", 1],
] as const)("%p %p is %p after %p tries", async (status, text, fault, tries) => {
  const { model, server } = setUp(() => answersWith(status, text, status === 302 ? { location: "http://127.0.0.1:1/" } : {}));
  const events = await collect(model, request());
  expect(failureIn(events)).toMatchObject({ kind: "failed", fault, isRetryable: tries > 1 });
  expect(JSON.stringify(events)).not.toContain(KEY);
  expect(server.asked.length).toBe(tries);
  expect(model.health().state).toBe(fault === "overflow" ? "unknown" : "down");
});

test("retry-after is kept; a wait nobody would sit through ends the tries at once", async () => {
  const { model, pauses, server } = setUp((_, nth) =>
    nth === 1 ? answersWith(429, refusal("rate_limit_error", "slow"), { "retry-after": "3" }) : { pieces: [begin(), words("ok"), finish()] },
  );
  expect(textOf(await collect(model, request()))).toBe("ok");
  expect(pauses).toEqual([3000]);
  await server.stop();
  const long = setUp(() => answersWith(429, refusal("rate_limit_error", "slow"), { "retry-after": "600" }));
  expect(failureIn(await collect(long.model, request()))).toMatchObject({ fault: "rate", isRetryable: true });
  expect(long.server.asked.length).toBe(1);
});

test("what was said already is not said twice: an overload in the middle of an answer fails", async () => {
  const { model, server } = setUp(() => ({ pieces: [begin(), words("Half an"), event("error", { error: { type: "overloaded_error", message: "Overloaded" } })] }));
  const events = await collect(model, request());
  expect(textOf(events)).toBe("Half an");
  expect(failureIn(events)).toMatchObject({ fault: "overloaded", isRetryable: true });
  expect(events.some(({ kind }) => kind === "usage")).toBe(true);
  expect(server.asked.length).toBe(1);
});

test.each([
  ["a truncated stream", [begin(), words("Half")], "malformed"],
  ["a dropped line", [begin(), words("Half"), "drop"], undefined],
  ["garbage in an event", [begin(), 'event: content_block_delta\ndata: {"type": "content_block_delta", \n\n'], "malformed"],
  ["figures that are words", [event("message_start", { message: { usage: { input_tokens: "many" } } })], "malformed"],
  ["nothing at all", [], "malformed"],
] as const)("%s is one failure at the end", async (_, pieces, fault) => {
  const { model } = streams(...pieces);
  const events = await collect(model, request());
  expect(last(events)).toMatchObject({ kind: "failed", ...(fault ? { fault } : {}) });
  expect(events.filter(({ kind }) => kind === "failed" || kind === "end").length).toBe(1);
});

test("a web page instead of an answer says what to look at", async () => {
  const { model, server } = setUp(() => ({ headers: { "content-type": "text/html" }, pieces: ["<!doctype html><p>Welcome to nginx!"] }));
  expect(failureIn(await collect(model, request()))).toMatchObject({ fault: "malformed", isRetryable: false, words: expect.stringContaining("web page") });
  expect(server.asked.length).toBe(1);
});

test("a call nobody can carry out is asked for again at most twice, in words that say what is wrong", async () => {
  const broken = { pieces: [begin(), call(['{"room": '], 0), finish("tool_use")] };
  const mended = setUp((_, nth) => (nth < 3 ? broken : { pieces: [begin(), call(['{"room": "hall"}'], 0), finish("tool_use")] }));
  const events = await collect(mended.model, request({ tools: [LIGHTS] }));
  expect(events.filter(({ kind }) => kind === "wish").length).toBe(1);
  expect(JSON.stringify(mended.server.asked[1]?.body.messages)).toContain("are not JSON");
  await mended.server.stop();
  const hopeless = setUp(() => broken);
  expect(failureIn(await collect(hopeless.model, request({ tools: [LIGHTS] })))).toMatchObject({ fault: "malformed" });
  expect(hopeless.server.asked.length).toBe(3);
  await hopeless.server.stop();
  const strange = setUp(() => ({ pieces: [begin(), call(["{}"], 0, "house_explode"), finish("tool_use")] }));
  await collect(strange.model, request({ tools: [LIGHTS] }));
  expect(JSON.stringify(strange.server.asked[1]?.body.messages)).toContain("there are: house_lights");
});

const waiting = (pieces: Answer["pieces"]) => {
  const server = createScripted(() => ({ pieces }));
  stop = server.stop;
  const clock = createManualClock();
  const model = createAnthropic(
    { model: "claude-sonnet-5-5", apiKey: KEY, baseUrl: server.url },
    { clock, clean: (text) => text, changed: () => undefined, limits: { firstMs: 1000, idleMs: 500, totalMs: 5000 } },
  );
  return { server, clock, model };
};

test("a server that says nothing is left after the time for the first word", async () => {
  const { server, clock, model } = waiting(["hang"]);
  const events = collect(model, request());
  await until(() => server.asked.length === 1);
  await clock.advance(1000);
  expect(last(await events)).toMatchObject({ kind: "failed", fault: "timeout", words: expect.stringContaining("said nothing for 1 s") });
  await until(() => server.asked[0]?.isLeft, { what: "the server saw it go" });
});

test("one that falls silent in the middle is left sooner, and what it said stays said", async () => {
  const { clock, model } = waiting([begin(), words("So far"), "hang"]);
  const events: ModelEvent[] = [];
  const done = (async () => {
    for await (const one of model.run(request())) events.push(one);
  })();
  await until(() => textOf(events) === "So far");
  await clock.advance(500);
  await done;
  expect(last(events)).toMatchObject({ kind: "failed", fault: "timeout", words: expect.stringContaining("fell silent") });
});

test("who stops it, or goes away from it, frees the server", async () => {
  const stopped = waiting([begin(), words("So far"), "hang"]);
  const controller = new AbortController();
  const events: ModelEvent[] = [];
  const done = (async () => {
    for await (const one of stopped.model.run(request({ signal: controller.signal }))) events.push(one);
  })();
  await until(() => textOf(events) === "So far");
  controller.abort();
  await done;
  expect(last(events)).toMatchObject({ kind: "failed", fault: "cancelled" });
  await until(() => stopped.server.asked[0]?.isLeft, { what: "the server saw it go" });
  await stopped.server.stop();

  const left = waiting([begin(), words("So far"), "hang"]);
  for await (const one of left.model.run(request())) if (one.kind === "text") break;
  await until(() => left.server.asked[0]?.isLeft, { what: "the server saw it go" });
});

test("nobody there is told as such", async () => {
  const { clock } = createHasty();
  const model = createAnthropic({ model: "claude-sonnet-5-5", apiKey: KEY, baseUrl: "http://127.0.0.1:9" }, { clock, clean: (text) => text, changed: () => undefined });
  expect(failureIn(await collect(model, request()))).toMatchObject({ fault: "absent", isRetryable: true, words: expect.stringContaining("cannot be reached") });
});
