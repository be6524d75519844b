// The table of DESIGN 5, cell by cell, against a second writing of it made from the page and not from the code.
import { describe, expect, test } from "bun:test";
import type { Caller } from "../../../core/contract/caller.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import type { Autonomy, KillLevel } from "../../../core/contract/wire.ts";
import { decide, type PolicyView, type Proposal } from "../../../core/tools/policy.ts";
import { RULES } from "../../../core/tools/rules.ts";
import { proposal as plain, view } from "./proposal.ts";

const caller = (kind: Caller["kind"], scope: Caller["scope"], tainted = false): Caller => ({ kind, id: "x", scope, tainted });

const WHO = {
  remedy: caller("remedy", "operate"),
  runbook: caller("runbook", "operate"),
  model: caller("model", "operate"),
  "model of an admin": caller("model", "admin"),
  plugin: caller("plugin", "operate"),
  system: caller("system", "operate"),
  dashboard: caller("operator", "admin"),
  "admin token": caller("script", "admin"),
  "operate token": caller("script", "operate"),
  "mcp operate": caller("mcp", "operate"),
  "mcp admin": caller("mcp", "admin"),
  "read token": caller("script", "read"),
  "mcp read": caller("mcp", "read"),
  "model of a reader": caller("model", "read"),
  "operator who reads": caller("operator", "read"),
} satisfies Record<string, Caller>;
type Who = keyof typeof WHO;

/** One letter per effect (reversible, disruptive, destructive): a runs, h held, r refused. `act` and unkilled, nothing special about the target, a bound step. */
const GOLDEN: Record<Who, string> = {
  remedy: "aah",
  runbook: "aah",
  model: "aah",
  "model of an admin": "aah",
  plugin: "aah",
  system: "aah",
  dashboard: "aah",
  "admin token": "aah",
  "operate token": "aar",
  "mcp operate": "aar",
  "mcp admin": "aar",
  "read token": "rrr",
  "mcp read": "rrr",
  "model of a reader": "rrr",
  "operator who reads": "rrr",
};
const UNASKED: readonly Who[] = ["remedy", "runbook", "model", "model of an admin", "plugin", "system"];
const EFFECTS = ["reversible", "disruptive", "destructive"] as const;
const MODES: readonly Autonomy[] = ["observe", "propose", "act"];
const KILLS: readonly (KillLevel | undefined)[] = [undefined, "pause", "effects", "all"];
const PLACES = ["plain", "protected", "self", "touches protected", "self unknown"] as const;
type Place = (typeof PLACES)[number];
const WORD: Record<string, string> = { a: "allow", h: "ask", r: "deny" };

const golden = (who: Who, effect: (typeof EFFECTS)[number], mode: Autonomy, kill: KillLevel | undefined, place: Place, isBound: boolean): string => {
  const unasked = UNASKED.includes(who);
  if (mode === "observe" || kill === "effects" || kill === "all") return "deny";
  if (kill === "pause" && unasked) return "deny";
  if (place === "protected" || place === "self" || place === "touches protected") return "deny";
  if (place === "self unknown" && effect !== "reversible") return "deny";
  const letter = GOLDEN[who].charAt(EFFECTS.indexOf(effect));
  if (letter === "a" && effect === "disruptive" && unasked && (mode === "propose" || !isBound)) return "ask";
  return WORD[letter] ?? "";
};

const proposal = (more: Partial<Proposal> = {}): Proposal => plain({ caller: WHO.dashboard, ...more });

const placed = (place: Place): { target: string; touches: string[]; self: PolicyView["self"] } => ({
  target: place === "protected" ? "guest/900" : "guest/101",
  touches: place === "touches protected" ? ["guest/900"] : [],
  self: { state: place === "self unknown" ? "unknown" : "guest", resources: place === "self" ? ["guest/101", "node/a"] : ["guest/777"], words: "words" },
});

