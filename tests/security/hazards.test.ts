// The 66 hazards by every caller there is: each provoked through the real doors of one running core, where no door can say it at the judge itself, refused or put before a person with its reason. Prints the table, and by which way each cell was provoked.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { z } from "zod";
import type { Caller } from "../../core/contract/caller.ts";
import type { Effect } from "../../core/contract/tool.ts";
import type { BoundTool } from "../../core/tools/bound.ts";
import docker from "../../plugins/docker/plugin.ts";
import lab from "../../plugins/lab/plugin.ts";
import proxmox from "../../plugins/proxmox/plugin.ts";
import { ACT_ROLE, setupCommands } from "../../plugins/proxmox/setup/commands.ts";
import remediation from "../../plugins/remediation/plugin.ts";
import { createRig, type Rig } from "../core/tools/rig.ts";
import { worldTool } from "../core/tools/world.ts";
import { type HazardHouse, type Heard, type Lived, openHazardHouse, type Provoked, WAYS, type Way } from "./hazard-doors.ts";
import { type HazardLab, openHazardLab } from "./hazard-lab.ts";
import { HAZARDS, type Hazard } from "./hazard-list.ts";

const root = resolve(import.meta.dir, "../..");
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
} as const satisfies Record<Way, Caller>;
const UNASKED: readonly Way[] = ["plugin", "runbook", "remedy"];
const ASKING = WAYS.filter((way) => !UNASKED.includes(way));

/** How a cell was provoked: through a real door at a Proxmox, through one at made-up tools, at the judge by a made-up caller, by the list of all tools, by another test, not at all. */
const BY = { lab: "P", door: "D", judge: "J", tools: "L", test: "T", none: "-" } as const;
interface Cell {
  readonly by: keyof typeof BY;
  readonly words: string;
}

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

/** Of one whose facts stand in the way: refused or held by one of its rules, or done with a warning where DESIGN 5 lets an asking person go on. */
const judged = (hazard: Provoked, who: Way, { state, rule, text, warnings = [] }: Heard): string => {
  // A person is asked about it whatever stands in the way, and reads what does.
  if (state === "held" && rule === "unbound" && !hazard.rules.includes("unbound")) {
    expect([hazard.id, who, warnings.length > 0]).toEqual([hazard.id, "plugin", true]);
    return "held, warned";
  }
  if (state === "refused" || state === "held") {
    expect([hazard.id, who, rule, hazard.rules.some((one) => one === rule), text.length > 10]).toEqual([hazard.id, who, rule, true, true]);
    return `${state === "held" ? "held" : "no"} ${rule}`;
  }
  // What a script says are its operator's own words, which nobody else formed.
  if (hazard.tainted && who.endsWith("token")) return "own words";
  expect([hazard.id, who, UNASKED.includes(who) ? "went through" : "warned", hazard.warns, text]).toEqual([hazard.id, who, "warned", true, text]);
  expect(warnings).not.toBeEmpty();
  return "warned";
};

/** By a made-up caller, for what no door can say. */
const atJudge = async (hazard: Provoked, who: Way): Promise<Cell> => {
  const { rig, state } = armed(hazard);
  const { verb = "restart", tainted = false, unbound = false, force, again } = hazard;
  const tool = `world_guest_${verb}`;
  try {
    if (again) {
      await rig.finish(tool, 101, CALLERS.cli);
      await rig.clock.advance(60_000);
    }
    state.on = true;
    const before = rig.world.attempts.length;
    const bound = UNASKED.includes(who) && !unbound ? { incident: "i1", remedy: "r" } : {};
    const answer = await rig.call(tool, 101, { ...CALLERS[who], tainted }, { arguments: { vmid: 101, ...(force ? { force } : {}) }, ...bound });
    const words = judged(hazard, who, { ...answer, warnings: answer.warnings ?? rig.core.journal.get(answer.callId)?.warnings });
    if (answer.state === "refused" || answer.state === "held") expect(rig.world.attempts.length).toBe(before);
    return { by: "judge", words };
  } finally {
    rig.close();
  }
};

