// The reflex as a person meets it: over a house it has never seen, with tools it has never seen.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { View } from "../../../core/agent/reflex/answers.ts";
import { reply } from "../../../core/agent/reflex/reply.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";

const at = "2026-11-22T21:54:00.000Z";
const thing = (id: string, name: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  name,
  kind: id.startsWith("guest") ? "guest" : id.startsWith("node") ? "node" : "container",
  status: "up",
  stale: false,
  at,
  plugin: id.startsWith("container") ? "boats" : "farm",
  ...(id.startsWith("guest") ? { vmid: Number(id.split("/")[1]) } : {}),
  ...more,
});
const view = (resources: LiveResource[], more: Partial<View> = {}): View => ({
  nowMs: Date.parse(at),
  persona: Persona.parse({ name: "T" }),
  resources,
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
  ...more,
});
const tool = (name: string, input: z.ZodType, effect: BoundTool["effect"] = "disruptive"): BoundTool => ({
  name,
  plugin: name.split("_")[0] ?? "",
  title: name,
  about: name,
  effect,
  input,
  deadlineMs: 1000,
  verifyMs: 1000,
  target: () => undefined,
  run: async () => ({ text: "" }),
});
const house = [thing("guest/201", "web1"), thing("guest/202", "web2"), thing("guest/203", "orchid"), thing("container/a/nginx", "nginx")];
const tools = [
  tool("farm_guest_start", z.object({ vmid: z.number() }), "reversible"),
  tool("farm_guest_shutdown", z.object({ vmid: z.number() })),
  tool("farm_guest_reboot", z.object({ vmid: z.number() })),
  tool("boats_container_restart", z.object({ container: z.string(), host: z.string().optional() })),
  tool("toaster_bread_toast", z.object({ shade: z.enum(["light", "dark"]) }), "reversible"),
];

const hands = () => {
  const made: { tool: string; input: unknown }[] = [];
  return {
    made,
    hands: {
      tools: () => tools,
      call: async (called: BoundTool, input: unknown) => {
        made.push({ tool: called.name, input });
        return { callId: "c1", state: "succeeded" as const, text: "It is done." };
      },
    },
  };
};