describe("the table", () => {
  for (const [name, who] of Object.entries(WHO)) {
    test(`for ${name} is DESIGN 5's in every effect, mode, kill level and place`, () => {
      let cells = 0;
      for (const effect of EFFECTS)
        for (const mode of MODES)
          for (const killLevel of KILLS)
            for (const place of PLACES)
              for (const isBound of [true, false]) {
                const { target, touches, self } = placed(place);
                const ruling = decide(proposal({ effect, caller: who, target, touches, bound: isBound }), view({ mode, killLevel, self }));
                expect({ effect, mode, killLevel, place, isBound, decision: ruling.decision }).toEqual({
                  effect,
                  mode,
                  killLevel,
                  place,
                  isBound,
                  decision: golden(name as Who, effect, mode, killLevel, place, isBound) as "allow",
                });
                expect(RULES[ruling.rule]).toBeString();
                cells += 1;
              }
      expect(cells).toBe(360);
    });
  }

  test("never refuses a look, killed or observing", () => {
    for (const who of Object.values(WHO))
      for (const mode of MODES)
        for (const killLevel of KILLS) expect(decide(proposal({ effect: "read", caller: who, target: "guest/900" }), view({ mode, killLevel })).decision).toBe("allow");
  });
});

describe("the configuration's rules", () => {
  const ask = { tool: "world_guest_*", target: "guest/101", caller: "*", action: "ask", id: "7", origin: "jarvis.yaml:12" } as const;
  const decision = (rules: PolicyView["rules"], more: Partial<Proposal> = {}): string => decide(proposal(more), view({ rules })).decision;

  test("tighten: the last that matches counts", () => {
    expect(decision([ask])).toBe("ask");
    expect(decision([ask, { ...ask, action: "deny" }])).toBe("deny");
    expect(
      decision([
        { ...ask, action: "deny" },
        { ...ask, action: "allow" },
      ]),
    ).toBe("allow");
    expect(decision([{ ...ask, tool: "other_*" }])).toBe("allow");
    expect(decision([{ ...ask, target: "guest/102" }])).toBe("allow");
  });

  test("never loosen what the table holds or refuses", () => {
    const allow = { tool: "*", target: "*", caller: "*", action: "allow", id: "8", origin: "chat 2026-01-01" } as const;
    expect(decision([allow], { effect: "destructive" })).toBe("ask");
    expect(decision([allow], { effect: "destructive", caller: WHO["operate token"] })).toBe("deny");
    expect(decision([allow], { target: "guest/900" })).toBe("deny");
  });

  test("match callers by kind and by kind and id", () => {
    expect(decision([{ ...ask, caller: "operator" }])).toBe("ask");
    expect(decision([{ ...ask, caller: "operator:x" }])).toBe("ask");
    expect(decision([{ ...ask, caller: "script" }])).toBe("allow");
    expect(decision([{ ...ask, caller: "operator:y" }])).toBe("allow");
  });

  test("treat every sign but the star as itself", () => {
    expect(decision([{ ...ask, tool: "world.guest.restart" }])).toBe("allow");
    expect(decision([{ ...ask, target: "guest/(101|102)" }])).toBe("allow");
  });
});

test("tainted words of the operator disturb only after a person looked", () => {
  const tainted = caller("operator", "admin", true);
  expect(decide(proposal({ caller: tainted }), view())).toMatchObject({ decision: "ask", rule: "tainted" });
  expect(decide(proposal({ caller: tainted, effect: "reversible" }), view()).decision).toBe("allow");
});

test("disruptive acts on more than one target are refused for everyone", () => {
  for (const effect of ["disruptive", "destructive"] satisfies Effect[]) expect(decide(proposal({ effect, touches: ["guest/102"] }), view()).rule).toBe("several_targets");
});

test("a wish for a person is granted, a refusal stays one", () => {
  expect(decide(proposal({ hold: "why" }), view())).toMatchObject({ decision: "ask", rule: "hold", words: "why" });
  expect(decide(proposal({ hold: "why", target: "guest/900" }), view()).decision).toBe("deny");
});

describe("what goes along with the target", () => {
  test("may be neither protected nor self, and makes no several targets", () => {
    const of = (carries: string[], self: PolicyView["self"] = view().self): string => {
      const { decision, rule } = decide(proposal({ effect: "destructive", target: "node/a", carries }), view({ self }));
      return `${decision} ${rule}`;
    };
    expect(of(["guest/101", "guest/102"])).toBe("ask destructive");
    expect(of(["guest/101", "guest/900"])).toBe("deny protected");
    expect(of(["guest/101"], { state: "guest", resources: ["guest/101"], words: "x" })).toBe("deny self");
  });
});
