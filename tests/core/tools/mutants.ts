// Named mutants of the pipeline, made by handing it faulty parts: each breaks one promise of reliability F.

import { Database } from "bun:sqlite";
import { join } from "node:path";
import { z } from "zod";
import type { Preflight } from "../../../core/contract/tool.ts";
import type { Journal } from "../../../core/store/journal/open.ts";
import type { Row } from "../../../core/store/journal/schema.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import type { Command } from "./history.ts";
import { OPERATOR, type RigOptions } from "./rig.ts";

type Mutant = Pick<RigOptions, "faulty" | "faultyTool" | "protect"> & {
  /** The invariants one of which must catch it. */
  readonly caught: RegExp;
  /** Where histories that notice it come early. */
  readonly seed?: number;
  /** One that noticed it once, where such are rare: played first. */
  readonly first?: readonly Command[];
};

const journalWith = (change: (journal: Journal) => Partial<Journal>): Pick<RigOptions, "faulty"> => ({
  faulty: (parts) => ({ ...parts, journal: { ...parts.journal, ...change(parts.journal) } }),
});

const moving = (change: (...move: Parameters<Journal["move"]>) => Parameters<Journal["move"]>): Pick<RigOptions, "faulty"> =>
  journalWith((journal) => ({ move: (...move) => journal.move(...change(...move)) }));

/** Rows as budgets see them, changed. */
const counting = (change: (rows: Row[]) => Row[]): Pick<RigOptions, "faulty"> => journalWith((journal) => ({ recent: (sinceMs) => change(journal.recent(sinceMs)) }));

const sendingLater = (journal: Journal): Partial<Journal> => {
  const waiting = new Map<string, Parameters<Journal["move"]>>();
  return {
    move: (row, steps, beside) => {
      const [first] = steps;
      if (first?.to === "sending") {
        waiting.set(row.callId, [row, steps, beside]);
        return { ...row, ...first.patch, state: "sending" };
      }
      const late = waiting.get(row.callId);
      waiting.delete(row.callId);
      return journal.move(late ? journal.move(...late) : row, steps, beside);
    },
  };
};

const remembering = (tool: BoundTool): BoundTool => {
  const { preflight } = tool;
  if (!preflight) return tool;
  const first = new Map<string, ReturnType<typeof preflight>>();
  return {
    ...tool,
    preflight: (input, signal) => {
      const key = JSON.stringify(input);
      const known = first.get(key) ?? preflight(input, signal);
      first.set(key, known);
      return known;
    },
  };
};

const retrying = (tool: BoundTool): BoundTool => ({
  ...tool,
  run: async (input, noted, signal, incident) => {
    try {
      return await tool.run(input, noted, signal, incident);
    } catch {
      return tool.run(input, noted, signal, incident);
    }
  },
});

/** Takes the database's own guards away, so that what the code does wrong is not stopped by them. */
const unguarded = (folder: string, ...names: string[]): void => {
  const raw = new Database(join(folder, "journal.db"));
  for (const name of names) raw.exec(`DROP ${name.startsWith("calls_one") ? "INDEX" : "TRIGGER"} IF EXISTS ${name}`);
  raw.close();
};

const movingUnguarded = (guard: string, change: (steps: Parameters<Journal["move"]>[1]) => Parameters<Journal["move"]>[1]): Pick<RigOptions, "faulty"> => ({
  faulty: (parts, folder) => {
    unguarded(folder, guard);
    return { ...parts, journal: { ...parts.journal, move: (row, steps, beside) => parts.journal.move(row, change(steps), beside) } };
  },
});

const preflighting = (change: (facts: Preflight, input: unknown) => Preflight): Pick<RigOptions, "faultyTool"> => ({
  faultyTool: (tool) => {
    const { preflight } = tool;
    return preflight ? { ...tool, preflight: async (input, signal) => change(await preflight(input, signal), input) } : tool;
  },
});

const proposing = (change: (call: Parameters<Journal["propose"]>[0]) => Parameters<Journal["propose"]>[0]): Pick<RigOptions, "faulty"> =>
  journalWith((journal) => ({ propose: (call) => journal.propose(change(call)) }));

const vmidOf = (input: unknown): number => z.object({ vmid: z.number() }).parse(input).vmid;

