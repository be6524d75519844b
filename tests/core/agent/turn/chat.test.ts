// The chat with models beside its rules: rules first and for nothing, a model where they cannot, the rules again where no model answers, and that said once.
import { describe, expect, test } from "bun:test";
import { createChat } from "../../../../core/agent/chat.ts";
import type { Model } from "../../../../core/agent/models/model.ts";
import type { Choice } from "../../../../core/agent/turn/mind.ts";
import type { Ask } from "../../../../core/contract/call.ts";
import { ChatDone } from "../../../../core/contract/wire.ts";
import { createFarm, houseView, OPERATOR, tools } from "./farm.ts";
import { calls, failed, says, scripted, seenBy } from "./scripted.ts";

const OPEN = "write me a haiku about the weather";

const talkTo = (
  choice: (Partial<Choice> & { models: readonly Model[] }) | undefined,
  more: { view?: () => ReturnType<typeof houseView>; onHalt?: (stop: () => void) => () => void } = {},
) => {
  const farm = createFarm();
  const events: { method: string }[] = [];
  const remembered: string[] = [];
  const { view = () => houseView() } = more;
  const chat = createChat({
    clock: farm.clock,
    view,
    tools: () => tools,
    ask: (callId) => ({ callId }) as Ask,
    remember: ({ role, text }) => void remembered.push(`${role}: ${text}`),
    ...(choice === undefined
      ? {}
      : { models: { choose: ({ text }) => ({ why: "rules do not know it", text, ...choice }), redact: (text) => text, ...(more.onHalt ? { onHalt: more.onHalt } : {}) } }),
  });
  const named = (name: string) => tools.find((tool) => tool.name === name) ?? tools[0];
  const call = (request: { tool: string; arguments: unknown; caller?: typeof OPERATOR; hold?: string }) => {
    const tool = named(request.tool);
    if (tool === undefined) throw new Error(request.tool);
    return farm.act(tool, request.arguments, { caller: request.caller ?? OPERATOR, ...(request.hold === undefined ? {} : { hold: request.hold }) });
  };
  const say = async (text: string, conversation = "k") =>
    ChatDone.parse(await chat.take({ conversation, by: "operator dashboard", message: "m", text, call, wish: { by: OPERATOR, call }, emit: (event) => void events.push(event) }));
  return { say, farm, events, remembered };
};

describe("chat", () => {
  test("what rules answer costs nothing, and no model is asked", async () => {
    const model = scripted([]);
    const { say, farm } = talkTo({ models: [model] });
    for (const text of ["status", "status of web1", "restart nginx", "hello"])
      expect(await say(text)).toMatchObject({ route: "reflex", tokens: { input: 0, output: 0, cached: 0 }, costUsd: 0 });
    expect(model.asked).toEqual([]);
    expect(farm.effects).toHaveLength(1);
  });

  test("what they cannot is a model's, and the answer says whose and why", async () => {
    const { say, events, remembered } = talkTo({ models: [scripted([says("Clouds drift by, old friend.")], { route: "local", name: "qwen" })] });
    expect(await say(OPEN)).toMatchObject({
      text: "Clouds drift by, old friend.",
      route: "local",
      model: "qwen",
      why: "rules do not know it",
      tokens: { input: 100, output: 10 },
      calls: [],
    });
    expect(events).toContainEqual({ method: "chat.delta", text: "Clouds drift by, old friend." } as never);
    expect(remembered).toEqual([`person: ${OPEN}`, "jarvis: Clouds drift by, old friend."]);
  });

  test("a wish is told as it is called, and what waits is shown", async () => {
    const { say, events } = talkTo({ models: [scripted([calls(["farm_guest_reboot", { vmid: 201 }]), says("It waits for you.")])] });
    const { calls: made, text } = await say("web1 does odd things, please sort it out for me");
    expect(events.map(({ method }) => method)).toEqual(expect.arrayContaining(["chat.call", "chat.ask", "chat.delta"]));
    expect(made).toHaveLength(1);
    expect(text).toContain("To reboot web1 waits for your word");
  });

  test("with a word that chooses, the rules are not asked first", async () => {
    const { say } = talkTo({ models: [scripted([says("By the cloud.")])] });
    expect(await say("@cloud status")).toMatchObject({ text: "By the cloud.", route: "cloud" });
  });

  test("with no model all is as it was: the rules answer, and no model is spoken of", async () => {
    const without = await talkTo(undefined).say(OPEN);
    const { say } = talkTo({ models: [], why: "No model is configured." });
    const [first, second] = [await say(OPEN), await say(OPEN)];
    expect(without.route).toBe("reflex");
    expect(without.text).toContain("beyond me");
    expect(first.text).toBe(`${without.text}\nNo model is configured.`);
    expect(second.text).toBe(without.text);
  });

  test("a model that is down is said to be once, and again only after it was there", async () => {
    const down = [failed("absent", "does not answer at 127.0.0.1:8080")];
    const { say } = talkTo({ models: [scripted([down, down, says("Here again."), down], { name: "qwen" })] });
    const texts = [];
    for (let times = 0; times < 4; times += 1) texts.push((await say(OPEN)).text);
    expect(texts[0]).toContain("No model answers (qwen: does not answer at 127.0.0.1:8080).");
    expect(texts[1]).not.toContain("No model answers");
    expect(texts[2]).toBe("Here again.");
    expect(texts[3]).toContain("No model answers");
  });

  test("what was said before stands before the model, the rules' answers too; what a tool told as data", async () => {
    const model = scripted([says("One."), says("Two.")]);
    const { say } = talkTo({ models: [model] });
    await say("status of web1");
    await say(OPEN);
    await say("and another one about it, in blank verse");
    const seen = seenBy({ asked: model.asked.slice(1) });
    expect(seen).toContain("status of web1");
    expect(seen).toContain(OPEN);
    expect(seen).toContain("One.");
    await say(OPEN, "another conversation");
    expect(seenBy({ asked: model.asked.slice(2) })).not.toContain("One.");
  });

  test("text from outside stays a taint of the conversation: what is ordered later there waits for a person", async () => {
    const model = scripted([calls(["boats_container_logs", { container: "nginx" }]), says("Odd."), calls(["boats_container_restart", { container: "postgres" }]), says("So.")]);
    const { say, farm } = talkTo({ models: [model] });
    await say("tell me a tale of what nginx went through lately");
    await say("postgres was odd too, restart postgres");
    expect(farm.effects).toEqual([]);
    expect(farm.asks).toMatchObject([{ tool: "boats_container_restart", as: { caller: { kind: "operator", tainted: true } } }]);
  });

  test("with everything held no model is asked, and one that speaks is cut", async () => {
    const model = scripted([says("x")]);
    const base = houseView();
    const held = talkTo({ models: [model] }, { view: () => ({ ...base, status: { ...base.status, killed: true, killLevel: "all" } }) });
    expect((await held.say(OPEN)).text).toContain("kill switch is engaged (all)");
    expect(model.asked).toEqual([]);
    let halt = (): void => undefined;
    const speaking = scripted([
      async function* () {
        halt();
        await new Promise(() => undefined);
        yield* says("never");
      },
    ]);
    const cut = talkTo(
      { models: [speaking] },
      {
        onHalt: (stop) => {
          halt = stop;
          return () => undefined;
        },
      },
    );
    expect((await cut.say(OPEN)).text).toContain("it was stopped");
  });
});
