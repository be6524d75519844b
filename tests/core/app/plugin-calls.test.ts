// A runbook can never widen what its caller may do: every caller, effect, mode, kill level and a rule against each, called straight and through a runbook.
import { describe, expect, test } from "bun:test";
import { createPluginCalls } from "../../../core/app/plugin-calls.ts";
import type { Asker } from "../../../core/contract/caller.ts";
import type { Autonomy } from "../../../core/contract/wire.ts";
import { stepOf } from "../../../core/host/on-behalf.ts";
import { createRig, type Rig } from "../tools/rig.ts";

const asker = (kind: Asker["caller"]["kind"], scope: Asker["caller"]["scope"], more: { tainted?: boolean; bound?: boolean } = {}): Asker => ({
  caller: { kind, id: "x", scope, tainted: more.tainted ?? false },
  bound: more.bound ?? false,
});
const WHO: Record<string, Asker> = {
  operator: asker("operator", "admin"),
  "operator, tainted": asker("operator", "admin", { tainted: true }),
  "operate token": asker("script", "operate"),
  "read token": asker("script", "read"),
  "admin token": asker("script", "admin"),
  "mcp operate": asker("mcp", "operate"),
  "mcp read": asker("mcp", "read"),
  model: asker("model", "operate"),
  "model of an admin": asker("model", "admin"),
  "model of a reader": asker("model", "read"),
  plugin: asker("plugin", "operate"),
  system: asker("system", "operate"),
  remedy: asker("remedy", "operate"),
  "remedy, bound": asker("remedy", "operate", { bound: true }),
  "runbook, bound": asker("runbook", "operate", { bound: true }),
};
const TOOLS = ["world_guest_start", "world_guest_restart", "world_guest_destroy"];
const STRICTNESS: Record<string, number> = { succeeded: 0, held: 1, refused: 2 };

const both = async (rig: Rig, who: Asker, tool: string): Promise<[straight: string, through: string]> => {
  const dry: typeof rig.core.pipeline.call = (request) => rig.core.pipeline.call({ ...request, dryRun: true });
  const request = { tool, arguments: { vmid: 101 }, incident: "INC-0001" };
  const straight = await dry({ ...request, caller: who.caller, ...(who.bound ? { remedy: "a/b" } : {}) });
  const through = await createPluginCalls(dry)({ ...request, ...stepOf("plays", who, "evening") });
  return [straight.state, through.state];
};

describe.each(Object.entries(WHO))("%s", (_, who) => {
  test.each(["observe", "propose", "act"] satisfies Autonomy[])("may do no more through a runbook in %s", async (mode) => {
    for (const action of ["allow", "ask", "deny"] as const) {
      for (const caller of [who.caller.kind, `${who.caller.kind}:x`, "runbook", "*"]) {
        const rig = createRig({ mode, rules: [{ tool: "world_guest_*", target: "*", caller, action, id: "1", origin: "test" }] });
        for (const tool of TOOLS) {
          const [straight, through] = await both(rig, who, tool);
          expect([tool, action, caller, straight, through, (STRICTNESS[through] ?? 0) >= (STRICTNESS[straight] ?? 2)]).toEqual([tool, action, caller, straight, through, true]);
        }
        rig.close();
      }
    }
  });
});

test("an operator's runbook does what the operator may, a bound remedy's what the remedy may", async () => {
  const rig = createRig({ mode: "act" });
  expect(await both(rig, WHO.operator ?? asker("operator", "admin"), "world_guest_restart")).toEqual(["succeeded", "succeeded"]);
  expect(await both(rig, asker("remedy", "operate", { bound: true }), "world_guest_restart")).toEqual(["succeeded", "succeeded"]);
  expect(await both(rig, asker("model", "operate"), "world_guest_restart")).toEqual(["held", "held"]);
  rig.close();
});

test("a tool is told who called it, as the journal has it, and whether as a bound step", async () => {
  const told: (Asker | undefined)[] = [];
  const rig = createRig({
    faultyTool: (tool) => ({
      ...tool,
      run: (input, noted, signal, incident, asker) => {
        told.push(asker);
        return tool.run(input, noted, signal, incident);
      },
    }),
  });
  const client = { kind: "mcp", id: "desk", scope: "operate", tainted: true } as const;
  const remedy = { kind: "remedy", id: "a/b", scope: "operate", tainted: false } as const;
  await rig.finish("world_guest_start", 101, client);
  await rig.finish("world_guest_start", 102, client, { incident: "INC-0001" });
  await rig.finish("world_guest_start", 103, remedy, { incident: "INC-0001", remedy: "a/b" });
  expect(told).toEqual([
    { caller: client, bound: false },
    { caller: client, bound: false },
    { caller: remedy, bound: true },
  ]);
  rig.close();
});
