// One random history: commands run against the pipeline over the fake world, with the invariants of reliability F watched all along.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { isTerminal } from "../../../core/contract/call.ts";
import type { Checkpoint } from "../../../core/tools/parts.ts";
import type { PolicyRule } from "../../../core/tools/rule-match.ts";
import { atFirstByte, budgetsHeld, endingsHonest, guarded, must, onceEach, oneActivePerTarget, onlyAlongEdges, reported, SELF, Violation, type Watched } from "./invariants.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, type RigOptions, TOKEN } from "./rig.ts";
import type { Fate, TARGETS } from "./world.ts";

const FATES: readonly Fate[] = ["ok", "drop-reply", "lost", "late", "refused", "task-fails", "flaps", "never-true", "hangs"];
const TOOLS = ["start", "restart", "reboot", "stop", "destroy"] as const;
const CALLERS = { operator: OPERATOR, token: TOKEN, remedy: REMEDY, model: MODEL, tainted: { ...OPERATOR, tainted: true } } as const;
const POINTS: readonly Checkpoint[] = ["intent", "sending", "sent", "accepted", "verifying"];

const HOUR_MS = 3_600_000;
/** Longer than anything is under way, or asked about. */
const QUIET_MS = 800_000;

const NO_MORE: PolicyRule = { id: "no-more", origin: "chat", tool: "*", target: "*", caller: "*", action: "deny", effect: "disruptive" };

