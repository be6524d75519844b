// The tools in the core's own pipeline over the lab: a destructive one is held for Jarvis and asked of the operator with its target typed, a dry run tells the truth in words and sends nothing, and an act runs to its checked end.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { Caller } from "../../../../core/contract/caller.ts";
import { ToolResult } from "../../../../core/contract/result.ts";
import { Preflight, type Tool } from "../../../../core/contract/tool.ts";
import { createClock } from "../../../../core/lib/clock.ts";
import { createRedactor } from "../../../../core/lib/redact.ts";
import { openJournal } from "../../../../core/store/journal/open.ts";
import type { BoundTool } from "../../../../core/tools/bound.ts";
import { createPipeline } from "../../../../core/tools/pipeline.ts";
import { createRegistry } from "../../../../core/tools/registry.ts";
import { createSwitches } from "../../../../core/tools/switches.ts";
import type { Client } from "../../../../plugins/proxmox/client/client.ts";
import type { Config } from "../../../../plugins/proxmox/config.ts";
import { guestAgentExec } from "../../../../plugins/proxmox/tools/agent-exec.ts";
import { guestMigrate } from "../../../../plugins/proxmox/tools/migrate.ts";
import { guestStart } from "../../../../plugins/proxmox/tools/power.ts";
import { guestDiskResize } from "../../../../plugins/proxmox/tools/resize.ts";
import { snapshotCreate, snapshotDelete } from "../../../../plugins/proxmox/tools/snapshot-make.ts";
import { snapshotRollback } from "../../../../plugins/proxmox/tools/snapshot-rollback.ts";
import { guestUnlock } from "../../../../plugins/proxmox/tools/unlock.ts";
import { type House, openHouse } from "../house.ts";
import { asRoot } from "./act.ts";

/** The product's ten seconds for an answer are one here: at 20 a busy machine needed them for its first TLS connection alone. */
const SPEED = 10;
/** Every incident is about everything here. */
const PRESCRIBED = {
  root: "guest/101",
  by: "x/y",
  tools: ["snapshot_delete", "snapshot_rollback", "disk_resize", "agent_exec", "unlock"],
  targets: ["guest/101", "guest/110", "guest/114"],
};
const OPERATOR: Caller = { kind: "operator", id: "cli", scope: "admin", tainted: false };
const TOKEN: Caller = { kind: "script", id: "t", scope: "operate", tainted: false };
const REMEDY: Caller = { kind: "remedy", id: "x/y", scope: "operate", tainted: false };

const bind = <I extends z.ZodType>(name: string, tool: Tool<Config, Client, I>, ctx: House["ctx"]): BoundTool => {
  const read = (input: unknown) => tool.input.parse(input);
  const { preflight, progress, verify, trace, target } = tool;
  return {
    name,
    plugin: "proxmox",
    title: tool.title,
    about: tool.about,
    effect: tool.effect,
    input: tool.input,
    deadlineMs: (tool.deadlineSeconds ?? 60) * 1000,
    verifyMs: (tool.verifySeconds ?? 60) * 1000,
    target: (input) => target?.(read(input)),
    run: async (input, noted) => ToolResult.parse(await tool.run(ctx, read(input), noted)),
    ...(preflight === undefined ? {} : { preflight: async (input: unknown) => Preflight.parse(await preflight(ctx, read(input))) }),
    ...(progress === undefined ? {} : { progress: async (input: unknown, sent) => progress(ctx, read(input), sent) }),
    ...(verify === undefined ? {} : { verify: async (input: unknown, sent, earlier) => verify(ctx, read(input), sent, earlier) }),
    ...(trace === undefined ? {} : { trace: async (input: unknown, sent) => trace(ctx, read(input), sent) }),
  };
};

const open = async () => {
  const house = await openHouse(SPEED);
  const ctx = asRoot(house);
  const folder = mkdtempSync(join(tmpdir(), "jarvis-tools-"));
  const clock = createClock(SPEED);
  const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock });
  const switches = createSwitches({ journal, clock, killPath: join(folder, "KILL"), initialMode: "act" });
  const registry = createRegistry();
  registry.add(bind("guest_start", guestStart, ctx));
  registry.add(bind("guest_migrate", guestMigrate, ctx));
  registry.add(bind("snapshot_create", snapshotCreate, ctx));
  registry.add(bind("snapshot_delete", snapshotDelete, ctx));
  registry.add(bind("snapshot_rollback", snapshotRollback, ctx));
  registry.add(bind("disk_resize", guestDiskResize, ctx));
  registry.add(bind("agent_exec", guestAgentExec, ctx));
  registry.add(bind("unlock", guestUnlock, ctx));
  const policy = { rules: () => [], minute: () => 0, protect: ["guest/103"], self: () => ({ state: "outside" as const, resources: [], words: "outside" }) };
  const pipeline = createPipeline({ clock, registry, journal, switches, policy, warrant: () => PRESCRIBED, log: () => undefined, redact: createRedactor([]) });
  const call = (tool: string, input: Record<string, unknown>, caller: Caller, more: object = {}) => pipeline.call({ tool, arguments: input, caller, waitSeconds: 300, ...more });
  const close = async (): Promise<void> => {
    await pipeline.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
    await house.stop();
  };
  return { house, pipeline, call, close };
};

