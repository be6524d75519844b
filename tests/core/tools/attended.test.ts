// A console is a person's own hands: the table of who may open one, cell by cell, and what it leaves alone.
import { expect, test } from "bun:test";
import { CallerKind, SCOPES } from "../../../core/contract/caller.ts";
import type { Autonomy, KillLevel } from "../../../core/contract/wire.ts";
import { decide, type PolicyView, type Proposal } from "../../../core/tools/policy.ts";
import { proposal, view } from "./proposal.ts";

const MODES: readonly Autonomy[] = ["observe", "propose", "act"];
const KILLS: readonly (KillLevel | undefined)[] = [undefined, "pause", "effects", "all"];

type Places = "plain" | "protected" | "self" | "self unknown";

const viewOf = (mode: Autonomy, killLevel: KillLevel | undefined, place: Places, action?: "ask" | "deny"): PolicyView =>
  view({
    mode,
    killLevel,
    rules: action === undefined ? [] : [{ id: "1", origin: "jarvis.yaml:1", tool: "*_console_open", target: "guest/101", caller: "*", action }],
    protect: place === "protected" ? ["guest/101"] : [],
    self: { state: place === "self unknown" ? "unknown" : "guest", resources: place === "self" ? ["guest/101"] : [], words: "Jarvis runs there." },
  });

const opening = (caller: Proposal["caller"], attended: boolean): Proposal => proposal({ tool: "hypervisor_console_open", caller, attended });

test("opened only by the operator who sits there untainted, in act or propose, unkilled, on what is neither protected nor Jarvis", () => {
  let cells = 0;
  for (const kind of CallerKind.options)
    for (const scope of SCOPES)
      for (const tainted of [false, true])
        for (const attended of [false, true])
          for (const mode of MODES)
            for (const kill of KILLS)
              for (const place of ["plain", "protected", "self", "self unknown"] as const) {
                const may = kind === "operator" && scope === "admin" && !tainted && attended && mode !== "observe" && (kill === undefined || kill === "pause") && place === "plain";
                const { decision } = decide(opening({ kind, id: "x", scope, tainted }, attended), viewOf(mode, kill, place));
                expect(`${kind} ${scope} ${tainted} ${attended} ${mode} ${kill} ${place}: ${decision}`).toEndWith(may ? ": allow" : ": deny");
                cells += 1;
              }
  expect(cells).toBe(8 * 3 * 2 * 2 * 3 * 4 * 4);
});

test("never waits for an approval: a rule that asks refuses, as nobody would sit there any more", () => {
  const operator = { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const;
  expect(decide(opening(operator, true), viewOf("act", undefined, "plain", "ask"))).toMatchObject({ decision: "deny", rule: "rule_ask" });
  expect(decide(opening(operator, true), viewOf("act", undefined, "plain", "deny"))).toMatchObject({ decision: "deny", rule: "rule_deny" });
});