const told = ({ state }: Row) => ({ what: state === "succeeded" ? "Done and checked" : "Failed", why: "", how: "", evidence: [], undo: null });

const restarted = { do: "call", tool: "restart", vmid: 101, caller: "remedy", bound: true, fate: "ok" } as const;

export const MUTANTS: Record<string, Mutant> = {
  "sending is made durable after the request": { ...journalWith(sendingLater), caught: /I1\b/ },
  "a lost reply is tried again": { faultyTool: retrying, caught: /I1\b|I2\b/ },
  "what was being sent at a crash is called not applied": {
    ...moving((row, steps, beside) =>
      row.state === "sending" && steps[0]?.patch?.text?.startsWith("Jarvis was restarted")
        ? [row, [{ to: "failed", patch: { text: "It was never applied" } }], { report: told }]
        : [row, steps, beside],
    ),
    caught: /I17/,
  },
  "the grace is none": {
    ...moving((row, steps, beside) => [row, steps.map((step) => (step.to === "unknown" ? { ...step, patch: { ...step.patch, attemptEndedMs: 0 } } : step)), beside]),
    caught: /I17/,
  },
  "acceptance counts as success": {
    ...moving((row, steps, beside) => [
      row,
      steps.flatMap((step) => (step.to === "verifying" ? [step, { to: "succeeded" as const }] : [step])),
      steps[0]?.to === "verifying" ? { ...beside, report: told } : beside,
    ]),
    caught: /I14/,
  },
  "one look is enough": {
    faultyTool: (tool) => {
      const { verify } = tool;
      let seen = false;
      return verify
        ? {
            ...tool,
            verify: async (input, sent, earlier, signal) => {
              if (earlier && seen) return earlier;
              seen = true;
              return verify(input, sent, earlier, signal);
            },
          }
        : tool;
    },
    caught: /I14/,
  },
  "a foreign act is adopted": {
    faultyTool: (tool) => {
      const { trace } = tool;
      return trace
        ? {
            ...tool,
            trace: async (input, sent, signal) => {
              const seen = await trace(input, sent, signal);
              return seen.found === "superseded" ? { found: "effect", words: seen.words } : seen;
            },
          }
        : tool;
    },
    seed: 4,
    caught: /I14/,
  },
  "absence is read as effect": {
    faultyTool: (tool) => (tool.trace ? { ...tool, trace: async () => ({ found: "effect", words: "surely" }) } : tool),
    caught: /I14/,
  },
  "budgets are keyed by the tool's name": {
    ...counting((rows) => rows.map((row) => ({ ...row, target: row.target === null ? null : `${row.tool}:${row.target}` }))),
    seed: 16,
    caught: /I6|I5/,
  },
  "budgets forget at a restart": {
    ...journalWith((journal) => {
      const born = new Set(journal.recent(0).map(({ callId }) => callId));
      return { recent: (sinceMs) => journal.recent(sinceMs).filter((row) => !born.has(row.callId)) };
    }),
    first: [restarted, { do: "tick", ms: 30_000 }, { do: "crash", at: "now" }, restarted, { do: "tick", ms: 30_000 }],
    caught: /I6/,
  },
  "budgets count per caller": { ...counting((rows) => rows.filter((row) => row.caller.kind === "remedy")), seed: 16, caught: /I6/ },
  "the kill switch is looked at only at admission": {
    faulty: (parts) => {
      let looks = 0;
      const live = parts.switches.view;
      const view = () => {
        looks += 1;
        const { killed: _, killLevel, ...rest } = live();
        return looks % 3 === 1 && killLevel !== undefined ? { ...rest, killed: true, killLevel } : { ...rest, killed: false };
      };
      return { ...parts, switches: { ...parts.switches, view, checkSync: () => undefined } };
    },
    caught: /I8/,
  },
  "the facts are read only at admission": { faultyTool: remembering, caught: /I12/ },
  "the protected list is not asked": { faulty: (parts) => ({ ...parts, policy: { ...parts.policy, protect: [] } }), caught: /I10/ },
  "Jarvis does not know itself": { faulty: (parts) => ({ ...parts, policy: { ...parts.policy, self: () => ({ state: "outside", resources: [], words: "" }) } }), caught: /I10/ },
  "identity is not bound": {
    faultyTool: (tool) => {
      const { preflight } = tool;
      return preflight ? { ...tool, preflight: async (input, signal) => ({ ...(await preflight(input, signal)), identity: "same" }) } : tool;
    },
    caught: /I12/,
  },
  "what destroys is taken for reversible": { faultyTool: (tool) => (tool.effect === "destructive" ? { ...tool, effect: "reversible" } : tool), caught: /I7/ },
  "a step is skipped": {
    ...movingUnguarded("calls_edges", (steps) => steps.map((step) => (step.to === "accepted" ? { ...step, to: "verifying" as const } : step))),
    caught: /I3/,
  },
  "nothing is taken up after a restart": { ...journalWith(() => ({ unfinished: () => [] })), caught: /I4/ },
  "two act on one target at once": {
    faulty: (parts, folder) => {
      unguarded(folder, "calls_one_active_per_target");
      const { journal } = parts;
      return { ...parts, journal: { ...journal, recent: (sinceMs) => journal.recent(sinceMs).filter(({ endedMs }) => endedMs !== null) } };
    },
    caught: /I5|I1/,
  },
  "an empty or wide selector means the first that fits": { ...preflighting((facts, input) => ({ ...facts, target: `guest/${vmidOf(input)}` })), seed: 6, caught: /I9/ },
  "a step of no incident counts as one of a remedy": { ...proposing((call) => ({ ...call, incident: "i", remedy: "r" })), caught: /I11/ },
  "words formed by others count as the operator's own": { ...proposing((call) => ({ ...call, caller: { ...call.caller, tainted: false } })), caught: /I11/ },
  "slow facts count as fresh": {
    faultyTool: (tool) => {
      const { preflight } = tool;
      const last = new Map<string, Preflight>();
      return preflight
        ? {
            ...tool,
            preflight: async (input, signal) => {
              const known = last.get(JSON.stringify(input));
              const now = preflight(input, signal);
              void now.then((facts) => last.set(JSON.stringify(input), facts)).catch(() => undefined);
              return known ?? now;
            },
          }
        : tool;
    },
    caught: /I12/,
  },
  "a failure is reported as done": {
    ...moving((row, steps, beside) => {
      const report = beside?.report;
      return [row, steps, report ? { ...beside, report: (ended) => ({ ...report(ended), what: `Done and checked: ${ended.tool}` }) } : beside];
    }),
    caught: /I13/,
  },
  "anybody may raise the mode": {
    faulty: (parts) => ({ ...parts, switches: { ...parts.switches, setMode: (mode) => parts.switches.setMode(mode, OPERATOR) } }),
    seed: 5,
    caught: /I15/,
  },
  "a failure is taken back by itself": {
    ...movingUnguarded("calls_edges", (steps) =>
      steps.flatMap((step) => (step.to === "failed" ? [{ to: "rolling_back" as const }, { ...step, to: "rolled_back" as const }] : [step])),
    ),
    caught: /I16/,
  },
  "a repeated request is a new one": { ...journalWith(() => ({ byIdempotency: () => undefined })), caught: /I18/ },
  "a record is changed afterwards": {
    faulty: (parts, folder) => {
      const { journal } = parts;
      return {
        ...parts,
        journal: {
          ...journal,
          move: (row, steps, beside) => {
            const moved = journal.move(row, steps, beside);
            if (moved.state === "failed") {
              unguarded(folder, "records_fixed");
              const raw = new Database(join(folder, "journal.db"));
              raw.query("UPDATE records SET data = replace(data, 'failed', 'faIled') WHERE call_id = ? AND state = 'failed'").run(moved.callId);
              raw.close();
            }
            return moved;
          },
        },
      };
    },
    caught: /I19/,
  },
  "looking first already acts": {
    faultyTool: (tool) => {
      const { preflight } = tool;
      return preflight
        ? {
            ...tool,
            preflight: async (input, signal) => {
              const facts = await preflight(input, signal);
              if (facts.lock !== undefined) await tool.run(input, {}, signal, undefined).catch(() => undefined);
              return facts;
            },
          }
        : tool;
    },
    seed: 2,
    caught: /I20|I1\b/,
  },
};
