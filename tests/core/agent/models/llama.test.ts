// Against a real llama-server with a real model: streaming, calls that always parse, a prefix read once, a slot that is free at once, too long a prompt, and a server that dies and comes back.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createCompatible } from "../../../../core/agent/models/compatible.ts";
import { wishOf } from "../../../../core/agent/models/wish.ts";
import { llamaPrograms, startLlama } from "../../../support/llama.ts";
import { full } from "../../../support/seed.ts";
import { until } from "../../../support/until.ts";
import { collect, createHasty, failureIn, last, request, textOf } from "./scripted.ts";

const programs = await llamaPrograms();
if (!programs) console.log("skipped: no llama-server here; --full builds one from its source on PyPI, which takes many minutes");
const RESTART = {
  name: "guest_restart",
  about: "restarts a guest",
  input: { type: "object", properties: { guest: { enum: ["nginx", "wiki", "nas"] }, how: { enum: ["soft", "hard"] } }, required: ["guest", "how"] },
};
const NOW = { name: "time_now", about: "tells the time", input: { type: "object", properties: {} } };
const CALLS = full ? 10 : 2;
const STABLE = `You are Jarvis, who looks after a house of machines. ${"Be exact, be brief, and say what you do not know. ".repeat(12)}`;

describe.skipIf(!programs)("a real llama-server", () => {
  let server: Awaited<ReturnType<typeof startLlama>>;
  let model: ReturnType<typeof createCompatible>;
  const { clock } = createHasty();
  beforeAll(async () => {
    if (!programs) return;
    server = await startLlama(programs);
    model = createCompatible("local", { baseUrl: `${server.root}/v1`, model: "gemma" }, { clock, clean: (text) => text, changed: () => undefined });
  }, 90_000);
  afterAll(() => server?.stop());

  test("tells how much it holds and counts by its own tokenizer", async () => {
    expect(await model.count("restart the nginx container")).toBeWithin(3, 9);
    expect(model.contextTokens).toBe(server.contextTokens);
  });

  test("streams words in pieces and counts them", async () => {
    const events = await collect(model, request({ said: [{ role: "person", text: "Count: one, two, three," }], mostTokens: 12 }));
    expect(events.filter(({ kind }) => kind === "text").length).toBeGreaterThan(2);
    expect(events.find(({ kind }) => kind === "usage")).toMatchObject({ output: expect.any(Number), costUsd: 0 });
    expect(last(events)?.kind).toBe("end");
  }, 30_000);

  test(`${CALLS} answers that must be calls: what ends by itself can be read and names an offered tool`, async () => {
    const tools = [RESTART, NOW];
    let whole = 0;
    for (let nth = 0; nth < CALLS; nth += 1) {
      const events = await collect(
        model,
        request({ tools, mustCall: true, mostTokens: 60, said: [{ role: "person", text: `Restart ${["nginx", "wiki", "nas"][nth % 3]}, softly.` }] }),
      );
      const [wish] = events.flatMap((event) => (event.kind === "wish" ? [event.wish] : []));
      expect(failureIn(events)).toBeUndefined();
      // A model may fill its tokens with white space; what ends by itself is always a call.
      if (!wish) expect(last(events)).toEqual({ kind: "end", why: "length" });
      else {
        whole += 1;
        expect(wishOf({ id: wish.id, tool: wish.tool, raw: wish.raw }, tools).kind).toBe("wish");
        expect(wish.tool === NOW.name || Object.keys(Object(wish.arguments)).sort().join()).toBe(wish.tool === NOW.name || "guest,how");
      }
    }
    console.log(`${whole} of ${CALLS} calls were whole, the others cut by their length`);
    expect(whole).toBeGreaterThan(0);
  }, 280_000);

  test("reads a prefix that stays only once, by its own figures", async () => {
    const ask = (text: string) => collect(model, request({ system: [{ text: STABLE, isStable: true }], said: [{ role: "person", text }], mostTokens: 2 }));
    const used = (events: Awaited<ReturnType<typeof ask>>) => events.find((event) => event.kind === "usage");
    const [first, second] = [used(await ask("Is all well?")), used(await ask("Is nginx up?"))];
    console.log(`prompt tokens ${first?.input}, of them from the cache ${first?.cached}; then ${second?.input} and ${second?.cached}`);
    expect(second?.input).toBeGreaterThan(100);
    expect((second?.cached ?? 0) / (second?.input ?? 1)).toBeGreaterThan(0.85);
  }, 60_000);

  const isBusy = async (): Promise<boolean> => {
    const slots: unknown = await (await fetch(`${server.root}/slots`)).json();
    return JSON.stringify(slots).includes('"is_processing":true');
  };

  test("who goes away frees the slot", async () => {
    for await (const event of model.run(request({ said: [{ role: "person", text: "Write a very long story." }], mostTokens: 600 }))) if (event.kind === "text") break;
    await until(async () => !(await isBusy()), { what: "the slot is free" });
  }, 30_000);

  test("too long a conversation is told as such", async () => {
    const events = await collect(model, request({ said: [{ role: "person", text: "word ".repeat(900) }] }));
    expect(failureIn(events)).toMatchObject({ fault: "overflow", words: expect.stringContaining("longer than") });
  }, 30_000);

  test("a server that dies in the middle is a failure, and one that is back answers", async () => {
    const events: string[] = [];
    for await (const event of model.run(request({ said: [{ role: "person", text: "Write a very long story." }], mostTokens: 300 }))) {
      if (event.kind === "text" && events.length === 0) await server.stop();
      events.push(event.kind);
    }
    expect(events.at(-1)).toBe("failed");
    expect(model.health().state).toBe("down");
    if (programs) server = await startLlama(programs, server.port);
    expect(textOf(await collect(model, request({ mostTokens: 8 })))).not.toBe("");
    expect(model.health().state).toBe("ok");
  }, 90_000);
});