const vmid = fc.constantFrom(101, 101, 101, 102, 103, 900);
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      tool: fc.constantFrom(...TOOLS),
      vmid,
      caller: fc.constantFrom("operator", "token", "remedy", "remedy", "model", "tainted"),
      /** Whether it is a step bound to an incident. */
      bound: fc.constantFrom(true, true, true, false),
      fate: fc.constantFrom(...FATES),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("tick" as const), ms: fc.constantFrom(1000, 7000, 30_000, 100_000, 400_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("decide" as const),
      approve: fc.boolean(),
      right: fc.boolean(),
      /** What was shown is another ask by now. */
      stale: fc.constantFrom(false, false, false, true),
      by: fc.constantFrom("operator", "operator", "model", "token"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const), at: fc.constantFrom("now" as const, ...POINTS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("kill" as const), how: fc.constantFrom("engage", "file", "release", "release"), at: fc.constantFrom("now" as const, ...POINTS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("mode" as const),
      mode: fc.constantFrom("observe" as const, "propose" as const, "act" as const, "act" as const),
      by: fc.constantFrom("operator", "model"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("trouble" as const),
      what: fc.constantFrom("lock", "busy", "quorum", "partial", "identity", "human", "wide", "empty", "slow", "none", "none", "none"),
      at: fc.constantFrom("now" as const, "intent" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("foreign" as const), vmid, up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("second" as const) }) },
  /** The operator forbids what disturbs, or takes that back. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rule" as const), deny: fc.boolean(), at: fc.constantFrom("now" as const, "intent" as const) }) },
  /** The machine starts with an old clock. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("jump" as const), hours: fc.constantFrom(1, 3, 24) }) },
  /** The last request is told again, as a client does that heard no answer. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const) }) },
);
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
/** Most are short, so that many are played; one of four is as long as it may be. */
export const histories = fc.oneof(
  { weight: 3, arbitrary: fc.array(command, { minLength: 4, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.array(command, { minLength: 20, maxLength: 60, size: "max" }) },
);

/** Runs one history and throws the first violation. */
export const runHistory = async (commands: readonly Command[], faulty: Pick<RigOptions, "faulty" | "faultyTool" | "protect"> = {}): Promise<void> => {
  const watched: Watched = { broken: undefined, sent: [], approved: new Set(), rules: [] };
  const pending: { at: Checkpoint; act: () => void }[] = [];
  const rig = createRig({
    self: { state: "guest", resources: [SELF], words: "self" },
    rules: watched.rules,
    ...faulty,
    checkpoint: (name) => {
      const index = pending.findIndex(({ at }) => at === name);
      if (index >= 0) for (const { act } of pending.splice(index, 1)) act();
    },
  });
  rig.world.onAttempt = (target) => guarded(watched, () => atFirstByte(rig, watched, target));
  let crashed = false;
  const calm = async (): Promise<void> => {
    pending.length = 0;
    Object.assign(rig.world, { quorate: true, partial: false, wide: undefined, slowMs: 0 });
    for (const thing of rig.world.things.values()) thing.busy = undefined;
    await rig.clock.advance(QUIET_MS);
  };
  const step = createStep({
    rig,
    watched,
    calm,
    at: (when, act) => (when === "now" ? act() : void pending.push({ at: when, act })),
    crash: () => {
      if (!crashed) rig.crash();
      crashed = true;
    },
  });
  const revive = async (): Promise<void> => {
    while (crashed) {
      crashed = false;
      await rig.restart();
      await rig.clock.settle();
    }
  };
  try {
    for (const one of commands) {
      await step(one);
      await rig.clock.advance(500);
      await revive();
      if (watched.broken) throw watched.broken;
      oneActivePerTarget(rig.core.journal.list({ limit: 1000 }));
    }
    await calm();
    const calls = rig.core.journal.list({ limit: 1000 });
    if (watched.broken) throw watched.broken;
    for (const call of calls) must(isTerminal(call.state), "I4", `${call.callId} is still ${call.state} when all is healed`);
    onlyAlongEdges(rig);
    budgetsHeld(rig, calls, watched);
    endingsHonest(rig, calls, watched);
    reported(rig, calls);
    onceEach(rig);
    const proof = rig.core.journal.verifyChain();
    must(proof.ok, "I19", proof.problems.map(({ words }) => words).join("; "));
  } finally {
    rig.close();
  }
};

interface StepParts {
  rig: Rig;
  watched: Watched;
  at: (when: "now" | Checkpoint, act: () => void) => void;
  crash: () => void;
  /** All is healed, and what was under way has ended. */
  calm: () => Promise<void>;
}

/** `operator_only`, `bad_input` and the like are answers to a bad command, no violation. */
const asked = async (act: () => unknown): Promise<void> => {
  try {
    await act();
  } catch (thrown) {
    if (thrown instanceof Violation) throw thrown;
  }
};

const createStep = ({ rig, watched, at, crash, calm }: StepParts) => {
  const kill = (how: string): void => {
    if (how === "file") writeFileSync(join(rig.folder, "KILL"), "");
    else if (how === "engage") rig.core.switches.engage("effects", TOKEN);
    else rig.core.switches.release(OPERATOR);
  };
  const trouble = (what: string): void => {
    const thing = rig.world.thing("guest/101");
    thing.lock = what === "lock" ? "backup" : undefined;
    thing.busy = what === "busy" ? "vzdump" : undefined;
    rig.world.quorate = what !== "quorum";
    rig.world.partial = what === "partial";
    rig.world.wide = what === "wide" ? "guest/*" : what === "empty" ? "" : undefined;
    rig.world.slowMs = what === "slow" ? 12_000 : 0;
    thing.human = what === "human" ? { at: rig.clock.iso(), words: "stop by root", stop: true } : undefined;
    if (what === "identity") thing.identity = crypto.randomUUID();
  };
  let last: (() => void) | undefined;
  let asks = 0;
  const request = (one: Extract<Command, { do: "call" }>) => {
    asks += 1;
    const isTainted = one.caller === "tainted";
    const mark = isTainted ? "tainted" : one.bound ? undefined : "unbound";
    return {
      tool: `world_guest_${one.tool}`,
      arguments: { vmid: one.vmid, ...(mark === undefined ? {} : { mark }) },
      caller: CALLERS[one.caller as keyof typeof CALLERS],
      waitSeconds: 0,
      idempotencyKey: `ask-${asks}`,
      ...(mark === undefined ? { remedy: "r", incident: "i" } : {}),
    };
  };
  return async (one: Command): Promise<void> => {
    const { pipeline, switches } = rig.core;
    if (one.do === "call") {
      rig.world.fate = one.fate;
      const asking = request(one);
      last = () => void asked(() => rig.core.pipeline.call(asking));
      last();
    } else if (one.do === "again") last?.();
    else if (one.do === "tick") await rig.clock.advance(one.ms);
    else if (one.do === "decide") {
      const [ask] = pipeline.asks();
      const caller = CALLERS[one.by as keyof typeof CALLERS];
      if (!ask) return;
      if (one.by === "operator" && one.approve && !one.stale && (one.right || ask.effect !== "destructive")) watched.approved.add(ask.callId ?? "");
      const hash = one.stale ? "of another ask" : ask.hash;
      void asked(() => pipeline.decide(ask.id, one.approve ? "approve" : "reject", { caller, hash, confirm: one.right ? (ask.target ?? "") : "guest/1" }));
    } else if (one.do === "crash") at(one.at, crash);
    else if (one.do === "kill") at(one.at, () => kill(one.how));
    else if (one.do === "mode") {
      const before = switches.view().mode;
      await asked(() => rig.core.handed.switches.setMode(one.mode, CALLERS[one.by as keyof typeof CALLERS]));
      const order = ["observe", "propose", "act"];
      if (one.by === "model") must(order.indexOf(switches.view().mode) <= order.indexOf(before), "I15", "a model raised the mode");
    } else if (one.do === "trouble") at(one.at, () => trouble(one.what));
    else if (one.do === "foreign") rig.world.foreign(`guest/${one.vmid}` as (typeof TARGETS)[number], one.up);
    else if (one.do === "rule") at(one.at, () => void watched.rules.splice(0, 1, ...(one.deny ? [NO_MORE] : [])));
    else if (one.do === "jump") {
      // What runs counts steadily; only a machine that starts anew may show an older time.
      await calm();
      crash();
      rig.clock.jump(-one.hours * HOUR_MS);
    } else await takeOver(rig);
  };
};

/** A second core on the same files: the first is alive, and must find itself superseded. */
const takeOver = async (rig: Rig): Promise<void> => {
  const old = rig.core;
  await rig.restart();
  const before = rig.world.attempts.length;
  void asked(() => old.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 102 }, caller: OPERATOR, waitSeconds: 0 }));
  await rig.clock.advance(2000);
  must(rig.world.attempts.length === before, "D43", "a superseded core sent something");
  old.life.die();
  rmSync(join(rig.folder, "KILL"), { force: true });
};
