// A fake world with two guests' worth of trouble: replies get lost, requests arrive late, others act, locks appear. Every effect is on record.
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import type { Effect, Preflight, Sent } from "../../../core/contract/tool.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import type { ManualClock } from "../../support/clock.ts";

/** What becomes of the next request: `late` arrives after its reply was given up, `too-late` after the grace. */
export type Fate = "ok" | "drop-reply" | "lost" | "late" | "too-late" | "refused" | "task-fails" | "flaps" | "never-true" | "hangs";

export interface Thing {
  up: boolean;
  identity: string;
  lock: string | undefined;
  /** What another operation does to it. */
  busy?: string | undefined;
  /** What carries it; absent: the node of even numbers, or of odd ones. */
  parent?: string;
  human: { at: string; words: string; stop: boolean } | undefined;
  flapsAtMs: number | undefined;
  /** When its facts were last read, to the end. */
  readMs: number;
}

export interface Done {
  target: string;
  tool: string;
  atMs: number;
  /** By the clock that never jumps. */
  steadyMs: number;
  ours: boolean;
  upid: string;
}

export const TARGETS = ["guest/101", "guest/102", "guest/103", "guest/900"] as const;
export const TASK_MS = 4000;
export const LATE_MS = 70_000;
export const TOO_LATE_MS = 400_000;

export const createWorld = (clock: ManualClock) => {
  const things = new Map<string, Thing>(TARGETS.map((id) => [id, { up: false, identity: `uuid-${id}`, lock: undefined, human: undefined, flapsAtMs: undefined, readMs: 0 }]));
  const effects: Done[] = [];
  const looks: { target: string; steadyMs: number; ok: boolean }[] = [];
  const attempts: { target: string; tool: string; atMs: number }[] = [];
  const world = {
    things,
    /** Every change that really happened. */
    effects,
    /** Every look of verify. */
    looks,
    /** Every request that was sent, whatever became of it. */
    attempts,
    fate: "ok" as Fate,
    quorate: true as boolean | null,
    memoryFreeAfter: undefined as number | undefined,
    partial: false,
    /** What a request's words resolve to instead of one target. */
    wide: undefined as string | undefined,
    /** How long reading the facts takes. */
    slowMs: 0,
    /** Called at the first byte of every request. */
    onAttempt: (_target: string, _tool: string): void => {},
    thing(id: string): Thing {
      const found = things.get(id);
      if (!found) throw new JarvisError("not_found", { message: `There is no ${id}.` });
      return found;
    },
    /** Somebody else does the same. */
    foreign(target: string, up: boolean): void {
      world.thing(target).up = up;
      effects.push({ target, tool: "foreign", atMs: clock.now(), steadyMs: clock.steady(), ours: false, upid: `UPID:${effects.length}:foreign` });
    },
  };
  return world;
};
export type World = ReturnType<typeof createWorld>;

const targetOf = (input: unknown): string => `guest/${z.object({ vmid: z.number() }).parse(input).vmid}`;

interface ToolOptions {
  name: string;
  effect: Effect;
  world: World;
  clock: ManualClock;
  /** What the act makes of `up`. */
  makes?: boolean;
  touches?: string[];
  /** Says so when what it makes is so already. */
  settles?: boolean;
}

const facts = (world: World, clock: ManualClock, target: string, touches: string[] | undefined): Preflight => {
  const thing = world.thing(target);
  return {
    target,
    name: `name-${target.slice(6)}`,
    identity: thing.identity,
    parent: thing.parent ?? `node/${Number(target.slice(6)) % 2 === 0 ? "even" : "odd"}`,
    status: thing.up ? "running" : "stopped",
    quorate: world.quorate,
    serverTimeMs: clock.now(),
    ...(thing.lock === undefined ? {} : { lock: thing.lock }),
    ...(thing.busy === undefined ? {} : { busy: [{ what: thing.busy, id: "UPID:other" }] }),
    ...(thing.human === undefined ? {} : { lastHumanAct: thing.human }),
    ...(touches === undefined ? {} : { touches }),
    ...(world.memoryFreeAfter === undefined ? {} : { memoryFreeAfter: world.memoryFreeAfter }),
  };
};

