// The 66 hazards by every caller there is: each provoked at its gate, refused or put before a person with its reason, and the table of it printed.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { z } from "zod";
import { reply } from "../../core/agent/reflex/reply.ts";
import type { CallAnswer } from "../../core/contract/call.ts";
import type { Caller } from "../../core/contract/caller.ts";
import { Persona } from "../../core/contract/persona.ts";
import type { LiveResource } from "../../core/contract/resource.ts";
import type { Effect } from "../../core/contract/tool.ts";
import type { BoundTool } from "../../core/tools/bound.ts";
import docker from "../../plugins/docker/plugin.ts";
import lab from "../../plugins/lab/plugin.ts";
import proxmox from "../../plugins/proxmox/plugin.ts";
import { ACT_ROLE, setupCommands } from "../../plugins/proxmox/setup/commands.ts";
import remediation from "../../plugins/remediation/plugin.ts";
import { createRig, type Rig } from "../core/tools/rig.ts";
import { worldTool } from "../core/tools/world.ts";
import { HAZARDS, type Hazard } from "./hazard-list.ts";

const root = resolve(import.meta.dir, "../..");
type Provoked = Extract<Hazard, { by: "facts" }>;

const of = (kind: Caller["kind"], id: string, scope: Caller["scope"]): Caller => ({ kind, id, scope, tainted: false });
const CALLERS = {
  session: of("operator", "dashboard", "admin"),
  "ws token": of("script", "socket", "operate"),
  "rpc token": of("script", "cron", "operate"),
  cli: of("operator", "cli", "admin"),
  chat: of("operator", "dashboard", "admin"),
  runbook: of("runbook", "memory/restart", "operate"),
  plugin: of("plugin", "weather", "operate"),
  remedy: of("remedy", "guest-crashed", "operate"),
} as const;
type Who = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Who[];
const UNASKED: readonly Who[] = ["runbook", "plugin", "remedy"];

const EFFECTS: Record<string, Effect> = { start: "reversible", restart: "disruptive", stop: "disruptive", migrate: "disruptive", destroy: "destructive" };

/** The world's tools, over which the hazard's facts lie once it is armed. */
const armed = (hazard: Provoked) => {
  const state = { on: false };
  const tools = (world: Rig["world"], clock: Rig["clock"]): BoundTool[] =>
    Object.entries(EFFECTS).map(([verb, effect]) => {
      const tool = worldTool({ name: `world_guest_${verb}`, effect, world, clock, makes: verb !== "stop" && verb !== "destroy" });
      const { preflight } = tool;
      return preflight ? { ...tool, preflight: async (input, signal) => ({ ...(await preflight(input, signal)), ...(state.on ? hazard.facts : {}) }) } : tool;
    });
  const { self, unhealthy, escalated } = hazard;
  const rig = createRig({
    tools,
    ...(self ? { self: { state: "guest", resources: ["guest/103", "guest/101"], words: "Jarvis runs on guest/103." } } : {}),
    ...(hazard.facts?.carries ? { self: { state: "guest", resources: ["guest/103"], words: "Jarvis runs on guest/103." } } : {}),
    more: {
      ...(unhealthy ? { health: () => ({ unhealthy: 12, of: 22 }) } : {}),
      ...(escalated ? { standing: () => ({ related: [], neededBy: [], escalated: { words: "I tried and handed it over.", sinceMs: Date.UTC(2026, 0, 1) } }) } : {}),
    },
  });
  return { rig, state };
};

const guest: LiveResource = { id: "guest/101", kind: "guest", name: "orchid", vmid: 101, status: "up", stale: false, at: "2026-01-01T00:00:00Z", plugin: "world" };

/** The chat reads its three verbs from plain words; the others it cannot say, and its caller is tried at the same door. */
const SAYS = ["start", "stop", "restart"];