describe("acting on what is named", () => {
  test("a guest of a house never seen is restarted by its name", async () => {
    const { made, hands: with_ } = hands();
    const said = await reply(view(house), with_, "restart orchid", undefined);
    expect(made).toEqual([{ tool: "farm_guest_reboot", input: { vmid: 203 } }]);
    expect(said.calls).toEqual(["c1"]);
  });

  test("what is to be noted is said in one sentence, each part once ended", async () => {
    const call = async () => ({ callId: "c1", state: "succeeded" as const, text: "It is done.", warnings: ["The last act was 5 minutes ago.", "2 acts on one node."] });
    const said = await reply(view(house), { tools: () => tools, call }, "restart orchid", undefined);
    expect(said.text).toEndWith(" Note: The last act was 5 minutes ago; 2 acts on one node.");
  });

  test("an ambiguous name is asked about, and the answer is acted on", async () => {
    const { made, hands: with_ } = hands();
    const first = await reply(view(house), with_, "restart web", undefined);
    expect(made).toEqual([]);
    expect(first.text).toContain("web1");
    expect(first.text).toContain("web2");

    await reply(view(house), with_, "web2", first.pending);
    expect(made).toEqual([{ tool: "farm_guest_reboot", input: { vmid: 202 } }]);
  });

  test("what is so already is told, and no refusal made of it", async () => {
    const call = async () => ({ callId: "c1", state: "refused" as const, rule: "already", text: "orchid runs already; nothing was done." });
    const said = await reply(view(house), { tools: () => tools, call }, "start orchid", undefined);
    expect(said.text).toBe("orchid runs already; nothing was done.");
  });

  test("of two of a name the one that is down is asked after", async () => {
    const twins = [...house, thing("guest/204", "nginx", { status: "down" })];
    expect(await reply(view(twins), hands().hands, "why did nginx stop?", undefined)).toMatchObject({ kind: "why", about: "guest/204" });
    expect(await reply(view(twins), hands().hands, "status of nginx", undefined)).toMatchObject({ kind: "ask-back" });
  });

  test("a near miss of a long name is understood; of a short one it is not", async () => {
    const { made, hands: with_ } = hands();
    await reply(view(house), with_, "restart orchd", undefined);
    await reply(view(house), with_, "restart wbe", undefined);
    expect(made.map((one) => one.tool)).toEqual(["farm_guest_reboot"]);
  });

  test.each(["do not restart nginx", "why did you restart nginx", "restart web1 and web2", "restart nothing-here"])("%p makes no call", async (text) => {
    const { made, hands: with_ } = hands();
    await reply(view(house), with_, text, undefined);
    expect(made).toEqual([]);
  });

  test.each(["the log says: restart the container nginx", "hold off on a restart of the container nginx", "he said to start guest 201", "toast is what the bread is for"])(
    "%p names a tool's words and is no order, so it makes no call",
    async (text) => {
      const { made, hands: with_ } = hands();
      await reply(view(house), with_, text, undefined);
      expect(made).toEqual([]);
    },
  );

  test("a thing named in a sentence that is no order is told about", async () => {
    for (const words of ["tell me about orchid", "give me the status of orchid", "how much memory does orchid use?"]) {
      const said = await reply(view(house), hands().hands, words, undefined);
      expect(said).toMatchObject({ calls: [], text: expect.stringContaining("orchid (guest/203)") });
    }
  });

  test("a tool of a plugin never seen is spoken by its own words, and asks for what it lacks", async () => {
    const { made, hands: with_ } = hands();
    await reply(view(house), with_, "toast the bread dark", undefined);
    const said = await reply(view(house), with_, "toast the bread", undefined);
    expect(made).toEqual([{ tool: "toaster_bread_toast", input: { shade: "dark" } }]);
    expect(said.text).toContain("shade");
  });
});

describe("telling", () => {
  test("a stale source is owned up to", async () => {
    const status = { ...view([]).status, sources: [{ plugin: "farm", state: "stale" as const, since: at, words: "no answer within 10 s" }] };
    const said = await reply(view(house, { status }), hands().hands, "what's wrong?", undefined);
    expect(said.text).toContain("cannot see");
    expect(said.text).toContain("no answer within 10 s");
  });

  test("a house that cannot be seen is not called well", async () => {
    const status = { ...view([]).status, sources: [{ plugin: "farm", state: "down" as const, since: at, words: "no answer within 10 s" }] };
    const said = await reply(view(house, { status }), hands().hands, "status", undefined);
    expect(said.text).toStartWith("Nothing wrong that I can see.");
    expect(said.text).toContain("farm is down");
  });

  test("every number of a status carries the reading it came from", async () => {
    const said = await reply(
      view([thing("guest/203", "orchid", { figures: { cpuPercent: 38.2, memoryBytes: 5, memoryTotalBytes: 10 } })]),
      hands().hands,
      "status of orchid",
      undefined,
    );
    expect(said.text).toContain("CPU 38 %");
    expect(said.evidence).toContainEqual({ claim: "CPU 38 %", source: "core/resources guest/203", at });
  });

  test("why a thing stopped is answered with its evidence", async () => {
    const feed = [
      {
        id: "f",
        at,
        kind: "left-alone" as const,
        resource: "guest/203",
        words: "left",
        cause: { kind: "user", words: "ana stopped it.", evidence: [{ what: "qmstop by ana@pam", source: "UPID:x" }] },
      },
    ];
    const said = await reply(view(house, { feed }), hands().hands, "why did orchid stop?", undefined);
    expect(said.text).toContain("ana stopped it.");
    expect(said.text).toContain("UPID:x");
  });
});
