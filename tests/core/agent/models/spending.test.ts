// The daily limit: a hard stop that no restart, crash or second request gets past, and prices as they are published.
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptInHouse } from "../../../../core/agent/models/kept-in-house.ts";
import type { Model, ModelEvent } from "../../../../core/agent/models/model.ts";
import { knowledgeOf } from "../../../../core/agent/models/prices.ts";
import { createBudget, type DailyLimit } from "../../../../core/agent/models/spending.ts";
import { tokensAtMost } from "../../../../core/agent/models/token-bound.ts";
import { openDatabase } from "../../../../core/store/open.ts";
import { createSpendingStore, type SpendingStore } from "../../../../core/store/spending.ts";
import { createManualClock } from "../../../support/clock.ts";
import { collect, failureIn, LIGHTS, request } from "./scripted.ts";

const migrationsFolder = join(import.meta.dir, "../../../../core/store/migrations/jarvis");
const open = (path = ":memory:") => openDatabase({ path, migrationsFolder, synchronous: "NORMAL" });
const PRICES = knowledgeOf("claude-sonnet-5-5");
const DAY_MS = 86_400_000;

const model = (events: readonly ModelEvent[] | (() => AsyncIterable<ModelEvent>), asked: { count: number } = { count: 0 }): Model => ({
  route: "cloud",
  name: "claude-sonnet-5-5",
  contextTokens: 1000,
  count: async () => 1,
  async *run() {
    asked.count += 1;
    yield* typeof events === "function" ? events() : events;
  },
  health: () => ({ state: "ok", words: "answers", since: "" }),
});
const used = (input: number, output: number, costUsd: number): ModelEvent[] => [
  { kind: "text", text: "ok" },
  { kind: "usage", input, output, cached: 0, costUsd },
  { kind: "end", why: "done" },
];

const setUp = (limit: DailyLimit, store: SpendingStore = createSpendingStore(open()), clock = createManualClock()) => ({
  clock,
  store,
  budget: createBudget({ store, clock, route: "cloud", limit }),
});
const spentOn = (store: SpendingStore, day = "2026-01-01"): number => store.of(day).reduce((sum, { costUsd }) => sum + costUsd, 0);

test("what it took is written down, and the limit is a hard stop until midnight", async () => {
  const asked = { count: 0 };
  const { budget, store, clock } = setUp({ usd: 1 });
  const limited = budget.within(model(used(100, 50, 0.6), asked), PRICES);
  await collect(limited, request());
  expect(spentOn(store)).toBeCloseTo(0.6);
  await collect(limited, request());
  expect(spentOn(store)).toBeCloseTo(1.2);
  expect(budget.spent()).toContain("$1.20 of today's $1.00");
  expect(failureIn(await collect(limited, request()))).toMatchObject({ fault: "budget", isRetryable: false, words: expect.stringContaining("midnight UTC") });
  expect(asked.count).toBe(2);
  await clock.advance(DAY_MS);
  expect(failureIn(await collect(limited, request()))).toBeUndefined();
});

test("what may cost more than is left is not sent", async () => {
  const asked = { count: 0 };
  const { budget, store } = setUp({ usd: 0.05 });
  expect(failureIn(await collect(budget.within(model(used(1, 1, 0), asked), PRICES), request({ mostTokens: 1000 })))).toMatchObject({
    fault: "budget",
    words: expect.stringContaining("may cost up to $0.05"),
  });
  expect(asked.count).toBe(0);
  expect(spentOn(store)).toBe(0);
});

test("two at once do not get past it together: the first has booked its worst", async () => {
  const asked = { count: 0 };
  const gate = Promise.withResolvers<undefined>();
  const { budget } = setUp({ usd: 0.07 });
  const limited = budget.within(
    model(async function* () {
      await gate.promise;
      yield* used(1, 1, 0.001);
    }, asked),
    PRICES,
  );
  const both = Promise.all([collect(limited, request()), collect(limited, request())]);
  gate.resolve(undefined);
  const faults = (await both).map((events) => failureIn(events)?.kind);
  expect([asked.count, faults.filter(Boolean).length]).toEqual([1, 1]);
});

test("a restart forgets nothing, nor does a crash in the middle: its worst stays booked", async () => {
  const path = join(tmpdir(), `spending-${crypto.randomUUID()}.db`);
  const [first, clock] = [open(path), createManualClock()];
  const cut = setUp({ usd: 1 }, createSpendingStore(first), clock).budget.within(
    model(() => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) })),
    PRICES,
  );
  void cut.run(request())[Symbol.asyncIterator]().next();
  await clock.settle();
  first.close();
  const second = open(path);
  expect(spentOn(createSpendingStore(second))).toBeGreaterThan(0.04);
  second.close();
  rmSync(path, { force: true });
});