const MOST_TRIES = 8;

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

const ASKED = HAZARDS.flatMap((hazard): { id: number; name: string; tool: string; input: Readonly<Record<string, unknown>> }[] => {
  if (hazard.by === "no tool") return [{ id: hazard.id, name: `ask-${hazard.id}`, tool: hazard.asked, input: {} }];
  return hazard.by === "input" ? hazard.inputs.map((input, index) => ({ id: hazard.id, name: `ask-${hazard.id}-${index}`, tool: hazard.tool, input })) : [];
});

let house: HazardHouse;
let simulated: HazardLab;
beforeAll(async () => {
  house = await openHazardHouse(HAZARDS, ASKED);
  await played();
  simulated = await openHazardLab(HAZARDS.filter((hazard): hazard is Lived => hazard.by === "lived"));
}, 90_000);
afterAll(async () => {
  await house?.stop();
  await simulated?.stop();
});

const heard = new Map<string, Heard>();
const cellOf = (id: number, who: Way): string => `${id} ${who}`;

/** Jarvis unasked first, since what people have done since would count in its budgets; a runbook, a remedy and a plugin each on a guest of its own. */
const played = async (): Promise<void> => {
  const provoked = HAZARDS.filter((hazard): hazard is Provoked => hazard.by === "facts");
  const one = async (hazard: Provoked, who: Way): Promise<void> => {
    const answer = await house.provoke(hazard, who).catch((thrown): Heard => ({ state: "silent", text: String(thrown) }));
    if (answer) heard.set(cellOf(hazard.id, who), answer);
  };
  for (const hazard of provoked) {
    // What is done before an "again" would be too much at once.
    if (hazard.again) for (const who of UNASKED) await one(hazard, who);
    else await Promise.all(UNASKED.map((who) => one(hazard, who)));
  }
  for (const hazard of provoked) for (const who of ASKING) await one(hazard, who);
};

/** The house's clock runs fast: what a busy machine had no time for is asked again, for nothing was sent. */
const HURRIED = /No answer within|took too long/;
const patiently = async (ask: () => Promise<Heard | undefined>): Promise<Heard | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (tries === MOST_TRIES || answer === undefined || !HURRIED.test(answer.text)) return answer;
  }
};

/** Everybody asks for what there is no tool or no such input for; nothing comes of it. `runbook`: what becomes of one with such a step; with a tool that nobody brings it is never armed. */
const asked = async (id: number, refusal: RegExp, runbook: "refused" | "failed"): Promise<Cell[]> => {
  const cells: Cell[] = [];
  for (const who of WAYS) {
    const answers: (Heard | undefined)[] = [];
    for (const { name, tool, input } of ASKED.filter((one) => one.id === id)) answers.push(await patiently(() => house.ask(name, tool, input, who)));
    const said = answers.filter((answer) => answer !== undefined);
    for (const { state, text } of said) expect([id, who, state, refusal.test(text) || who === "chat" || text]).toEqual([id, who, who === "runbook" ? runbook : "error", true]);
    cells.push({ by: said.length > 0 ? "door" : "tools", words: "" });
  }
  return cells;
};
const worded = (cells: readonly Cell[], words: string): Cell[] => cells.map(({ by }) => ({ by, words }));

const table = new Map<number, Cell[]>();
const all = (by: Cell["by"], words: string): Cell[] => WAYS.map(() => ({ by, words }));

/** Refused before anybody looks at what stands in the way. */
const PLAINLY: ReadonlySet<string> = new Set(["token_destructive"]);
/** A runbook whose step was refused has failed. */
const STATES: Readonly<Record<string, string>> = { refused: "no", failed: "no" };

