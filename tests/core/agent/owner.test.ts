// What a conversation waits for is its speaker's, and is answered once; what is said during a long act is not undone when that ends.
import { expect, test } from "bun:test";
import { createChat, type Turn } from "../../../core/agent/chat.ts";
import { createManualClock } from "../../support/clock.ts";
import { registered, view } from "./utterances/house.ts";

const tools = await registered();

const house = (call: Turn["call"] = async () => ({ callId: "c", state: "succeeded", text: "It is so." })) => {
  const made: string[] = [];
  const chat = createChat({ clock: createManualClock(), view: () => view, tools: () => tools, ask: () => undefined, remember: () => undefined });
  const say = (text: string, by = "operator owner") =>
    chat.take({
      conversation: "ops",
      by,
      message: "m",
      text,
      call: (request) => {
        made.push(`${by}: ${request.tool} ${JSON.stringify(request.arguments)}`);
        return call(request);
      },
      emit: () => undefined,
    });
  return { made, say };
};
const RESTART = (name: string): string => `operator owner: docker_container_restart {"container":"${name}","host":"mgmt"}`;

test("a question that one caller led to is not answered by another's yes, nor is what one named the other's it", async () => {
  const { made, say } = house();
  await say("restrat nginx", "script reader");
  await say("yes");
  await say("restart it");
  expect(made).toEqual([]);
  await say("restrat nginx");
  await say("yes");
  expect(made).toEqual([RESTART("nginx")]);
});

test("a yes that is sent twice acts once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { made, say } = house(async () => {
    await promise;
    return { callId: "c", state: "succeeded", text: "It is so." };
  });
  await say("restrat nginx");
  const both = [say("yes"), say("yes")];
  resolve();
  await Promise.all(both);
  expect(made).toEqual([RESTART("nginx")]);
});

test("what was named while an act went on stays what is meant when that ends", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { made, say } = house(async () => {
    await promise;
    return { callId: "c", state: "succeeded", text: "It is so." };
  });
  const act = say("restart nginx");
  await say("status of grafana");
  resolve();
  await act;
  await say("restart it");
  expect(made).toEqual([RESTART("nginx"), RESTART("grafana")]);
});

test("while an act goes on nobody guesses what it is", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { made, say } = house(async () => {
    await promise;
    return { callId: "c", state: "succeeded", text: "It is so." };
  });
  await say("status of grafana");
  const act = say("restart nginx");
  expect((await say("stop it")).text).toContain('what "it" stands for');
  resolve();
  await act;
  expect(made).toEqual([RESTART("nginx")]);
});
