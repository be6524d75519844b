// Work of a guest's agent that outlasts the 30 s Proxmox waits (596), in the core's own pipeline: it is told as going on inside, is followed until there is evidence, and ends as done; what leaves no evidence is not guessed.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { Caller } from "../../../../core/contract/caller.ts";
import { Preflight, type Sent, type Tool, type Trace } from "../../../../core/contract/tool.ts";
import { createClock } from "../../../../core/lib/clock.ts";
import { createRedactor } from "../../../../core/lib/redact.ts";
import { openJournal } from "../../../../core/store/journal/open.ts";
import { createPipeline } from "../../../../core/tools/pipeline.ts";
import { createRegistry } from "../../../../core/tools/registry.ts";
import { createSwitches } from "../../../../core/tools/switches.ts";
import type { Client } from "../../../../plugins/proxmox/client/client.ts";
import type { Config } from "../../../../plugins/proxmox/config.ts";
import { factsOf } from "../../../../plugins/proxmox/shapes/guest.ts";
import { guestThaw } from "../../../../plugins/proxmox/tools/agent-thaw.ts";
import { storageTrim } from "../../../../plugins/proxmox/tools/storage-trim.ts";
import { fakeApi } from "../fake-api.ts";
import { look, send, words } from "./act.ts";

const OPERATOR: Caller = { kind: "operator", id: "cli", scope: "admin", tainted: false };
const INPUT = { vmid: 101 };
const GIB = 1024 ** 3;
const GAVE_UP = { status: 596, statusText: "Connection timed out", body: { data: null } };
const SILENT = { status: 500, statusText: "VM 101 qmp command 'guest-ping' failed - got timeout", body: { data: null } };

interface Scene {
  /** How often the agent is silent after it was given work. */
  silent: number;
  tookMs: number;
  freedBytes: number;
  frozen?: boolean;
  /** It started anew while the work went on. */
  restarts?: boolean;
  /** On which storages another guest of the node has its disks; null: that is not known. */
  beside?: readonly string[] | null;
  /** What else the storage may hold. */
  content?: string;
}

const scene = (plan: Scene) => {
  let [uptime, silent, begun, frozen] = [5000, plan.silent, false, plan.frozen ?? false];
  const agent = (reply: object) => {
    if (!begun) return reply;
    if (silent > 0) {
      silent -= 1;
      return SILENT;
    }
    return reply;
  };
  const works = () => {
    begun = true;
    api.forward(plan.tookMs);
    if (plan.restarts) uptime = 10;
    return GAVE_UP;
  };
  const api = fakeApi(({ path, method }) => {
    const last = path.split("?")[0]?.split("/").at(-1);
    if (path.startsWith("/cluster/resources"))
      return {
        body: {
          data: [
            { type: "node", node: "pve", status: "online" },
            { type: "qemu", vmid: 101, node: "pve", name: "cloud", status: "running" },
            ...(plan.beside === undefined ? [] : [{ type: "lxc", vmid: 102, node: "pve", name: "db", status: "running" }]),
            {
              type: "storage",
              storage: "thin",
              node: "pve",
              status: "available",
              content: plan.content ?? "images,rootdir",
              disk: 90 * GIB - (begun ? plan.freedBytes : 0),
              maxdisk: 100 * GIB,
            },
          ],
        },
      };
    if (path === "/cluster/status") return { body: { data: [{ type: "node", name: "pve", online: 1 }] } };
    if (last === "fstrim" || last === "fsfreeze-thaw") return works();
    if (last === "fsfreeze-status") {
      const reply = agent({ body: { data: { result: frozen ? "frozen" : "thawed" } } });
      if (begun && reply !== SILENT) frozen = false;
      return reply === SILENT || !begun ? reply : { body: { data: { result: "thawed" } } };
    }
    if (method === "POST") return agent({ body: { data: { result: {} } } });
    if (last === "current") {
      uptime += 10;
      return { body: { data: { status: "running", qmpstatus: "running", name: "cloud", uptime, maxmem: GIB } } };
    }
    if (last === "config")
      return { body: { data: { name: "cloud", agent: "1", smbios1: "uuid=11111111-2222-4333-8444-555555555555", scsi0: "thin:vm-101-disk-0,discard=on,size=32G" } } };
    return { body: { data: [] } };
  });
  if (plan.beside) api.client.memory.facts.set(102, { at: api.ctx.now(), node: "pve", facts: { ...factsOf("lxc", {}), storages: [...plan.beside] } });
  return api;
};

const folders: string[] = [];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-agent-"));
  folders.push(folder);
});
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
});

