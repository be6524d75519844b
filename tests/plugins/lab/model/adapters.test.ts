// Both formats against the lab's own model, which was written from the specifications by somebody else: words, a call, a prefix read once, and the lab's troubles as failures.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createAnthropic } from "../../../../core/agent/models/anthropic.ts";
import { createCompatible } from "../../../../core/agent/models/compatible.ts";
import type { Model } from "../../../../core/agent/models/model.ts";
import { collect, createHasty, failureIn, last, request, textOf } from "../../../core/agent/models/scripted.ts";
import { KEY, openModel } from "./open-model.ts";

const RESTART = {
  name: "docker_container_restart",
  about: "Restarts a Docker container.",
  input: { type: "object", properties: { container: { type: "string", maxLength: 100 } }, required: ["container"] },
};
const STABLE = [{ text: "You look after a house of machines. ".repeat(200), isStable: true }];
const asked = (text: string) => request({ system: STABLE, tools: [RESTART], said: [{ role: "person", text }], mostTokens: 200 });

let lab: Awaited<ReturnType<typeof openModel>>;
const made: Record<string, Model> = {};
beforeAll(async () => {
  lab = await openModel();
  const making = { clock: createHasty().clock, clean: (text: string) => text, changed: () => undefined };
  made.local = createCompatible("local", { baseUrl: `${lab.url}/v1`, model: "lab-model", apiKey: KEY }, making);
  made.native = createCompatible("cloud", { baseUrl: `${lab.url}/v1`, model: "lab-model", apiKey: KEY }, making);
  made.anthropic = createAnthropic({ baseUrl: lab.url, model: "lab-model", apiKey: KEY }, making);
});
afterAll(() => lab.stop());

const modelOf = (name: string): Model => {
  const model = made[name];
  if (!model) throw new Error(`no ${name}`);
  return model;
};

test.each(["local", "native", "anthropic"])("%s: words, then a call, then the prefix from the cache", async (name) => {
  const model = modelOf(name);
  const words = await collect(model, asked("hello there"));
  expect(failureIn(words)).toBeUndefined();
  expect(textOf(words).length).toBeGreaterThan(3);
  const call = await collect(model, asked("restart the container nginx"));
  expect(call.find(({ kind }) => kind === "wish")).toMatchObject({ wish: { tool: RESTART.name, arguments: { container: "nginx" } } });
  expect(last(call)).toEqual({ kind: "end", why: "wishes" });
  const usage = call.find((event) => event.kind === "usage");
  expect((usage?.cached ?? 0) / (usage?.input ?? 1)).toBeGreaterThan(0.8);
});

test("the house's own counts by the lab's tokenizer and knows how much it holds", async () => {
  expect(await modelOf("local").count("restart nginx")).toBeLessThan(6);
  expect(modelOf("local").contextTokens).toBe(4096);
});

test("a key the lab does not know is told as such", async () => {
  const making = { clock: createHasty().clock, clean: (text: string) => text, changed: () => undefined };
  for (const model of [
    createCompatible("local", { baseUrl: `${lab.url}/v1`, model: "lab-model", apiKey: "wrong-key-0123456789" }, making),
    createAnthropic({ baseUrl: lab.url, model: "lab-model", apiKey: "wrong-key-0123456789" }, making),
  ])
    expect(failureIn(await collect(model, asked("hello")))).toMatchObject({ fault: "auth", isRetryable: false });
});
