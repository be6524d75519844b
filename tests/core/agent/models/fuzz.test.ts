// Streams nobody should send, in both formats: whatever comes, an answer ends with one end or one failure and nothing is thrown. 10,000 of them with --full.
import { afterAll, expect, test } from "bun:test";
import { createAnthropic } from "../../../../core/agent/models/anthropic.ts";
import { createCompatible } from "../../../../core/agent/models/compatible.ts";
import type { Model, ModelEvent } from "../../../../core/agent/models/model.ts";
import { full, randomOf } from "../../../support/seed.ts";
import { begin, call, event, finish, PING, refusal, words } from "./anthropic-wire.ts";
import { type Answer, collect, createHasty, createScripted, cut, LIGHTS, request, SSE } from "./scripted.ts";

const COUNT = full ? 5000 : 120;
const random = randomOf("streams of models");
const under = (most: number): number => Math.floor(random() * most);
const pick = <T>(list: readonly T[], instead: T): T => list[under(list.length)] ?? instead;

const chunk = (delta: unknown, finish_reason: unknown = null): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const JUNK = [
  "null",
  "[]",
  "{}",
  '{"type":7}',
  '{"choices":[{}]}',
  '{"choices":"x"}',
  '{"error":{"type":"overloaded_error"}}',
  '{"error":null}',
  '"\\ud800"',
  "{",
  "\u0000",
  "1e999",
  '{"usage":{"prompt_tokens":-1}}',
];
const junk = (): string =>
  pick(
    [
      `data: ${pick(JUNK, "")}\n\n`,
      `event: ${pick(["message_start", "content_block_delta", "error", "ping", "x"], "x")}\ndata: ${pick(JUNK, "")}\n\n`,
      "\n",
      ": comment\n",
      "data:\n\n",
      "<html>",
      "event: ping\r\n\r\n",
      "data: [DONE]\n\n",
    ],
    "",
  );

const anthropicParts = [
  begin(),
  words("Hi ü"),
  PING,
  call(['{"room":', '"hall"}']),
  call(["{]"]),
  call(["[]"], 2, "other"),
  finish("tool_use"),
  finish(),
  finish("unheard_of"),
  event("error", { error: { type: "api_error", message: "x" } }),
  event("content_block_delta", { index: 9, delta: { type: "input_json_delta", partial_json: "{" } }),
];
const compatibleParts = [
  chunk({ content: "Hi ü" }),
  chunk({ content: '{"say": "x\\u00' }),
  chunk({ content: '{"tool": "house_lights", "arguments": {' }),
  chunk({ content: '"}}' }),
  chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "house_lights", arguments: '{"room"' } }] }),
  chunk({ tool_calls: [{ function: { arguments: ':"x"}' } }] }),
  chunk({ tool_calls: [{ index: 999 }, null] }),
  chunk({}, "stop"),
  chunk({}, "length"),
  chunk({}, "tool_calls"),
  chunk({ content: null }, 7),
  "data: [DONE]\n\n",
];

/** Answers as they should be, to be spoilt a little. */
const anthropicGood = [
  [begin(), words("Hi ü"), finish()],
  [begin(), PING, words("a"), call(['{"room":', '"hall"}']), finish("tool_use")],
  [begin(), call(["{}"], 0), finish("tool_use")],
];
const ended = (finish: string): string[] => [chunk({}, finish), 'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\n', "data: [DONE]\n\n"];
const compatibleGood = [
  [chunk({ role: "assistant", content: null }), chunk({ content: '{"say": "Hi \\u00fc' }), chunk({ content: ' there"}' }), ...ended("stop")],
  [chunk({ content: '{"tool": "house_lights",' }), chunk({ content: ' "arguments": {"room": "hall"}}' }), ...ended("stop")],
  [
    chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "house_lights", arguments: "" } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"room":"x"}' } }] }),
    ...ended("tool_calls"),
  ],
];

/** Parts in order or not, with junk, with bytes changed, cut anywhere, ended anywhere. */
const nonsense = (parts: readonly string[], good: readonly (readonly string[])[]): Answer => {
  const inOrder = random() < 0.5 ? pick(good, []) : Array.from({ length: under(12) }, () => pick(parts, ""));
  const junkShare = random() < 0.5 ? 0 : 0.15;
  const text = inOrder.flatMap((part) => (random() < junkShare ? [part, junk()] : [part])).join("");
  const bytes = new TextEncoder().encode(text);
  for (let changes = random() < 0.5 ? 0 : under(6); changes > 0 && bytes.length > 0; changes -= 1) bytes[under(bytes.length)] = under(256);
  const broken = random() < 0.3 ? bytes.slice(0, under(bytes.length + 1)) : bytes;
  const pieces = cut(new TextDecoder("latin1").decode(broken), [1 + under(200), 1 + under(900)]);
  if (random() < 0.1)
    return {
      status: pick([400, 401, 404, 413, 429, 500, 503, 529], 500),
      headers: pick([SSE, { "content-type": "application/json" }, { "content-type": "text/html" }], SSE),
      pieces: [pick([...JUNK, refusal("overloaded_error", "x"), "<html>"], "")],
    };
  return { headers: pick([SSE, SSE, SSE, { "content-type": "text/html" }, {}], SSE), pieces };
};

const server = createScripted(({ path }) => {
  if (path.endsWith("/models") || path.endsWith("/props")) return { status: 404, pieces: [] };
  return path.includes("messages") ? nonsense(anthropicParts, anthropicGood) : nonsense(compatibleParts, compatibleGood);
});
afterAll(() => server.stop());
const { clock } = createHasty();
const making = { clock, clean: (text: string) => text, changed: () => undefined, limits: { firstMs: 10_000, idleMs: 10_000, totalMs: 20_000 } };

const wellFormed = (events: readonly ModelEvent[]): boolean => {
  const ends = events.filter(({ kind }) => kind === "end" || kind === "failed");
  const wishes = events.flatMap((one) => (one.kind === "wish" ? [one.wish] : []));
  return ends.length === 1 && events.at(-1) === ends[0] && wishes.every(({ tool, arguments: given }) => tool === LIGHTS.name && typeof given === "object" && given !== null);
};

const AT_ONCE = 4;
const fuzz = async (make: () => Model): Promise<void> => {
  const kinds = new Map<string, number>();
  const one = async (): Promise<void> => {
    const events = await collect(make(), request({ tools: [LIGHTS], mustCall: random() < 0.3 }));
    expect(wellFormed(events), JSON.stringify(events).slice(0, 2000)).toBe(true);
    const end = events.at(-1);
    const kind = end?.kind === "failed" ? end.fault : end?.kind === "end" ? end.why : "?";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  };
  for (let left = COUNT; left > 0; left -= AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, one));
  server.asked.length = 0;
  console.log(`${COUNT} streams: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}`);
};

test("no stream of Anthropic's format is too strange", () => fuzz(() => createAnthropic({ model: "claude-sonnet-5-5", apiKey: "x", baseUrl: server.url }, making)), 600_000);
test(
  "no stream of the compatible format is too strange, held to a schema",
  () => fuzz(() => createCompatible("local", { baseUrl: `${server.url}/v1`, model: "tiny" }, making)),
  600_000,
);
test("nor with tools of its own", () => fuzz(() => createCompatible("cloud", { baseUrl: `${server.url}/v1`, model: "tiny" }, making)), 600_000);
