// The models, wired: nothing without settings, made at the first question, their end and their return told once, what they took on /metrics.
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { createModels } from "../../../core/app/models.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { ModelState } from "../../../core/contract/wire.ts";
import { createRedactor } from "../../../core/lib/redact.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";
import { type Answer, collect, createScripted, request, SSE } from "../agent/models/scripted.ts";

const migrationsFolder = join(import.meta.dir, "../../../core/store/migrations/jarvis");
const persona = Persona.parse({ name: "Test" });
let stop = (): unknown => undefined;
afterEach(() => stop());

const chunk = (content: string, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason }], usage: { prompt_tokens: 9, completion_tokens: 2 } })}\n\n`;
const GOOD: Answer = { headers: SSE, pieces: [chunk("ok"), chunk("", "stop"), "data: [DONE]\n\n"] };
const KEY = "key-of-the-house-0123456789";

const setUp = (answer: () => Answer, sections: readonly ("local" | "cloud")[], stays: readonly "names"[] = []) => {
  const server = createScripted(({ path }) => (path.endsWith("/chat/completions") ? answer() : { status: 404, pieces: [] }));
  stop = server.stop;
  const clock = createManualClock();
  const notes: string[] = [];
  let states: () => ModelState[] = () => [];
  const one = { baseUrl: `${server.url}/v1`, model: "tiny", apiKey: KEY };
  const { models, metrics } = createModels({
    settings: {
      stays,
      ...(sections.includes("local") ? { local: one } : {}),
      ...(sections.includes("cloud") ? { cloud: { ...one, provider: "openai", dailyLimitUsd: 2 } } : {}),
    },
    clock,
    db: openDatabase({ path: ":memory:", migrationsFolder, synchronous: "NORMAL" }),
    log: () => undefined,
    redact: createRedactor([KEY]),
    switches: { on: () => () => undefined },
    recall: async () => [],
    metrics: () => [{ name: "other", help: "x", type: "gauge", samples: [] }],
    status: {
      note: (words) => void notes.push(words),
      tell: () => undefined,
      thinks: (given) => {
        states = given;
      },
    },
  });
  const choose = async (text: string, isTainted = false) => {
    if (!models) throw new Error("none is configured");
    return models.choose({ text, persona, isTainted });
  };
  return { server, clock, notes, models, metrics, choose, states: () => states() };
};

test("without any in the settings there are none, and nothing is told of them", () => {
  const { models, metrics, states } = setUp(() => GOOD, []);
  expect(models).toBeUndefined();
  expect(states()).toEqual([]);
  expect(metrics().map(({ name }) => name)).toEqual(["other"]);
});

test("one that is configured is unknown until it is asked, and tells what it took", async () => {
  const { choose, states, metrics, server } = setUp(() => GOOD, ["local"]);
  expect(states()).toMatchObject([{ route: "local", model: "tiny", state: "unknown", words: "not asked yet" }]);
  expect(server.asked).toEqual([]);
  const { models, why, text } = await choose("@local is it well?");
  expect([models.length, text, why]).toEqual([1, "is it well?", "you asked for the local model"]);
  for (const model of models) await collect(model, request());
  expect(states()).toMatchObject([{ state: "ok" }]);
  const [, tokens, cost] = metrics();
  expect(tokens?.samples).toContainEqual({ labels: { route: "local", model: "tiny", kind: "input" }, value: 9 });
  expect(cost?.samples).toEqual([{ labels: { route: "local", model: "tiny" }, value: 0 }]);
});

test("its end is told once, its return too, and between them it is asked again only now and then", async () => {
  let answer: Answer = { status: 401, headers: { "content-type": "application/json" }, pieces: [JSON.stringify({ error: { message: `bad ${KEY}` } })] };
  const { choose, notes, states, clock } = setUp(() => answer, ["local"]);
  const ask = async (): Promise<number> => {
    const { models } = await choose("is it well?");
    for (const model of models) await collect(model, request());
    return models.length;
  };
  expect(await ask()).toBe(1);
  expect(states()).toMatchObject([{ state: "down", since: "2026-01-01T00:00:00.000Z" }]);
  expect(await ask()).toBe(0);
  expect((await choose("is it well?")).why).toContain("does not answer");
  await clock.advance(31_000);
  expect(await ask()).toBe(1);
  expect(notes.length).toBe(1);
  expect(notes.join()).not.toContain(KEY);
  answer = GOOD;
  await clock.advance(31_000);
  expect(await ask()).toBe(1);
  expect(notes).toEqual([expect.stringContaining("The local model does not answer"), "The local model answers again."]);
  expect(states()).toMatchObject([{ state: "ok", since: "2026-01-01T00:01:02.000Z" }]);
});

test("the cloud stands behind the house, unless what a question carries stays", async () => {
  expect((await setUp(() => GOOD, ["local", "cloud"]).choose("is it well?")).models.map(({ route }) => route)).toEqual(["local", "cloud"]);
  expect((await setUp(() => GOOD, ["local", "cloud"]).choose("why is it slow?")).models.map(({ route }) => route)).toEqual(["cloud", "local"]);
  expect((await setUp(() => GOOD, ["local", "cloud"], ["names"]).choose("why is it slow?")).models.map(({ route }) => route)).toEqual(["local"]);
});