test("what a server refused cost nothing; what broke off uncounted costs its worst", async () => {
  const { budget, store } = setUp({ usd: 1 });
  await collect(budget.within(model([{ kind: "failed", fault: "auth", words: "no", isRetryable: false }]), PRICES), request());
  expect(spentOn(store)).toBe(0);
  await collect(
    budget.within(
      model([
        { kind: "text", text: "Half" },
        { kind: "failed", fault: "malformed", words: "broke off", isRetryable: true },
      ]),
      PRICES,
    ),
    request(),
  );
  expect(spentOn(store)).toBeGreaterThan(0.04);
});

test("tokens have a limit of their own, and none is none", async () => {
  const { budget } = setUp({ tokens: 10 });
  expect(failureIn(await collect(budget.within(model(used(5, 5, 0)), PRICES), request()))).toMatchObject({ fault: "budget", words: expect.stringContaining("tokens") });
  expect(failureIn(await collect(setUp({}).budget.within(model(used(5e6, 5e6, 500)), PRICES), request()))).toBeUndefined();
  expect(setUp({ usd: 0 }).budget.spent()).toContain("$0.00 of today's $0.00");
});

test("what cannot be written down is not sent, where there is a limit", async () => {
  const asked = { count: 0 };
  const store = createSpendingStore(open());
  const full = setUp({ usd: 1 }, { ...store, add: () => expect.unreachable("database or disk is full") });
  expect(failureIn(await collect(full.budget.within(model(used(1, 1, 0), asked), PRICES), request()))).toMatchObject({
    fault: "budget",
    words: expect.stringContaining("cannot be written down"),
  });
  expect(asked.count).toBe(0);
  const unlimited = setUp({}, { ...store, add: () => expect.unreachable("database or disk is full") });
  expect(failureIn(await collect(unlimited.budget.within(model(used(1, 1, 0), asked), PRICES), request()))).toBeUndefined();
});

test("a price is that of the model, of a long prompt, of the operator, or the dearest that is known", () => {
  const million = { input: 1e6, output: 1e6, cached: 0 };
  expect(knowledgeOf("claude-opus-5-5").costUsd(million)).toBe(24);
  expect(knowledgeOf("claude-sonnet-5-5").costUsd({ input: 1e6, output: 0, cached: 1e6 })).toBeCloseTo(0.1);
  expect(knowledgeOf("claude-sonnet-5-5").costUsd({ input: 1e6, output: 0, cached: 0, written: 1e6 })).toBeCloseTo(2.5);
  expect(knowledgeOf("claude-haiku-5-5").costUsd({ input: 1e5, output: 0, cached: 0 })).toBeCloseTo(0.01);
  expect(knowledgeOf("claude-haiku-5-5").costUsd({ input: 2e5, output: 0, cached: 0 })).toBeCloseTo(0.1);
  expect(knowledgeOf("claude-haiku-4-5-20251001").costUsd(million)).toBe(6);
  expect(knowledgeOf("gpt-unheard", { input: 1, output: 2 }).costUsd(million)).toBe(3);
  expect(knowledgeOf("gpt-unheard")).toMatchObject({ isPriceKnown: false });
  expect(knowledgeOf("claude-fable-5-2").isPriceKnown).toBe(false);
  expect(knowledgeOf("gpt-unheard").costUsd(million)).toBe(60);
});

test("tokens are never guessed low", () => {
  for (const [text, least] of [
    ["", 0],
    ["restart the nginx container", 4],
    ["192.168.1.50:8006", 15],
    ["a3f9c2e1b7d84650", 12],
    ["服务器", 3],
    ["🙂", 2],
    ["\n\n\n", 1],
  ] as const)
    expect(tokensAtMost(text)).toBeGreaterThanOrEqual(least);
});

test("a conversation with logs in it is not sent out of the house", async () => {
  const asked = { count: 0 };
  const wish = (tool: string) => ({ id: "w", tool, arguments: {}, raw: "{}" });
  const carrying = (tool: string) =>
    request({
      said: [
        { role: "person", text: "why" },
        { role: "jarvis", text: "", calls: [wish(tool)] },
        { role: "result", text: "line", of: "w" },
      ],
    });
  const kept = keptInHouse(model(used(1, 1, 0), asked), ["logs"]);
  expect(failureIn(await collect(kept, carrying("docker_container_logs")))).toMatchObject({ words: expect.stringContaining("never leave the house") });
  expect(asked.count).toBe(0);
  expect(failureIn(await collect(kept, carrying(LIGHTS.name)))).toBeUndefined();
  expect(failureIn(await collect(keptInHouse(model(used(1, 1, 0)), []), carrying("docker_container_logs")))).toBeUndefined();
});