const provoke = async (rig: Rig, hazard: Provoked, who: Who): Promise<CallAnswer> => {
  const { verb = "restart", tainted = false, unbound = false, force } = hazard;
  const isOwn = UNASKED.includes(who);
  const caller = { ...CALLERS[who], tainted };
  const more = { arguments: { vmid: 101, ...(force ? { force: true } : {}) }, ...(isOwn && !unbound ? { incident: "i1", remedy: "r" } : {}) };
  if (who !== "chat" || force || !SAYS.includes(verb)) return rig.call(`world_guest_${verb}`, 101, caller, more);
  let answer: CallAnswer | undefined;
  const call = async (tool: BoundTool, input: unknown): Promise<CallAnswer> => {
    answer = await rig.call(tool.name, 101, caller, { arguments: input });
    return answer;
  };
  const view = {
    nowMs: rig.clock.now(),
    persona: Persona.parse({ name: "T" }),
    resources: [guest],
    incidents: [],
    feed: [],
    calls: [],
    status: { mode: "act" as const, killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside" as const, resources: [], words: "" }, brain: "rules" },
  };
  await reply(view, { tools: rig.core.registry.list, call }, `${verb} orchid`, undefined);
  if (answer === undefined) throw new Error(`the chat did not read "${verb} orchid" as an act`);
  return answer;
};

const provoked = async (hazard: Provoked, who: Who): Promise<string> => {
  const { rig, state } = armed(hazard);
  try {
    if (hazard.again) {
      await rig.finish(`world_guest_${hazard.verb}`, 101, CALLERS.cli);
      await rig.clock.advance(60_000);
    }
    state.on = true;
    const before = rig.world.attempts.length;
    const answer = await provoke(rig, hazard, who);
    if (answer.state === "refused" || answer.state === "held") {
      expect([hazard.id, who, answer.rule, hazard.rules.some((rule) => rule === answer.rule), answer.text.length > 10]).toEqual([hazard.id, who, answer.rule, true, true]);
      expect(rig.world.attempts.length).toBe(before);
      return `${answer.state === "held" ? "held" : "no"} ${answer.rule}`;
    }
    const isOwn = UNASKED.includes(who);
    // What a script says are its operator's own words, which nobody else formed.
    if (hazard.tainted && who.endsWith("token")) return "own words";
    expect([hazard.id, who, isOwn ? "went through" : "warned", hazard.warns]).toEqual([hazard.id, who, "warned", true]);
    expect(answer.warnings ?? rig.core.journal.get(answer.callId)?.warnings).not.toBeEmpty();
    return "warned";
  } finally {
    rig.close();
  }
};

interface Tool {
  readonly effect: Effect;
  readonly input: z.ZodType;
}
const BUNDLED: readonly (readonly [string, Tool])[] = Object.entries({ proxmox, docker, remediation, lab }).flatMap(([id, { tools = {} }]) =>
  Object.entries<Tool>(tools).map(([name, tool]) => [`${id}_${name}`, tool] as const),
);

/** What the token that acts may do, by the commands set-up prints for a release. */
const actPrivileges = (release: number): string[] => {
  const line = setupCommands({ release, user: "jarvis@pve" }).find((command) => command.includes(`role add ${ACT_ROLE} `)) ?? "";
  return (/--privs "([^"]*)"/.exec(line)?.[1] ?? "").split(",");
};

const table = new Map<number, string[]>();
const all = (words: string): string[] => NAMES.map(() => words);

const run: { readonly [B in Hazard["by"]]: (hazard: Extract<Hazard, { by: B }>) => Promise<string[]> | string[] } = {
  facts: async (hazard) => {
    const cells: string[] = [];
    for (const who of NAMES) cells.push(await provoked(hazard, who));
    return cells;
  },
  "no tool": async ({ verbs, asked, without = [] }) => {
    expect(BUNDLED.flatMap(([name, { effect }]) => (effect !== "read" && verbs.test(name) && !name.startsWith("lab_") ? [name] : []))).toEqual([]);
    expect(asked).toMatch(verbs);
    for (const release of [8, 9]) expect(actPrivileges(release).filter((privilege) => without.includes(privilege))).toEqual([]);
    const rig = createRig();
    for (const who of NAMES) await expect(rig.core.pipeline.call({ tool: asked, arguments: {}, caller: CALLERS[who] })).rejects.toThrow("There is no tool named");
    rig.close();
    return all(without.length > 0 ? "no tool, no right" : "no tool");
  },
  input: ({ tool, inputs }) => {
    const schema = BUNDLED.find(([name]) => name === tool)?.[1].input;
    if (schema === undefined) throw new Error(`there is no ${tool}`);
    for (const input of inputs) expect([input, schema.safeParse(input).success]).toEqual([input, false]);
    return all("no input");
  },
  shown: ({ file, title }) => {
    const path = resolve(root, file);
    expect([file, existsSync(path) && readFileSync(path, "utf8").includes(title)]).toEqual([file, true]);
    return all("shown");
  },
  waiting: ({ for: wanted }) => all(`waits: ${wanted}`),
};

const rowOf = (hazard: Hazard): Promise<string[]> | string[] => {
  switch (hazard.by) {
    case "facts":
      return run.facts(hazard);
    case "no tool":
      return run["no tool"](hazard);
    case "input":
      return run.input(hazard);
    case "shown":
      return run.shown(hazard);
    case "waiting":
      return run.waiting(hazard);
  }
};

describe("hazard", () => {
  test("numbers are 1 to 66, each once", () => expect(HAZARDS.map(({ id }) => id)).toEqual(Array.from({ length: 66 }, (_, index) => index + 1)));

  test("the role that acts has rights at all, so that a missing one proves something", () => {
    for (const release of [8, 9]) expect(actPrivileges(release)).toContain("VM.PowerMgmt");
  });

  for (const hazard of HAZARDS)
    test(`${hazard.id}: it ${hazard.what}`, async () => {
      table.set(hazard.id, await rowOf(hazard));
    }, 60_000);
});

afterAll(() => {
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padEnd(20)).join(" ");
  const rows = HAZARDS.map(
    (hazard) => `${String(hazard.id).padStart(2)} ${hazard.what.slice(0, 58).padEnd(58)} ${line((table.get(hazard.id) ?? all("not run")).map((cell) => cell.slice(0, 20)))}`,
  );
  const waits = HAZARDS.filter(({ by }) => by === "waiting").length;
  console.log([`   ${"hazard".padEnd(58)} ${line(NAMES)}`, ...rows, `${HAZARDS.length - waits} stand, ${waits} wait for what is not built yet`].join("\n"));
});
