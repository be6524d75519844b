// From the settings to the two models, each within its daily limit; and who of them is asked. Everything of the models loads with this file, at the first question that needs one.
import type { SpendingStore } from "../../store/spending.ts";
import { createAnthropic } from "./anthropic.ts";
import { createCompatible } from "./compatible.ts";
import { keptInHouse } from "./kept-in-house.ts";
import type { Making } from "./making.ts";
import type { Model, ModelHealth } from "./model.ts";
import { readOverride } from "./override.ts";
import { FREE, knowledgeOf } from "./prices.ts";
import { type Carried, type Routed, route, type Standing } from "./route.ts";
import { type Budget, createBudget } from "./spending.ts";
import { tokensAtMost } from "./token-bound.ts";

interface Price {
  input: number;
  output: number;
}
/** The models section of jarvis.yaml. */
export interface ModelSettings {
  local?: { baseUrl: string; model: string; contextTokens?: number | undefined; apiKey?: string | undefined; dailyLimitTokens?: number | undefined } | undefined;
  cloud?:
    | {
        provider: "anthropic" | "openai";
        model: string;
        apiKey: string;
        baseUrl?: string | undefined;
        dailyLimitUsd: number;
        dailyLimitTokens?: number | undefined;
        priceUsd?: Price | undefined;
      }
    | undefined;
  stays: readonly Carried[];
}

const OPENAI = "https://api.openai.com/v1";
/** The least of instructions, tools and answer beside the words themselves. */
const LEAST_TOKENS = 1024;
/** One that did not answer is tried again with a question that comes this much later. */
const AGAIN_MS = 30_000;
const LONG = /\b(?:why|investigat\w*|diagnos\w*|root cause|compare|explain|plan|warum|wieso|untersuch\w*|vergleich\w*|erkl[äa]r\w*|plane)\b/i;
const LONG_TEXT = 600;
const LOGS = /\b(?:logs?|syslog|journal|protokoll\w*)\b/i;

interface Held {
  model: Model;
  budget: Budget;
}

interface Parts extends Omit<Making, "changed"> {
  settings: ModelSettings;
  store: SpendingStore;
  changed: (route: Model["route"], health: ModelHealth) => void;
}

export interface Chosen extends Routed {
  models: readonly Model[];
  /** What was asked, without the word that chose. */
  text: string;
}

const madeLocal = ({ settings: { local }, store, changed, ...making }: Parts): Held | undefined => {
  if (!local) return undefined;
  const budget = createBudget({ store, clock: making.clock, route: "local", limit: { tokens: local.dailyLimitTokens } });
  return { budget, model: budget.within(createCompatible("local", local, { ...making, changed: (health) => changed("local", health) }), FREE) };
};

const madeCloud = ({ settings: { cloud, stays }, store, changed, ...making }: Parts): Held | undefined => {
  if (!cloud) return undefined;
  const hands = { ...making, changed: (health: ModelHealth) => changed("cloud", health) };
  const budget = createBudget({ store, clock: making.clock, route: "cloud", limit: { usd: cloud.dailyLimitUsd, tokens: cloud.dailyLimitTokens } });
  const model = cloud.provider === "anthropic" ? createAnthropic(cloud, hands) : createCompatible("cloud", { ...cloud, baseUrl: cloud.baseUrl ?? OPENAI }, hands);
  return { budget, model: keptInHouse(budget.within(model, knowledgeOf(cloud.model, cloud.priceUsd)), stays) };
};

/** What a question takes along: of names, figures, notes and memory there is always some. */
const carriedBy = (text: string, isTainted: boolean): Carried[] => ["names", "figures", "notes", "memory", ...(isTainted || LOGS.test(text) ? (["logs"] as const) : [])];

export const makeModels = (parts: Parts) => {
  const held = { local: madeLocal(parts), cloud: madeCloud(parts) };
  const triedMs = { local: Number.NEGATIVE_INFINITY, cloud: Number.NEGATIVE_INFINITY };

  const standing = (which: Model["route"]): Standing | undefined => {
    const one = held[which];
    if (!one) return undefined;
    const { state, words } = one.model.health();
    const isDue = parts.clock.now() - triedMs[which] >= AGAIN_MS * parts.clock.rate;
    return { contextTokens: one.model.contextTokens, state: state === "down" && isDue ? "unknown" : state, words, spent: one.budget.spent() };
  };

  return {
    local: held.local?.model,
    cloud: held.cloud?.model,
    choose({ text: said, preferred, isTainted }: { text: string; preferred?: Model["route"] | undefined; isTainted: boolean }): Chosen {
      const { wished, text } = readOverride(said);
      const routed = route({
        intent: text.length > LONG_TEXT || LONG.test(text) ? "long" : "short",
        neededTokens: LEAST_TOKENS + tokensAtMost(text),
        carries: carriedBy(text, isTainted),
        stays: parts.settings.stays,
        wished,
        preferred,
        local: standing("local"),
        cloud: standing("cloud"),
      });
      const order = routed.route === "reflex" ? [] : [routed.route, ...routed.otherwise];
      for (const which of order) triedMs[which] = parts.clock.now();
      return { ...routed, text, models: order.flatMap((which) => held[which]?.model ?? []) };
    },
  };
};

export type MadeModels = ReturnType<typeof makeModels>;
