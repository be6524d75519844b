// The registry's refusals, a tool's description, its input in words, its secrets.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { createRegistry } from "../../../core/tools/registry.ts";
import { parseInput, redactInput, toolInfo } from "../../../core/tools/schema.ts";
import { createManualClock } from "../../support/clock.ts";
import { createWorld, worldTool } from "./world.ts";

const clock = createManualClock();
const tool = worldTool({ name: "world_guest_start", effect: "reversible", world: createWorld(clock), clock });
const withInput = (input: z.ZodType): BoundTool => ({ ...tool, input });

describe("the registry", () => {
  test("takes a tool of a name once, and gives it back", () => {
    const registry = createRegistry();
    const remove = registry.add(tool);
    expect(() => registry.add(tool)).toThrow("two tools");
    remove();
    expect(registry.get(tool.name)).toBeUndefined();
    registry.add(tool);
    expect(registry.list()).toEqual([tool]);
  });
  test("refuses what changes things without looking before and after", () => {
    const { preflight: _, ...blind } = tool;
    const { verify: __, ...unproved } = tool;
    expect(() => createRegistry().add(blind)).toThrow("no preflight");
    expect(() => createRegistry().add(unproved)).toThrow("no verify");
    expect(() => createRegistry().add({ ...unproved, effect: "read" })).not.toThrow();
  });
});

describe("a tool's schemas", () => {
  test("describe it as JSON Schema", () => {
    expect(toolInfo(tool)).toMatchObject({ name: "world_guest_start", effect: "reversible", inputSchema: { type: "object", properties: { vmid: { type: "integer" } } } });
  });
  test("say in words what is wrong, field by field", () => {
    try {
      parseInput(tool, { vmid: -1, force: "yes" });
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({ type: "bad_input", details: { issues: [{ path: "vmid" }, { path: "force" }] } });
      expect(String(thrown)).toContain("vmid");
    }
  });
  test("refuse a field the tool does not have, so that a misspelt wish is not an act", () => {
    const strict = withInput(z.object({ vmid: z.number(), timeout: z.number().optional() }).refine(() => true));
    expect(() => parseInput(strict, { vmid: 1, dry_run: true })).toThrow("dry_run: there is no such field. Known here: vmid, timeout");
    expect(() => parseInput(withInput(z.object({})), { vmid: 1 })).toThrow("vmid: there is no such field; it takes none");
    expect(parseInput(strict, { vmid: 1 })).toEqual({ vmid: 1 });
    expect(parseInput(withInput(z.looseObject({ vmid: z.number() })), { vmid: 1, more: 2 })).toEqual({ vmid: 1, more: 2 });
  });
  test("take secrets out wherever they are", () => {
    const secret = z.string().meta({ secret: true });
    const input = z.object({
      a: secret,
      deep: z.object({ list: z.array(z.object({ b: secret.optional() })) }),
      map: z.record(z.string(), secret),
      either: z.union([z.object({ c: secret }), z.number()]),
      plain: z.string(),
    });
    expect(redactInput(withInput(input), { a: "x", deep: { list: [{ b: "x" }, {}] }, map: { k: "x" }, either: { c: "x" }, plain: "x" })).toEqual({
      a: "[redacted]",
      deep: { list: [{ b: "[redacted]" }, {}] },
      map: { k: "[redacted]" },
      either: { c: "[redacted]" },
      plain: "x",
    });
  });
});