let all: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  all = await open();
}, 60_000);
afterAll(() => all?.close());

test("an act runs to its checked end, and its lost reply ends as done once", async () => {
  const made = await all.call("snapshot_create", { vmid: 114, snapshot: "kept" }, OPERATOR);
  expect(made).toMatchObject({ state: "succeeded", text: "The snapshot task ended OK. Checked twice: Snapshot kept is in the list." });
  await all.house.lab.dropReply({ method: "POST", path: "/nodes/pve/lxc/115/snapshot" });
  const lost = await all.call("snapshot_create", { vmid: 115, snapshot: "lost" }, OPERATOR);
  expect(lost.state).toBe("succeeded");
  const effects = (await all.house.lab.effects()).filter((effect) => effect.path.includes("/lxc/115/snapshot"));
  expect(effects).toHaveLength(1);
}, 90_000);

describe("what is destructive", () => {
  const CALLS: [tool: string, input: Record<string, unknown>][] = [
    ["snapshot_delete", { vmid: 114, snapshot: "kept" }],
    ["snapshot_rollback", { vmid: 114, snapshot: "kept" }],
    ["disk_resize", { vmid: 110, disk: "scsi0", sizeGib: 41 }],
    ["agent_exec", { vmid: 110, command: ["id"] }],
    ["unlock", { vmid: 101 }],
  ];

  test("is held for Jarvis, refused to a token, held for the operator; a dry run says it would ask; nothing is sent", async () => {
    await all.house.lab.break("guest-lock-stale", "guest/101", { hours: 5 });
    const before = (await all.house.lab.effects()).length;
    for (const [tool, input] of CALLS) {
      expect(await all.call(tool, input, OPERATOR, { dryRun: true })).toMatchObject({
        state: "held",
        text: expect.stringMatching(/^Would ask a person first: .* \(destructive\) on guest\//),
      });
      expect(await all.call(tool, input, TOKEN)).toMatchObject({ state: "refused", rule: "token_destructive" });
      const unasked = await all.call(tool, input, REMEDY, { incident: "INC-1", remedy: "x/y" });
      expect(unasked).toMatchObject({ state: "held", rule: "destructive" });
      await all.pipeline.decide(unasked.ask ?? "", "reject", { caller: OPERATOR });
    }
    expect((await all.house.lab.effects()).length).toBe(before);
  }, 60_000);

  test("runs for the operator once its target is typed, and not before", async () => {
    const held = await all.call("snapshot_delete", { vmid: 114, snapshot: "kept" }, OPERATOR);
    expect(held).toMatchObject({ state: "held", rule: "destructive" });
    expect(all.pipeline.decide(held.ask ?? "", "approve", { caller: OPERATOR })).rejects.toMatchObject({ type: "bad_input" });
    await all.pipeline.decide(held.ask ?? "", "approve", { caller: OPERATOR, confirm: "web1" });
    expect(await all.pipeline.wait(held.callId)).toMatchObject({ state: "succeeded" });
  }, 60_000);
});

describe("what is refused, and in which words", () => {
  test("a start of a template, of a locked and of a protected guest", async () => {
    expect(await all.call("guest_start", { vmid: 900 }, OPERATOR)).toMatchObject({ state: "refused", rule: "template", text: "guest/900 is a template." });
    await all.house.lab.break("guest-lock-stale", "guest/102", { hours: 5 });
    await all.house.lab.as("root@pam", "POST", "/nodes/pve/lxc/102/status/stop", { skiplock: true });
    expect(await all.call("guest_start", { vmid: 102 }, OPERATOR)).toMatchObject({ state: "refused" });
    await all.house.lab.heal("guest-lock-stale");
    expect(await all.call("guest_start", { vmid: 103 }, OPERATOR)).toMatchObject({ state: "refused", rule: "protected" });
  }, 30_000);

  test("a move that cannot be, dry and for good, names what stands in the way", async () => {
    for (const more of [{ dryRun: true }, {}])
      expect(await all.call("guest_migrate", { vmid: 106, target: "Home" }, OPERATOR, more)).toMatchObject({
        state: "refused",
        text: expect.stringMatching(/^immich cannot move to Home: /),
      });
  });

  test("a dry run of what would run says so and sends nothing", async () => {
    expect(await all.call("snapshot_create", { vmid: 108 }, OPERATOR, { dryRun: true })).toMatchObject({
      state: "succeeded",
      text: "Would run: Take a snapshot (reversible) on guest/108 (vaultwarden). Nothing was sent.",
    });
  });
});
