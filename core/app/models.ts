// The models, wired: made at the first question that needs one, their state and what they took told to whoever shows it. Without any in the settings it does nothing at all.
import type { MadeModels, ModelSettings } from "../agent/models/make.ts";
import type { ModelHealth } from "../agent/models/model.ts";
import type { Metric } from "../contract/metric.ts";
import type { Persona } from "../contract/persona.ts";
import type { Recall } from "../contract/recall.ts";
import type { ModelState } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { OpenDatabase } from "../store/open.ts";
import { createSpendingStore, type Spent } from "../store/spending.ts";
import type { Switches } from "../tools/switches.ts";
import type { createStatus } from "./status.ts";

type Status = ReturnType<typeof createStatus>;

interface Parts {
  settings: ModelSettings;
  clock: Clock;
  db: OpenDatabase;
  log: Log;
  redact: Redactor;
  switches: Pick<Switches, "on">;
  recall: Recall;
  /** What others count. */
  metrics: () => readonly Metric[];
  status: Pick<Status, "note" | "tell" | "thinks">;
}

const NAMES = { local: "local model", cloud: "cloud model" } as const;

const samples = (rows: readonly Spent[], kind: "input" | "output" | "cached") =>
  rows.map(({ route, model, ...took }) => ({ labels: { route, model: model.slice(0, 200), kind }, value: took[kind] }));

const counted = (rows: readonly Spent[]): Metric[] => [
  {
    name: "jarvis_models_tokens_today",
    help: "Tokens models took today (UTC); cached is a part of input.",
    type: "gauge",
    samples: (["input", "output", "cached"] as const).flatMap((kind) => samples(rows, kind)),
  },
  {
    name: "jarvis_models_cost_usd_today",
    help: "What models cost today (UTC), in USD.",
    type: "gauge",
    samples: rows.map(({ route, model, costUsd }) => ({ labels: { route, model: model.slice(0, 200) }, value: costUsd })),
  },
];

export const createModels = ({ settings, clock, db, log, redact, switches, recall, metrics, status }: Parts) => {
  if (settings.local === undefined && settings.cloud === undefined) return { models: undefined, metrics };
  const clean = redact.text;
  const store = createSpendingStore(db);
  const untold = (name: string | undefined): ModelHealth | undefined => (name === undefined ? undefined : { state: "unknown", words: "not asked yet", since: clock.iso() });
  const states: Record<"local" | "cloud", ModelHealth | undefined> = { local: untold(settings.local?.model), cloud: untold(settings.cloud?.model) };

  const told = (route: "local" | "cloud", health: ModelHealth): void => {
    const before = states[route]?.state;
    states[route] = health;
    if (before !== health.state && (health.state === "down" || before === "down")) {
      const isDown = health.state === "down";
      log(isDown ? "warn" : "info", `the ${NAMES[route]} ${isDown ? "does not answer" : "answers again"}`, { words: clean(health.words) });
      status.note(
        isDown ? `The ${NAMES[route]} does not answer: ${clean(health.words)}. What watches, repairs and reports goes on by rules.` : `The ${NAMES[route]} answers again.`,
      );
    }
    status.tell();
  };

  let made: Promise<MadeModels> | undefined;
  const making = () => {
    made ??= import("../agent/models/make.ts").then(({ makeModels }) => makeModels({ settings, store, clock, clean, changed: told }));
    return made;
  };
  // For core/status: of each that is configured.
  status.thinks(() =>
    (["local", "cloud"] as const).flatMap((route): ModelState[] => {
      const health = states[route];
      return health ? [{ route, model: settings[route]?.model ?? "", ...health, words: clean(health.words) }] : [];
    }),
  );

  return {
    models: {
      redact,
      switches,
      recall,
      /** Who is asked, in order, and why; nobody: why not. */
      choose: async ({ text, persona, isTainted }: { text: string; persona: Persona; isTainted: boolean }) =>
        (await making()).choose({ text, preferred: persona.model, isTainted }),
    },
    metrics: (): readonly Metric[] => [...metrics(), ...counted(store.of(clock.iso().slice(0, 10)))],
  };
};
