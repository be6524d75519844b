// The daily limit in money and tokens, a hard stop: what a request may cost at most is written down before it is sent and set right when it is over, so that no crash and no second request gets past it.
import type { Clock } from "../../lib/clock.ts";
import type { SpendingStore, Spent } from "../../store/spending.ts";
import { brief, failed } from "./failure.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import type { Knowledge } from "./prices.ts";
import { MESSAGE_TOKENS, tokensAtMost } from "./token-bound.ts";

export interface DailyLimit {
  usd?: number | undefined;
  tokens?: number | undefined;
}

export interface Budget {
  /** Why nothing more may be asked today; undefined while something is left. */
  spent: () => string | undefined;
  /** The same model within its limit. */
  within: (model: Model, knowledge: Knowledge) => Model;
}

/** Asked for an answer, a repair and a retry, each may think besides: what is booked before anybody knows better. */
const THINKING_TOKENS = 4096;

const money = (usd: number): string => `$${usd.toFixed(2)}`;
const dayOf = (clock: Pick<Clock, "iso">): string => clock.iso().slice(0, 10);

const mostInput = ({ system, said, tools }: ModelRequest): number => {
  const texts = [
    ...system.map(({ text }) => text),
    ...said.flatMap(({ text, calls }) => [text, ...(calls ?? []).map(({ raw }) => raw)]),
    ...tools.map((tool) => JSON.stringify(tool)),
  ];
  return texts.reduce((sum, text) => sum + tokensAtMost(text) + MESSAGE_TOKENS, 0);
};

interface Parts {
  store: SpendingStore;
  clock: Pick<Clock, "iso" | "now">;
  route: Model["route"];
  limit: DailyLimit;
}

export const createBudget = ({ store, clock, route, limit }: Parts): Budget => {
  let swept = "";
  const today = (): { tokens: number; costUsd: number } => {
    const rows = store.of(dayOf(clock)).filter((row) => row.route === route);
    return rows.reduce((sum, row) => ({ tokens: sum.tokens + row.input + row.output, costUsd: sum.costUsd + row.costUsd }), { tokens: 0, costUsd: 0 });
  };

  /** `more`: what is asked for besides. */
  const over = (more: { tokens: number; costUsd: number }): string | undefined => {
    const took = today();
    if (limit.usd !== undefined && (took.costUsd >= limit.usd || took.costUsd + more.costUsd > limit.usd))
      return `${money(took.costUsd)} of today's ${money(limit.usd)} for the ${route} model are spent${more.costUsd > 0 ? `, and this may cost up to ${money(more.costUsd)}` : ""}; it goes on at midnight UTC, or with a higher models.${route}.dailyLimitUsd`;
    if (limit.tokens !== undefined && (took.tokens >= limit.tokens || took.tokens + more.tokens > limit.tokens))
      return `${took.tokens} of today's ${limit.tokens} tokens for the ${route} model are used; it goes on at midnight UTC, or with a higher models.${route}.dailyLimitTokens`;
    return undefined;
  };

  const book = (day: string, model: string, spent: Omit<Spent, "route" | "model">): void => store.add(day, { route, model, ...spent });

  async function* run(model: Model, knowledge: Knowledge, request: ModelRequest): AsyncGenerator<ModelEvent> {
    const day = dayOf(clock);
    const input = mostInput(request);
    const most = { input, output: request.mostTokens + (route === "cloud" ? THINKING_TOKENS : 0), cached: 0 };
    // All of it written to the cache, none read from it.
    const worst = { ...most, costUsd: knowledge.costUsd({ ...most, written: input }) };
    const why = over({ tokens: worst.input + worst.output, costUsd: worst.costUsd });
    if (why !== undefined) {
      yield failed("budget", why);
      return;
    }
    try {
      if (swept !== day) store.forgetBefore(clock.now());
      swept = day;
      book(day, model.name, worst);
    } catch (thrown) {
      // Where nothing is limited a disk that is full holds up no answer.
      if (limit.usd !== undefined || limit.tokens !== undefined) {
        yield failed("budget", `what it costs cannot be written down (${brief(thrown instanceof Error ? thrown.message : String(thrown), 120)}), so nothing is asked`, true);
        return;
      }
      yield* model.run(request);
      return;
    }
    const took = { input: 0, output: 0, cached: 0, costUsd: 0 };
    let isKnown = false;
    let isBegun = false;
    let isRefused = false;
    try {
      for await (const event of model.run(request)) {
        if (event.kind === "usage") {
          isKnown = true;
          took.input += event.input;
          took.output += event.output;
          took.cached += event.cached;
          took.costUsd += event.costUsd;
        }
        if (event.kind === "text" || event.kind === "wish") isBegun = true;
        if (event.kind === "failed") isRefused = !["timeout", "cancelled", "malformed"].includes(event.fault);
        yield event;
      }
    } finally {
      // What was read or written and nobody counted stays booked as the worst; what was refused cost nothing.
      if (isKnown || (isRefused && !isBegun))
        book(day, model.name, { input: took.input - worst.input, output: took.output - worst.output, cached: took.cached, costUsd: took.costUsd - worst.costUsd });
    }
  }

  return {
    spent: () => over({ tokens: 0, costUsd: 0 }),
    within: (model, knowledge) => ({
      route: model.route,
      name: model.name,
      get contextTokens() {
        return model.contextTokens;
      },
      count: model.count,
      run: (request) => run(model, knowledge, request),
      health: model.health,
    }),
  };
};
