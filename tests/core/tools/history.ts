// One random history: commands run against the pipeline over the fake world, with the invariants of reliability F watched all along.
import { Database } from "bun:sqlite";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Call, type CallState, EDGES, isTerminal } from "../../../core/contract/call.ts";
import { isUnasked } from "../../../core/contract/caller.ts";
import type { Checkpoint } from "../../../core/tools/parts.ts";
import { GRACE_MS } from "../../../core/tools/resolve.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, type RigOptions, TOKEN } from "./rig.ts";
import type { Done, Fate, TARGETS } from "./world.ts";

const FATES: readonly Fate[] = ["ok", "drop-reply", "lost", "late", "refused", "task-fails", "flaps", "never-true", "hangs"];
const TOOLS = ["start", "restart", "reboot", "stop", "destroy"] as const;
const CALLERS = { operator: OPERATOR, token: TOKEN, remedy: REMEDY, model: MODEL } as const;
const POINTS: readonly Checkpoint[] = ["intent", "sending", "sent", "accepted", "verifying"];
const SELF = "guest/103";
const HOUR_MS = 3_600_000;

const vmid = fc.constantFrom(101, 101, 101, 102, 103, 900);
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      tool: fc.constantFrom(...TOOLS),
      vmid,
      caller: fc.constantFrom("operator", "token", "remedy", "remedy", "model"),
      fate: fc.constantFrom(...FATES),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("tick" as const), ms: fc.constantFrom(1000, 7000, 30_000, 100_000, 400_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("decide" as const), approve: fc.boolean(), right: fc.boolean(), by: fc.constantFrom("operator", "operator", "model", "token") }),
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
      what: fc.constantFrom("lock", "quorum", "partial", "identity", "human", "none", "none"),
      at: fc.constantFrom("now" as const, "intent" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("foreign" as const), vmid, up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("second" as const) }) },
);
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
export const histories = fc.array(command, { minLength: 4, maxLength: 30 });

class Violation extends Error {}
const must = (holds: boolean, invariant: string, words: string): void => {
  if (!holds) throw new Violation(`${invariant}: ${words}`);
};

interface Watched {
  /** First violation seen inside the pipeline's own callbacks. */
  broken: Error | undefined;
  sent: { callId: string; target: string; atMs: number }[];
}

/** What must hold at the very first byte of every request. */
const atFirstByte = (rig: Rig, watched: Watched, target: string): void => {
  const raw = new Database(join(rig.folder, "journal.db"), { readonly: true });
  const rows = raw
    .query<{ call_id: string; tool: string; identity: string | null; approved_by: string | null }, [string]>("SELECT * FROM calls WHERE target = ? AND state = 'sending'")
    .all(target);
  raw.close();
  const [row] = rows;
  must(rows.length === 1 && row !== undefined, "I1", `a request went to ${target} with ${rows.length} durable sending rows`);
  if (!row) return;
  must(!watched.sent.some(({ callId }) => callId === row.call_id), "I2", `${row.call_id} was sent twice`);
  const level = existsSync(join(rig.folder, "KILL")) ? "effects" : rig.core.switches.view().killLevel;
  must(level === undefined, "I8", `${row.call_id} was sent while the kill switch was engaged`);
  must(target !== "guest/900" && target !== SELF, "I10", `${target} was touched`);
  const thing = rig.world.thing(target);
  must(thing.lock === undefined && rig.world.quorate === true, "I12", `${row.call_id} was sent to a locked target or without quorum`);
  must(row.identity === thing.identity, "I12", `${row.call_id} was sent to another thing of that name`);
  must(row.tool !== "world_guest_destroy" || row.approved_by !== null, "I7", `${row.call_id} destroyed without an approval`);
  watched.sent.push({ callId: row.call_id, target, atMs: rig.clock.now() });
};

/** Every step of every call, from the records themselves. */
const onlyAlongEdges = (rig: Rig): void => {
  const raw = new Database(join(rig.folder, "journal.db"), { readonly: true });
  const moves = raw.query<{ call_id: string; state: CallState }, []>("SELECT call_id, state FROM records WHERE kind = 'transition' ORDER BY seq").all();
  raw.close();
  const states = new Map<string, CallState>();
  for (const { call_id, state } of moves) {
    const before = states.get(call_id);
    must(before === undefined ? state === "proposed" : EDGES[before].includes(state), "I3", `${call_id} went from ${before} to ${state}`);
    states.set(call_id, state);
  }
};