/** The whole way through the pipeline, by the operator. */
const carriedOut = async <I extends z.ZodType>(api: ReturnType<typeof scene>, tool: Tool<Config, Client, I>) => {
  const clock = createClock(50);
  const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock });
  const switches = createSwitches({ journal, clock, killPath: join(folder, "KILL"), initialMode: "act" });
  const registry = createRegistry();
  const read = (input: unknown) => tool.input.parse(input);
  registry.add({
    name: "work",
    plugin: "proxmox",
    title: tool.title,
    about: tool.about,
    effect: tool.effect,
    input: tool.input,
    deadlineMs: 60_000,
    verifyMs: 60_000,
    target: (input) => tool.target?.(read(input)),
    run: async (input, noted) => tool.run(api.ctx, read(input), noted),
    preflight: async (input) => Preflight.parse(await tool.preflight?.(api.ctx, read(input))),
    verify: async (input, sent, earlier) => (await tool.verify?.(api.ctx, read(input), sent, earlier)) ?? { ok: false, words: "no check" },
    trace: async (input, sent) => (await tool.trace?.(api.ctx, read(input), sent)) ?? { found: "unclear", words: "no trace" },
  });
  const policy = { rules: () => [], minute: () => 0, protect: [], self: () => ({ state: "outside" as const, resources: [], words: "outside" }) };
  const pipeline = createPipeline({
    clock,
    registry,
    journal,
    switches,
    policy,
    warrant: () => ({ over: "There are no incidents here." }),
    log: () => undefined,
    redact: createRedactor([]),
  });
  const ended = await pipeline.call({ tool: "work", arguments: INPUT, caller: OPERATOR, waitSeconds: 900 });
  await pipeline.stop();
  journal.close();
  return ended;
};

describe("a trim that takes longer than Proxmox waits", () => {
  test("is told as going on inside the guest", async () => {
    const { ctx } = scene({ silent: 0, tookMs: 30_000, freedBytes: 0 });
    const facts = await look(ctx, storageTrim, INPUT);
    expect(await words(send(ctx, storageTrim, INPUT, facts))).toContain("Proxmox waits 30 s for a guest's agent, and what takes longer goes on inside the guest");
  });

  test("ends as done when the agent answers again, and counts as no failure", async () => {
    const ended = await carriedOut(scene({ silent: 3, tookMs: 30_000, freedBytes: 8 * GIB }), storageTrim);
    expect(ended.state).toBe("succeeded");
    expect(ended.text).toContain(
      "The agent of cloud worked longer than Proxmox waits for it and answers again: the trim has ended, and 8 GiB of thin came free since it was sent.",
    );
  }, 30_000);

  test("that gave nothing back has ended all the same", async () => {
    expect((await carriedOut(scene({ silent: 1, tookMs: 30_000, freedBytes: 0 }), storageTrim)).state).toBe("succeeded");
  }, 30_000);
});

describe("a trim whose reply was lost at once", () => {
  const traced = async (plan: Scene) => {
    const { ctx } = scene(plan);
    const facts = await look(ctx, storageTrim, INPUT);
    const sent: Sent = { preflight: facts, ...(facts.serverTimeMs === undefined ? {} : { serverTimeMs: facts.serverTimeMs }) };
    await words(send(ctx, storageTrim, INPUT, facts));
    return storageTrim.trace?.(ctx, INPUT, sent);
  };

  test("is found by the room that came free", async () => {
    expect(await traced({ silent: 0, tookMs: 50, freedBytes: 4 * GIB })).toMatchObject({ found: "effect", words: "4 GiB of thin came free since it was sent: cloud has trimmed." });
  });

  test("is not, where the room may have come from another: from a guest that has disks there, one of whom that is not known, or from other files", async () => {
    const lost = { silent: 0, tookMs: 50, freedBytes: 4 * GIB };
    expect(await traced({ ...lost, beside: ["local"] })).toMatchObject({ found: "effect" });
    const unclear = (who: string): Trace => ({
      found: "unclear",
      words: `4 GiB of thin came free since it was sent, which may be another's doing (${who}): whether cloud has trimmed is not known. Doing it once more does no harm.`,
    });
    expect(await traced({ ...lost, beside: ["local", "thin"] })).toEqual(unclear("db (102) has disks there too"));
    expect(await traced({ ...lost, beside: null })).toEqual(unclear("where db (102) has its disks is not known"));
    expect(await traced({ ...lost, content: "images,backup" })).toEqual(unclear("thin holds backup too"));
    expect(await traced({ ...lost, tookMs: 30_000, beside: ["thin"] }), "though the agent was seen at work").toMatchObject({ found: "effect" });
  });

  test("and left none is not guessed, nor is one of a guest that started anew", async () => {
    expect(await traced({ silent: 0, tookMs: 50, freedBytes: 0 })).toMatchObject({ found: "unclear", words: expect.stringContaining("it may have had nothing to trim") });
    expect(await traced({ silent: 0, tookMs: 30_000, freedBytes: 0, restarts: true })).toMatchObject({ found: "unclear", words: expect.stringContaining("cloud started anew") });
  });
});

test("a thaw that takes longer than Proxmox waits ends as done when its file systems are thawed", async () => {
  expect(await carriedOut(scene({ silent: 3, tookMs: 30_000, freedBytes: 0, frozen: true }), guestThaw)).toMatchObject({ state: "succeeded" });
}, 30_000);
