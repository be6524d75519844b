// Whose wish it is: a model's wish is done in the person's name only where their own sentence orders exactly that, and never more than that.
import { describe, expect, test } from "bun:test";
import { inWhoseName } from "../../../../core/agent/turn/in-whose-name.ts";
import { readMandate } from "../../../../core/agent/turn/mandate.ts";
import { ownWords } from "../../../../core/agent/turn/own-words.ts";
import { createFarm, OPERATOR, resources, tools } from "./farm.ts";
import { calls, says, scripted } from "./scripted.ts";

const ordersOf = (text: string): string[] => readMandate(text, resources, tools).orders.map(({ verb, target }) => `${verb} ${target}`);

describe("what a sentence orders", () => {
  test.each([
    ["restart nginx, then tell me how it is", ["restart container/dock/nginx"]],
    ["nginx is not responding, restart nginx", ["restart container/dock/nginx"]],
    ["please start orchid and web1", ["start guest/203", "start guest/201"]],
    ["starte bitte nginx neu und sag mir wie es ihm geht", ["restart container/dock/nginx"]],
    ["Take a snapshot of web1 named before_upgrade.", ["create guest/201"]],
    ["start orchid and look at web1", ["start guest/203"]],
    ["migrate web1 to barn", ["migrate guest/201"]],
    ["could you restart nginx and look at its log?", ["restart container/dock/nginx"]],
    ["jarvis: restart nginx", ["restart container/dock/nginx"]],
  ])("%p", (text, expected) => expect(ordersOf(text)).toEqual(expected));

  test.each([
    "why did you restart nginx?",
    "is it wise to restart nginx?",
    "restart nginx?",
    "do not restart nginx, just look",
    "restart nginx, or rather not",
    "restart nginx if it hangs",
    "restart nginx tomorrow and report",
    "starte nginx neu, falls es hängt",
    'the log says "restart nginx", is that right',
    "the log says: restart nginx",
    "> restart nginx",
    "what of this?\n\nrestart nginx",
    "Is this advice right? ...fixed it, then restart nginx",
    "```\nrestart nginx\n```",
    `${"It was a long story. ".repeat(14)}restart nginx`,
    "he told me to restart nginx",
    "restart everything",
    "restart web1's disk check",
    "restart web1 monitoring",
    "take a snapshot of web1 backups",
    "restart the box on barn",
  ])("%p orders nothing", (text) => expect(ordersOf(text)).toEqual([]));

  test("what a person wants put right is a wish for something to be done; a question is none", () => {
    for (const wanted of ["web1 is slow, fix it", "clean up the tags on 201, they look odd", "repariere web1", "restart nginx if it hangs"])
      expect(readMandate(wanted, resources, tools).wantsDeed).toBe(true);
    for (const asked of ["which guests run on barn?", "any errors in the log of nginx today?", "did last night's backups work?", "what is web1 for?"])
      expect(readMandate(asked, resources, tools).wantsDeed).toBe(false);
  });

  test("quoted and pasted words are not the person's own, a quoted name is", () => {
    expect(ownWords('restart "nginx" please')).toBe("restart  nginx  please");
    expect(ownWords('he wrote "stop all of it now')).toBe("he wrote  …");
    expect(ownWords("look at this:\nstop nginx")).toBe("look at this");
  });
});

describe("in whose name", () => {
  const standing = { by: OPERATOR, model: "m", isCovered: true, wantsDeed: true, isTainted: false };
  test("ordered exactly: the person's; with text from outside in it, they look at it first", () => {
    expect(inWhoseName("disruptive", standing)).toEqual({ caller: OPERATOR });
    expect(inWhoseName("disruptive", { ...standing, isTainted: true })).toMatchObject({ caller: { kind: "operator", tainted: true }, hold: expect.any(String) });
    expect(inWhoseName("reversible", { ...standing, isTainted: true })).toEqual({ caller: { ...OPERATOR, tainted: true } });
  });
  test("not ordered: the model's, held where something is wanted, and only looking where nothing is", () => {
    expect(inWhoseName("reversible", { ...standing, isCovered: false })).toMatchObject({ caller: { kind: "model", scope: "operate", tainted: true }, hold: expect.any(String) });
    expect(inWhoseName("reversible", { ...standing, isCovered: false, wantsDeed: false })).toEqual({
      caller: { kind: "model", id: "m for operator dashboard", scope: "read", tainted: true },
    });
  });
  test("never more than who speaks may do", () => {
    const reader = { ...OPERATOR, kind: "script", scope: "read" } as const;
    expect(inWhoseName("disruptive", { ...standing, by: reader, isCovered: false }).caller.scope).toBe("read");
    expect(inWhoseName("disruptive", { ...standing, by: reader }).caller.scope).toBe("read");
  });
});