const guarded = (watched: Watched, act: () => void): void => {
  try {
    act();
  } catch (thrown) {
    watched.broken ??= thrown instanceof Error ? thrown : new Error(String(thrown));
  }
};

const budgetsHeld = (rig: Rig, calls: readonly Call[], watched: Watched): void => {
  const heavy = calls
    .filter((call) => call.effect !== "reversible")
    .flatMap((call) => watched.sent.filter(({ callId }) => callId === call.callId).map(({ atMs }) => ({ call, atMs })));
  for (const { call, atMs } of heavy) {
    if (!isUnasked(call.caller) || call.rule === "approved") continue;
    const before = heavy.filter((other) => other.atMs < atMs && atMs - other.atMs < HOUR_MS);
    const same = before.filter((other) => other.call.target === call.target);
    must(same.length < 3, "I6", `${call.callId} was the fourth disruptive act on ${call.target} within the hour`);
    must(
      same.every((other) => atMs - other.atMs >= 5 * 60_000),
      "I6",
      `${call.callId} came too soon after another on ${call.target}`,
    );
    must(before.length < 5, "I6", `${call.callId} was the sixth disruptive act within the hour`);
  }
  must(rig.world.attempts.length === watched.sent.length, "I1", "a request is not accounted for");
};

const endingsHonest = (rig: Rig, calls: readonly Call[], watched: Watched): void => {
  for (const call of calls) {
    const sent = watched.sent.find(({ callId }) => callId === call.callId);
    if (["refused", "denied", "expired", "aborted"].includes(call.state)) must(sent === undefined, "I20", `${call.callId} is ${call.state} and was sent`);
    const row = rig.core.journal.row(call.callId);
    // The next act may begin in the very moment this one ends: what happens then is its own.
    const nextMs = Math.min(...watched.sent.filter(({ target, atMs }) => target === call.target && atMs > (sent?.atMs ?? 0)).map(({ atMs }) => atMs));
    const isMine = ({ ours, target, tool, atMs }: Done): boolean =>
      sent !== undefined && ours && target === call.target && tool === call.tool && atMs >= sent.atMs && atMs <= (row?.endedMs ?? 0) && atMs < nextMs;
    const mine = rig.world.effects.filter(isMine);
    if (call.state === "succeeded") {
      must(mine.length === 1, "I14", `${call.callId} claims success over ${mine.length} effects`);
      const held = rig.world.looks.filter((look) => look.target === call.target && look.ok && look.atMs >= (sent?.atMs ?? 0) && look.atMs <= (row?.endedMs ?? 0));
      const first = held.at(0)?.atMs ?? 0;
      must(held.length >= 2 && (held.at(-1)?.atMs ?? 0) - first >= 5000, "I14", `${call.callId} succeeded without two looks 5 s apart`);
    }
    if (call.state !== "failed" || !(call.text ?? "").includes("never applied")) continue;
    must((row?.endedMs ?? 0) - (sent?.atMs ?? row?.sentMs ?? 0) >= GRACE_MS, "I17", `${call.callId} was called not applied within the grace`);
    const ever =
      sent === undefined
        ? []
        : rig.world.effects.filter((done) => done.ours && done.target === call.target && done.tool === call.tool && done.atMs >= sent.atMs && done.atMs <= sent.atMs + GRACE_MS);
    must(ever.length === 0, "I17", `${call.callId} was called not applied and had happened`);
  }
};

const oneActivePerTarget = (calls: readonly Call[]): void => {
  const active = calls.filter(({ state }) => ["intent", "sending", "accepted", "unknown", "verifying"].includes(state)).map(({ target }) => target);
  must(new Set(active).size === active.length, "I5", "a target is held by two calls");
};

