// One closure per method of the wire: translates, decides nothing. What needs a decision asks the part that owns it.

import type { Chat } from "../agent/chat.ts";
import type { createPersona } from "../agent/persona.ts";
import { outside } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import { isChannelOrPattern, matches } from "../contract/pattern.ts";
import type { Reading } from "../contract/reading.ts";
import type { CoreStatus, Params, PluginInfo, Result } from "../contract/wire.ts";
import type { WireWidget } from "../contract/wire-widget.ts";
import type { CoreFaces, Emit, Talk, Who } from "../http/faces.ts";
import type { Feed } from "../incidents/feed.ts";
import type { Records } from "../incidents/record.ts";
import type { Clock } from "../lib/clock.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Resources } from "../state/resources.ts";
import { HISTORY_MINUTES } from "../store/history/tiers.ts";
import type { History } from "../store/history.ts";
import type { Journal } from "../store/journal/open.ts";
import type { HouseRules } from "../tools/house-rules.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Registry } from "../tools/registry.ts";
import { toolInfo } from "../tools/schema.ts";
import type { Switches } from "../tools/switches.ts";
import { ruleFaces, spokenRules } from "./rule-faces.ts";
import { readShadow } from "./shadow.ts";
import { spokenSwitches } from "./spoken-switches.ts";

const CHAT_WAIT_SECONDS = 90;
/** A sentence that may end in a rule about a runbook or remedy. */
const OF_DEEDS = /runbook|remed/i;

interface Parts {
  clock: Clock;
  redact: Redactor;
  registry: Registry;
  pipeline: Pipeline;
  switches: Switches;
  journal: Pick<Journal, "get" | "list" | "watched" | "byTarget">;
  resources: Resources;
  /** Reads a monitor now. Throws not_found for a channel that is no monitor's. */
  refresh: (channel: string) => Promise<Reading>;
  records: Records;
  feed: Feed;
  history: Pick<History, "history">;
  chat: Chat;
  persona: Pick<ReturnType<typeof createPersona>, "list" | "use">;
  rules: HouseRules;
  /** `server.open`. */
  open: boolean;
  lookForDeeds: () => Promise<void>;
  status: () => CoreStatus;
  report: (wanted: Params<"report.get">) => Promise<Result<"report.get">>;
  plugins: () => PluginInfo[];
  widgets: () => WireWidget[];
}