const sinceOf = (sent: Sent): number => sent.serverTimeMs ?? Number.POSITIVE_INFINITY;

/** A tool of the world: asynchronous like Proxmox's, with a task that takes 4 s. */
export const worldTool = ({ name, effect, world, clock, makes = true, touches, settles = false }: ToolOptions): BoundTool => {
  const apply = (target: string, fate: Fate): void => {
    const thing = world.thing(target);
    thing.up = fate === "never-true" || fate === "task-fails" ? !makes : makes;
    thing.flapsAtMs = fate === "flaps" ? clock.now() + TASK_MS + 3000 : undefined;
    world.effects.push({ target, tool: name, atMs: clock.now(), steadyMs: clock.steady(), ours: true, upid: `UPID:${world.effects.length + 1}:${fate}` });
  };
  const isUp = (target: string): boolean => {
    const { up, flapsAtMs } = world.thing(target);
    return flapsAtMs !== undefined && clock.now() >= flapsAtMs ? !makes : up;
  };
  return {
    name,
    plugin: "world",
    title: `Title of ${name}`,
    about: "",
    effect,
    input: z.object({ vmid: z.number().int().positive(), force: z.boolean().optional(), mark: z.string().optional(), password: z.string().meta({ secret: true }).optional() }),
    deadlineMs: 30_000,
    verifyMs: 30_000,
    target: targetOf,
    preflight: async (input, signal) => {
      const target = targetOf(input);
      const seen = facts(world, clock, target, touches);
      const readMs = clock.now();
      if (world.slowMs > 0) await clock.pause(world.slowMs, signal);
      world.thing(target).readMs = readMs;
      return {
        ...seen,
        ...(world.wide === undefined ? {} : { target: world.wide }),
        ...(settles && isUp(target) === makes ? { already: `${target} is so already` } : {}),
      };
    },
    run: async (input, _noted, signal) => {
      const target = targetOf(input);
      const { fate } = world;
      world.fate = "ok";
      world.attempts.push({ target, tool: name, atMs: clock.now() });
      world.onAttempt(target, name);
      if (fate === "refused") throw new JarvisError("upstream_denied", { message: "403 Permission check failed" });
      if (fate === "hangs") return clock.pause(3_600_000, signal).then(() => ({ text: "never" }));
      if (fate === "lost") throw new JarvisError("upstream_timeout");
      if (fate === "late" || fate === "too-late") {
        clock.after(fate === "late" ? LATE_MS : TOO_LATE_MS, () => apply(target, "ok"));
        throw new JarvisError("upstream_timeout");
      }
      apply(target, fate);
      if (fate === "drop-reply") throw new JarvisError("upstream_timeout");
      return { text: `Asked for ${name}.`, upid: world.effects.at(-1)?.upid ?? "", data: { fate } };
    },
    progress: async (_input, sent) => {
      const endMs = sinceOf(sent) + TASK_MS;
      if (clock.now() < endMs) return { ended: false, againMs: 1000 };
      return { ended: true, ok: !(sent.result?.upid ?? "").endsWith("task-fails"), text: "The task ended." };
    },
    verify: async (input) => {
      const target = targetOf(input);
      const ok = isUp(target) === makes;
      world.looks.push({ target, steadyMs: clock.steady(), ok });
      return { ok, words: ok ? "as it should be" : "not as it should be" };
    },
    trace: async (input, sent) => {
      if (world.partial) return { found: "unclear", words: "half a list" };
      const since = world.effects.filter((done) => done.target === targetOf(input) && done.atMs >= sinceOf(sent));
      const ours = since.filter((done) => done.ours && done.tool === name && !sent.others?.includes(done.upid));
      const [first, second] = ours;
      if (second) return { found: "unclear", words: "two tasks match", upids: ours.map(({ upid }) => upid) };
      if (first) return { found: "effect", words: "our task is in the list", upid: first.upid };
      return since.length > 0 ? { found: "superseded", words: "somebody else's task is in the list" } : { found: "absence", words: "the list is whole and has none" };
    },
  };
};