/** Runs one history and throws the first violation. */
export const runHistory = async (commands: readonly Command[], faulty: Pick<RigOptions, "faulty" | "faultyTool" | "protect"> = {}): Promise<void> => {
  const watched: Watched = { broken: undefined, sent: [] };
  const pending: { at: Checkpoint; act: () => void }[] = [];
  const rig = createRig({
    self: { state: "guest", resources: [SELF], words: "self" },
    ...faulty,
    checkpoint: (name) => {
      const index = pending.findIndex(({ at }) => at === name);
      if (index >= 0) for (const { act } of pending.splice(index, 1)) act();
    },
  });
  rig.world.onAttempt = (target) => guarded(watched, () => atFirstByte(rig, watched, target));
  let crashed = false;
  const step = createStep({
    rig,
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
    pending.length = 0;
    Object.assign(rig.world, { quorate: true, partial: false });
    await rig.clock.advance(800_000);
    const calls = rig.core.journal.list({ limit: 1000 });
    if (watched.broken) throw watched.broken;
    for (const call of calls) must(isTerminal(call.state), "I4", `${call.callId} is still ${call.state} when all is healed`);
    onlyAlongEdges(rig);
    budgetsHeld(rig, calls, watched);
    endingsHonest(rig, calls, watched);
    for (const call of calls) must(rig.core.journal.report(call.callId) !== undefined, "I13", `${call.callId} has no report`);
    const proof = rig.core.journal.verifyChain();
    must(proof.ok, "I19", proof.problems.map(({ words }) => words).join("; "));
  } finally {
    rig.close();
  }
};

interface StepParts {
  rig: Rig;
  at: (when: "now" | Checkpoint, act: () => void) => void;
  crash: () => void;
}

/** `operator_only`, `bad_input` and the like are answers to a bad command, no violation. */
const asked = async (act: () => unknown): Promise<void> => {
  try {
    await act();
  } catch (thrown) {
    if (thrown instanceof Violation) throw thrown;
  }
};

const createStep = ({ rig, at, crash }: StepParts) => {
  const kill = (how: string): void => {
    if (how === "file") writeFileSync(join(rig.folder, "KILL"), "");
    else if (how === "engage") rig.core.switches.engage("effects", TOKEN);
    else rig.core.switches.release(OPERATOR);
  };
  const trouble = (what: string): void => {
    const thing = rig.world.thing("guest/101");
    thing.lock = what === "lock" ? "backup" : undefined;
    rig.world.quorate = what !== "quorum";
    rig.world.partial = what === "partial";
    thing.human = what === "human" ? { at: rig.clock.iso(), words: "stop by root", stop: true } : undefined;
    if (what === "identity") thing.identity = crypto.randomUUID();
  };
  return async (one: Command): Promise<void> => {
    const { pipeline, switches } = rig.core;
    if (one.do === "call") {
      rig.world.fate = one.fate;
      const request = {
        tool: `world_guest_${one.tool}`,
        arguments: { vmid: one.vmid },
        caller: CALLERS[one.caller as keyof typeof CALLERS],
        waitSeconds: 0,
        remedy: "r",
        incident: "i",
      };
      void asked(() => pipeline.call(request));
    } else if (one.do === "tick") await rig.clock.advance(one.ms);
    else if (one.do === "decide") {
      const [ask] = pipeline.asks();
      const caller = CALLERS[one.by as keyof typeof CALLERS];
      if (ask) void asked(() => pipeline.decide(ask.id, one.approve ? "approve" : "reject", { caller, confirm: one.right ? (ask.target ?? "") : "guest/1" }));
    } else if (one.do === "crash") at(one.at, crash);
    else if (one.do === "kill") at(one.at, () => kill(one.how));
    else if (one.do === "mode") {
      const before = switches.view().mode;
      await asked(() => switches.setMode(one.mode, CALLERS[one.by as keyof typeof CALLERS]));
      const order = ["observe", "propose", "act"];
      if (one.by === "model") must(order.indexOf(switches.view().mode) <= order.indexOf(before), "I15", "a model raised the mode");
    } else if (one.do === "trouble") at(one.at, () => trouble(one.what));
    else if (one.do === "foreign") rig.world.foreign(`guest/${one.vmid}` as (typeof TARGETS)[number], one.up);
    else await takeOver(rig);
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