export const createFaces = (parts: Parts): CoreFaces => {
  const { clock, redact, registry, pipeline, switches, journal, resources, records, feed, history } = parts;

  const modes = (): Result<"autonomy.get"> => switches.view();

  const talk = (params: { conversation?: string | undefined; text: string }, who: Who, emit: Emit): Talk => {
    const conversation = params.conversation ?? crypto.randomUUID();
    const message = crypto.randomUUID();
    const stop = new AbortController();
    const take = async (): Promise<Awaited<Talk["done"]>> => {
      await (OF_DEEDS.test(params.text) ? parts.lookForDeeds() : Promise.resolve());
      const done = await parts.chat.take({
        conversation,
        by: `${who.caller.kind} ${who.caller.id}`,
        message,
        // Before anything is made of it: the answer, the conversation and the calls then know no secret either.
        text: redact.text(params.text),
        signal: stop.signal,
        call: (request) => pipeline.call({ ...request, caller: who.caller, waitSeconds: CHAT_WAIT_SECONDS }),
        wish: { by: who.caller, call: (request) => pipeline.call({ ...request, waitSeconds: CHAT_WAIT_SECONDS }) },
        rules: spokenRules(parts, who),
        house: spokenSwitches(parts, who),
        shadow: () => redact.data(readShadow(parts)),
        emit: (event) => {
          if (event.method === "chat.delta") emit("chat.delta", { conversation, message, text: event.text });
          else if (event.method === "chat.ask") emit("chat.ask", { conversation, message, ask: event.ask });
          else
            emit("chat.call", {
              conversation,
              message,
              callId: event.callId,
              tool: event.tool,
              arguments: event.arguments,
              state: event.state,
              ...(event.text ? { text: event.text } : {}),
            });
        },
      });
      emit("chat.done", done);
      return done;
    };
    return { conversation, message, done: take(), stop: () => stop.abort() };
  };

  const incident = (id: string): Result<"incidents.get"> => {
    const found = records.get(id);
    if (!found) throw new JarvisError("not_found", { message: `There is no incident ${id}.` });
    return found;
  };

  const resourcesAt = (path: string | undefined): Result<"state.get"> => {
    if (path === undefined) return { resources: resources.list() };
    if (!isChannelOrPattern(path)) throw new JarvisError("bad_input", { message: "A path is a resource id or a pattern such as guest/*.", path: "path" });
    const found = resources.list().filter((resource) => resource.id === path || matches(path, resource.id) || resource.id.startsWith(`${path}/`));
    if (found.length === 0 && !path.includes("*"))
      throw new JarvisError("not_found", {
        message: `There is no ${path}.${didYouMean(
          path,
          resources.list().map((resource) => resource.id),
        )}`,
      });
    return { resources: found };
  };

  return {
    "tools.list": async () => ({ tools: registry.list().map(toolInfo) }),
    "consoles.list": async () => ({
      consoles: registry.consoles().map(({ name, title, about, console }) => ({ tool: name, title, about, kinds: [...(console?.kinds ?? [])] })),
    }),
    "tools.call": ({ name, ...request }, who) => pipeline.call({ tool: name, ...definite(request), caller: who.caller }),
    "calls.get": async ({ callId }) => {
      const call = journal.get(callId);
      if (!call) throw new JarvisError("not_found", { message: `There is no call ${callId}.` });
      return { call };
    },
    "journal.list": async (query) => ({ calls: journal.list(definite(query)) }),
    "state.get": async ({ path }) => resourcesAt(path),
    "state.refresh": async ({ channel }) => {
      const { at, stale, words } = await parts.refresh(channel);
      return { at, stale, ...(words === undefined ? {} : { words }) };
    },
    "incidents.list": async ({ status, limit }) => ({ incidents: records.list(status, limit ?? 50).map(({ timeline: _, scene: __, ...rest }) => rest) }),
    "incidents.get": async ({ id }) => incident(id),
    "asks.list": async () => ({ asks: pipeline.asks() }),
    "asks.decide": ({ id, decision, words, ...by }, who) =>
      pipeline.decide(id, decision, { caller: who.caller, ...definite(by), ...(words === undefined ? {} : { words: redact.text(words) }) }),
    "status.get": async () => redact.data(parts.status()),
    "autonomy.get": async () => modes(),
    "autonomy.set": async ({ mode }, who) => {
      switches.setMode(mode, who.caller);
      return modes();
    },
    "autonomy.shadow": async () => redact.data(readShadow(parts)),
    kill: async ({ level, reason }, who) => {
      switches.engage(level ?? "effects", who.caller, reason === undefined ? undefined : redact.text(reason));
      return modes();
    },
    release: async (_, who) => {
      switches.release(who.caller);
      return modes();
    },
    ...ruleFaces(parts),
    "plugins.list": async () => ({ plugins: parts.plugins() }),
    "widgets.list": async () => ({ widgets: parts.widgets() }),
    "history.get": async ({ series, minutes, points }) => history.history(series, clock.now(), minutes ?? HISTORY_MINUTES, points),
    "feed.list": async ({ limit }) => ({ entries: feed.list(limit ?? 50) }),
    "report.get": parts.report,
    "time.sync": async () => ({ time: clock.iso() }),
    chat: talk,
    metrics: () => [
      {
        name: "jarvis_calls",
        help: "Calls in the journal by state (last 1000).",
        type: "gauge",
        samples: countBy(
          journal.list({ limit: 1000 }).map((call) => outside(call.state)),
          "state",
        ),
      },
      {
        name: "jarvis_resources",
        help: "Resources by status.",
        type: "gauge",
        samples: countBy(
          resources.list().map((resource) => (resource.stale ? "stale" : resource.status)),
          "status",
        ),
      },
      { name: "jarvis_incidents_open", help: "Incidents that are not resolved.", type: "gauge", samples: [{ value: records.openOnes().length }] },
    ],
  };
};

/** Without the keys whose value is undefined: absent and undefined are not the same under exactOptionalPropertyTypes. */
const definite = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

const countBy = (words: readonly string[], label: string): { labels: Record<string, string>; value: number }[] =>
  [...Map.groupBy(words, (word) => word)].map(([word, all]) => ({ labels: { [label]: word }, value: all.length }));
