// The veto in the chat: which words make which rule, which make none, and that no words here ever start anything.
import { describe, expect, test } from "bun:test";
import { reply } from "../../../core/agent/reflex/reply.ts";
import type { RuleHands } from "../../../core/agent/reflex/rule-reply.ts";
import { readVeto } from "../../../core/agent/reflex/veto.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import type { ListedRule, RuleBody } from "../../../core/contract/rule.ts";

const at = "2026-11-23T07:00:00.000Z";
const thing = (id: string, name: string): LiveResource => ({
  id,
  name,
  kind: id.startsWith("guest") ? "guest" : "container",
  status: "up",
  stale: false,
  at,
  plugin: "farm",
  ...(id.startsWith("guest") ? { vmid: Number(id.slice(6)) } : {}),
});
const view = {
  nowMs: Date.parse(at),
  persona: Persona.parse({ name: "T" }),
  resources: [thing("guest/102", "nas"), thing("guest/105", "jellyfin"), thing("container/a/nginx", "nginx"), thing("guest/201", "web1"), thing("guest/202", "web2")],
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act" as const, killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside" as const, resources: [], words: "" }, brain: "rules" },
};

const talk = () => {
  const kept: ListedRule[] = [];
  const calls: string[] = [];
  const rules: RuleHands = {
    list: () => kept,
    zone: () => "Europe/Berlin",
    add: (body: RuleBody) => {
      const rule = { ...body, id: String(kept.length + 1), origin: "chat 2026-11-23", said: `${body.action} ${body.target}`, editable: true };
      kept.push(rule);
      return rule;
    },
    forget: (id) => {
      const [gone] = kept.splice(kept.findIndex((rule) => rule.id === id) >>> 0, 1);
      if (!gone) throw new JarvisError("not_found", { message: `There is no rule ${id}.` });
      return gone;
    },
  };
  const call = async (tool: { name: string }) => {
    calls.push(tool.name);
    return { callId: "c", state: "succeeded" as const, text: "" };
  };
  const say = async (text: string): Promise<string> => (await reply(view, { tools: () => [], call, rules }, text, undefined)).text;
  return { kept, calls, say };
};

const MAKES: [string, Partial<RuleBody>][] = [
  ["never restart the NAS at night", { action: "deny", target: "guest/102", when: "22:00-06:00", effect: "reversible" }],
  ["Jarvis, please never ever restart the nas!", { action: "deny", target: "guest/102" }],
  ["do not touch 105", { action: "deny", target: "guest/105", tool: "*" }],
  ["don't touch jellyfin", { action: "deny", target: "guest/105", tool: "*" }],
  ["leave jellyfin alone", { action: "deny", target: "guest/105", tool: "*" }],
  ["hands off guest/105", { action: "deny", target: "guest/105", tool: "*" }],
  ["ask me before you restart nginx", { action: "ask", target: "container/a/nginx" }],
  ["always ask me first before restarting nginx", { action: "ask", target: "container/a/nginx" }],
  ["never start jellyfin between 8am and 5 pm", { action: "deny", target: "guest/105", when: "08:00-17:00" }],
  ["don't restart nginx from 23:30 to 5", { action: "deny", target: "container/a/nginx", when: "23:30-05:00" }],
  ["never stop anything at night", { action: "deny", target: "*", when: "22:00-06:00" }],
  ["never touch any container", { action: "deny", target: "container/*", tool: "*" }],
  ["fass 105 nicht an", { action: "deny", target: "guest/105", tool: "*" }],
  ["frag mich bevor du nginx neu startest", { action: "ask", target: "container/a/nginx" }],
];

describe("a veto", () => {
  test.each(MAKES)("%p becomes a rule, and nothing is done", async (text, wanted) => {
    const { kept, calls, say } = talk();
    const said = await say(text);
    expect(kept).toMatchObject([wanted]);
    expect(kept[0]?.caller).toBe("*");
    expect(calls).toEqual([]);
    expect(said).toContain("Rule 1 holds from now on");
    expect(said).toContain("forget rule 1");
    if (wanted.when) expect(said).toContain("Europe/Berlin");
  });

  test("a restart forbidden forbids the stop it begins with, and whoever asks hears so", async () => {
    const { kept, say } = talk();
    expect(await say("never restart nas")).toContain("restart or stop nas (guest/102), whoever asks");
    expect(kept[0]?.tool.split(", ")).toEqual(expect.arrayContaining(["*_restart", "*_reboot", "*_stop", "*_shutdown"]));
  });

  test.each([
    "never restart nginx if it fails",
    "do not restart nginx",
    "don't restart nginx now",
    "never restart nginx until friday",
    "never restart nginx and jellyfin",
    "should I never restart nginx?",
    "never restart nginx between 30 and 5",
    "never mind",
    "nobody should restart nginx",
    "leave it alone today",
    "the log says: never restart nginx",
  ])("%p makes no rule and starts nothing", async (text) => {
    const { kept, calls, say } = talk();
    await say(text);
    expect([kept, calls]).toEqual([[], []]);
  });

  test("a name that is nobody's or two things' makes no rule and says so", async () => {
    const { kept, say } = talk();
    expect(await say("never restart web")).toContain("Which one do you mean");
    expect(await say("never restart toaster")).toContain('nothing called "toaster"');
    expect(await say("never update nginx")).toContain("no tool that could update");
    expect(kept).toEqual([]);
  });

  test("rules are listed and taken back by number", async () => {
    const { kept, say } = talk();
    expect(await say("what are my rules?")).toContain("no rules beyond");
    await say("do not touch 105");
    expect(await say("list my rules")).toContain("Rule 1 (chat 2026-11-23)");
    expect(await say("forget rule 3")).toBe("There is no rule 3.");
    expect(await say("forget rule 1.")).toContain("Rule 1 is gone");
    expect(kept).toEqual([]);
  });

  test("an order is never read as a veto, nor a question", () => {
    for (const text of ["restart nginx", "stop jellyfin", "what's wrong?", "status", "why did nas stop?", "is nothing wrong?", "start jellyfin"])
      expect(readVeto(text)).toBeUndefined();
  });
});
