// Named mutants of the pipeline, made by handing it faulty parts: each breaks one promise of reliability F.

import type { Journal } from "../../../core/store/journal/open.ts";
import type { Row } from "../../../core/store/journal/schema.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import type { RigOptions } from "./rig.ts";

type Mutant = Pick<RigOptions, "faulty" | "faultyTool" | "protect"> & {
  /** The invariants one of which must catch it. */
  readonly caught: RegExp;
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

const BAD_REPORT = { what: "", why: "", how: "", evidence: [], undo: null };

export const MUTANTS: Record<string, Mutant> = {
  "sending is made durable after the request": { ...journalWith(sendingLater), caught: /I1/ },
  "a lost reply is tried again": { faultyTool: retrying, caught: /I1|I2/ },
  "what was being sent at a crash is called not applied": {
    ...moving((row, steps, beside) =>
      row.state === "sending" && steps[0]?.patch?.text?.startsWith("Jarvis was restarted")
        ? [row, [{ to: "failed", patch: { text: "It was never applied" } }], { report: () => BAD_REPORT }]
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
      { ...beside, report: () => BAD_REPORT },
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
    caught: /I14/,
  },
  "absence is read as effect": {
    faultyTool: (tool) => (tool.trace ? { ...tool, trace: async () => ({ found: "effect", words: "surely" }) } : tool),
    caught: /I14/,
  },
  "budgets are keyed by the tool's name": {
    ...counting((rows) => rows.map((row) => ({ ...row, target: row.target === null ? null : `${row.tool}:${row.target}` }))),
    caught: /I6|I5/,
  },
  "budgets forget at a restart": {
    ...journalWith((journal) => {
      const born = new Set(journal.recent(0).map(({ callId }) => callId));
      return { recent: (sinceMs) => journal.recent(sinceMs).filter((row) => !born.has(row.callId)) };
    }),
    caught: /I6/,
  },
  "budgets count per caller": { ...counting((rows) => rows.filter((row) => row.caller.kind === "remedy")), caught: /I6/ },
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
};