const run: { readonly [B in Hazard["by"]]: (hazard: Extract<Hazard, { by: B }>) => Promise<Cell[]> | Cell[] } = {
  facts: async (hazard) => {
    const cells: Cell[] = [];
    for (const who of WAYS) {
      const answer = heard.get(cellOf(hazard.id, who));
      cells.push(answer ? { by: "door", words: judged(hazard, who, answer) } : await atJudge(hazard, who));
    }
    return cells;
  },
  "no tool": async ({ id, verbs, asked: tool, without = [] }) => {
    expect(BUNDLED.flatMap(([name, { effect }]) => (effect !== "read" && verbs.test(name) && !name.startsWith("lab_") ? [name] : []))).toEqual([]);
    expect(tool).toMatch(verbs);
    for (const release of [8, 9]) expect(actPrivileges(release).filter((privilege) => without.includes(privilege))).toEqual([]);
    return worded(await asked(id, /There is no tool|may not|not granted|permission/i, "refused"), without.length > 0 ? "no tool, no right" : "no tool");
  },
  input: async ({ id, tool, inputs }) => {
    const schema = BUNDLED.find(([name]) => name === tool)?.[1].input;
    if (schema === undefined) throw new Error(`there is no ${tool}`);
    for (const input of inputs) expect([input, schema.safeParse(input).success]).toEqual([input, false]);
    return worded(await asked(id, /service|input|expected/i, "failed"), "no input");
  },
  lived: async (hazard) => {
    const answers = new Map<Way, Heard | undefined>();
    // What a plugin asks for may be put before a person, and who comes after it only hears of that.
    for (const who of [...WAYS.filter((way) => way !== "plugin"), "plugin"] as const) answers.set(who, await patiently(() => simulated.live(hazard, who)));
    const cells = WAYS.map((who): Cell => {
      const answer = answers.get(who);
      if (answer === undefined) return { by: "none", words: "no words mean it" };
      const { state, rule = "", text } = answer;
      expect([hazard.id, who, text]).toEqual([hazard.id, who, PLAINLY.has(rule) ? text : expect.stringMatching(hazard.refusal)]);
      return { by: "lab", words: `${STATES[state] ?? state} ${rule}` };
    });
    return cells;
  },
  shown: ({ file, title, why }) => {
    const path = resolve(root, file);
    expect([file, existsSync(path) && readFileSync(path, "utf8").includes(title)]).toEqual([file, true]);
    return all("test", why);
  },
  waiting: ({ for: wanted }) => all("none", `waits: ${wanted}`),
};

const rowOf = (hazard: Hazard): Promise<Cell[]> | Cell[] => {
  switch (hazard.by) {
    case "facts":
      return run.facts(hazard);
    case "no tool":
      return run["no tool"](hazard);
    case "input":
      return run.input(hazard);
    case "lived":
      return run.lived(hazard);
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

test("what was refused or held at a door left nothing behind, and what was warned about was done once", () => {
  const isDone = ({ state }: Heard): boolean => state === "succeeded";
  const firsts = HAZARDS.filter((hazard) => hazard.by === "facts" && hazard.again).length;
  // Before each "again" the act succeeded once, for each of its ways.
  const before = firsts * WAYS.length;
  expect(house.effects().length).toBe([...heard.values()].filter(isDone).length + before);
});

afterAll(() => {
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padEnd(21)).join(" ");
  const told = ({ by, words }: Cell): string => `${BY[by]} ${words}`.slice(0, 21);
  const rows = HAZARDS.map(({ id, what }) => `${String(id).padStart(2)} ${what.slice(0, 58).padEnd(58)} ${line((table.get(id) ?? all("none", "not run")).map(told))}`);
  const waits = HAZARDS.filter(({ by }) => by === "waiting").length;
  const ways = Object.entries(BY).map(([by, letter]) => `${letter} ${[...table.values()].flat().filter((cell) => cell.by === by).length}`);
  const legend =
    "P through a real door at a simulated Proxmox, D through one at made-up tools or at none, J at the judge by a made-up caller, L by the list of all tools, T by the test named in hazard-list.ts, and why no caller asks for it; - waits, or cannot be said";
  console.log(
    [`   ${"hazard".padEnd(58)} ${line(WAYS)}`, ...rows, legend, `cells: ${ways.join(", ")}`, `${HAZARDS.length - waits} stand, ${waits} wait for what is not built yet`].join(
      "\n",
    ),
  );
});