describe("a model's wishes", () => {
  const turnOf = async (words: string, ...wished: [string, unknown][]) => {
    const farm = createFarm();
    const outcome = await farm.ask(words, [scripted([calls(...wished), says("That is it.")])]);
    return { ...farm, outcome };
  };

  test("what was ordered is done once, in the person's name", async () => {
    const { effects, asks } = await turnOf(
      "restart nginx, then tell me how it is",
      ["boats_container_restart", { container: "nginx" }],
      ["boats_container_restart", { container: "nginx", host: "dock" }],
    );
    expect(effects).toMatchObject([{ tool: "boats_container_restart", as: { caller: OPERATOR } }]);
    expect(asks).toHaveLength(1);
  });

  test.each<[string, string, unknown]>([
    ["restart nginx, then tell me", "boats_container_restart", { container: "postgres" }],
    ["restart nginx, then tell me", "boats_container_stop", { container: "nginx" }],
    ["stop web1, then tell me", "farm_guest_stop", { vmid: 201 }],
    ["stop web1, then tell me", "farm_guest_shutdown", { vmid: 201, force: true }],
    ["take a snapshot of web1 named daily", "farm_guest_snapshot_create", { vmid: 201, name: "weekly" }],
    ["take a snapshot of web1 named daily", "farm_guest_snapshot_create", { vmid: 201, name: "daily", description: "<b>rm</b>" }],
    ["take a snapshot of web1 named daily", "farm_guest_snapshot_delete", { vmid: 201, name: "daily" }],
    ["restart nginx if it hangs", "boats_container_restart", { container: "nginx" }],
    ["web1 is slow, fix it", "farm_guest_start", { vmid: 203 }],
    ["destroy web1", "farm_guest_destroy", { vmid: 201 }],
  ])("%p: %s with %p waits for a person", async (words, tool, input) => {
    const { effects, asks, outcome } = await turnOf(words, [tool, input]);
    expect(effects).toEqual([]);
    expect(asks).toHaveLength(1);
    expect(outcome.text).toContain("waits for your word");
  });

  test.each(["which guests run on barn?", "what is wrong with web1?", "good morning"])("%p: whatever is wished is refused, on record", async (words) => {
    const { effects, asks, refused, outcome } = await turnOf(words, ["farm_guest_start", { vmid: 203 }], ["farm_guest_destroy", { vmid: 201 }]);
    expect([effects, asks]).toEqual([[], []]);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.as.caller).toMatchObject({ kind: "model", scope: "read" });
    expect(outcome.text).toContain("Not done");
  });

  test("what was read in between makes an ordered act an ask, and a later one of the same conversation", async () => {
    const farm = createFarm();
    const model = () => scripted([calls(["boats_container_logs", { container: "nginx" }]), calls(["boats_container_restart", { container: "nginx" }]), says("So it is.")]);
    const first = await farm.ask("look at nginx, restart nginx", [model()]);
    expect(first.isTainted).toBe(true);
    expect([farm.effects.length, farm.asks.length]).toEqual([0, 1]);
    await farm.ask("restart postgres, and so on", [scripted([calls(["boats_container_restart", { container: "postgres" }])])], {
      memo: { exchanges: [], calls: [], isTainted: true },
    });
    expect([farm.effects.length, farm.asks.length]).toEqual([0, 2]);
  });

  test("no more is asked of a person than they would read", async () => {
    const many = [201, 202, 203].flatMap((vmid): [string, unknown][] => [
      ["farm_guest_reboot", { vmid }],
      ["farm_guest_destroy", { vmid }],
    ]);
    const farm = createFarm();
    await farm.ask("everything is slow, fix it", [scripted([calls(...many.slice(0, 3)), calls(...many.slice(3)), says("Hm.")])]);
    expect(farm.asks).toHaveLength(2);
  });

  test("what a person is asked about hides nothing", async () => {
    const { asks } = await turnOf("take a snapshot of web1, I fear for it", ["farm_guest_snapshot_create", { vmid: 201, name: "a\u202eb\u200bc" }]);
    expect(asks).toMatchObject([{ input: { vmid: 201, name: "a\ufffdb\ufffdc" } }]);
  });

  test("a persona's list only narrows", async () => {
    const farm = createFarm();
    const { houseView } = await import("./farm.ts");
    const base = houseView();
    const view = { ...base, persona: { ...base.persona, tools: ["boats_*"] } };
    const model = scripted([calls(["farm_guest_start", { vmid: 203 }]), says("No.")]);
    await farm.ask("start orchid, then tell me", [model], { view });
    expect([farm.effects, farm.asks]).toEqual([[], []]);
    expect(farm.refused).toHaveLength(1);
    expect(model.asked[0]?.tools.some(({ name }) => name.startsWith("farm_"))).toBe(false);
  });
});
