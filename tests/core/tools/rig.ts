// A whole pipeline over the fake world, on a clock that moves when told, that can crash and start again on the same files.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallAnswer } from "../../../core/contract/call.ts";
import type { Caller } from "../../../core/contract/caller.ts";
import type { Autonomy } from "../../../core/contract/wire.ts";
import { type Clock, pauseBy } from "../../../core/lib/clock.ts";
import { createRedactor } from "../../../core/lib/redact.ts";
import { openJournal } from "../../../core/store/journal/open.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import type { PipelineOptions } from "../../../core/tools/parts.ts";
import { createPipeline } from "../../../core/tools/pipeline.ts";
import { createRegistry } from "../../../core/tools/registry.ts";
import { createSwitches } from "../../../core/tools/switches.ts";
import { createManualClock, type ManualClock } from "../../support/clock.ts";
import { createWorld, TARGETS, type World, worldTool } from "./world.ts";

export const OPERATOR: Caller = { kind: "operator", id: "cli", scope: "admin", tainted: false };
export const ADMIN_TOKEN: Caller = { kind: "script", id: "t-admin", scope: "admin", tainted: false };
export const TOKEN: Caller = { kind: "script", id: "t-operate", scope: "operate", tainted: false };
export const READER: Caller = { kind: "script", id: "t-read", scope: "read", tainted: false };
export const REMEDY: Caller = { kind: "remedy", id: "guest-crashed", scope: "operate", tainted: false };
export const MODEL: Caller = { kind: "model", id: "local", scope: "operate", tainted: false };

/** Memory where there is some: the journal's commits are real, only the disk is fast. */
const folderRoot = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A clock whose timers can be taken away: what a crashed process had waiting never happens. */
export const mortal = (clock: ManualClock) => {
  const timers = new Set<() => void>();
  let dead = false;
  const after: Clock["after"] = (ms, act) => {
    if (dead) return () => {};
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      if (!dead) act();
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  };
  const die = (): void => {
    dead = true;
    for (const cancel of timers) cancel();
    timers.clear();
  };
  const mortalClock: Clock = { rate: clock.rate, now: () => clock.now(), iso: () => clock.iso(), after, pause: pauseBy(after) };
  return { clock: mortalClock, die, isDead: () => dead };
};

/** `core.handed`: what the pipeline got; the rest is the real thing, to be looked at. */
type Faulty = Pick<PipelineOptions, "journal" | "switches" | "policy">;

export interface RigOptions {
  protect?: readonly string[];
  rules?: ReturnType<PipelineOptions["policy"]["rules"]>;
  self?: ReturnType<PipelineOptions["policy"]["self"]>;
  mode?: Autonomy;
  checkpoint?: PipelineOptions["checkpoint"];
  tools?: (world: World, clock: ManualClock) => BoundTool[];
  more?: Pick<PipelineOptions, "health" | "standing">;
  /** What incidents allow; absent: every one is open, and about everything. */
  warrant?: PipelineOptions["warrant"];
  /** For mutants: what the pipeline gets instead of the real thing. */
  faulty?: (parts: Faulty, folder: string) => Faulty;
  faultyTool?: (tool: BoundTool) => BoundTool;
}

export const standardTools = (world: World, clock: ManualClock): BoundTool[] => [
  worldTool({ name: "world_guest_start", effect: "reversible", world, clock }),
  worldTool({ name: "world_guest_restart", effect: "disruptive", world, clock }),
  worldTool({ name: "world_guest_reboot", effect: "disruptive", world, clock }),
  worldTool({ name: "world_guest_stop", effect: "disruptive", world, clock, makes: false }),
  worldTool({ name: "world_guest_destroy", effect: "destructive", world, clock, makes: false }),
];

export const createRig = (options: RigOptions = {}) => {
  const folder = mkdtempSync(join(folderRoot, "jarvis-rig-"));
  const clock = createManualClock();
  const world = createWorld(clock);
  const logged: string[] = [];
  const told: string[] = [];
  let checkpoint = options.checkpoint;

  const start = () => {
    const life = mortal(clock);
    const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock: life.clock });
    const registry = createRegistry();
    for (const tool of (options.tools ?? standardTools)(world, clock)) registry.add(options.faultyTool?.(tool) ?? tool);
    const switches = createSwitches({ journal, clock: life.clock, killPath: join(folder, "KILL"), initialMode: options.mode ?? "act" });
    const policy = {
      rules: () => options.rules ?? [],
      minute: () => Math.floor(clock.now() / 60_000) % 1440,
      protect: options.protect ?? ["guest/900"],
      self: () => options.self ?? { state: "outside" as const, resources: [], words: "outside" },
    };
    const parts = { journal, switches, policy };
    const handed = options.faulty?.(parts, folder) ?? parts;
    const pipeline = createPipeline({
      clock: life.clock,
      registry,
      ...handed,
      warrant: options.warrant ?? ((_, by) => ({ root: "guest/101", by, tools: registry.list().map(({ name }) => name), targets: TARGETS })),
      ...options.more,
      log: (_level, message, data) => void logged.push(`${message} ${JSON.stringify(data ?? {})}`),
      told: (words) => void told.push(words),
      redact: createRedactor(["topsecretvalue"]),
      checkpoint: async (name, callId) => {
        await checkpoint?.(name, callId);
        if (life.isDead()) await new Promise(() => {});
      },
    });
    return { life, journal, registry, switches, pipeline, handed };
  };
  let core = start();

  const crash = (): void => {
    core.life.die();
    core.journal.close();
  };
  const restart = async (): Promise<void> => {
    const born = start();
    core = born;
    try {
      await born.pipeline.recover();
    } catch (thrown) {
      // One that died while it recovered says nothing any more.
      if (!born.life.isDead()) throw thrown;
    }
  };

  return {
    folder,
    clock,
    world,
    logged,
    told,
    get core() {
      return core;
    },
    crash,
    restart,
    setCheckpoint: (next: PipelineOptions["checkpoint"]): void => {
      checkpoint = next;
    },
    /** Starts the call and lets the clock run until it is answered. */
    async call(tool: string, vmid: number, caller: Caller, more: Partial<Parameters<typeof core.pipeline.call>[0]> = {}): Promise<CallAnswer> {
      let answer: CallAnswer | undefined;
      const asked = core.pipeline.call({ tool, arguments: { vmid }, caller, waitSeconds: 0, ...more }).then((given) => {
        answer = given;
      });
      for (let tries = 0; answer === undefined && tries < 40; tries += 1) {
        await Promise.race([asked, clock.settle()]);
        if (answer === undefined) await clock.advance(1000);
      }
      if (answer === undefined) throw new Error(`${tool} on ${vmid} was not answered`);
      return answer;
    },
    /** As call, and on to its end. */
    async finish(tool: string, vmid: number, caller: Caller, more: Partial<Parameters<typeof core.pipeline.call>[0]> = {}) {
      const { callId } = await this.call(tool, vmid, caller, more);
      await clock.advance(120_000);
      const call = core.journal.get(callId);
      if (!call) throw new Error(`no call ${callId}`);
      return call;
    },
    close(): void {
      try {
        crash();
      } catch {
        // Closed already by a crash of the test's own.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type Rig = ReturnType<typeof createRig>;
