// The chat, wired: what it sees of the house in the moment somebody speaks, and where what was said is kept. Decides nothing.
import { type Chat, createChat } from "../agent/chat.ts";
import type { Choose } from "../agent/turn/mind.ts";
import type { Persona } from "../contract/persona.ts";
import type { Recall } from "../contract/recall.ts";
import type { Report } from "../contract/report.ts";
import type { CoreStatus, Params } from "../contract/wire.ts";
import type { Feed } from "../incidents/feed.ts";
import type { Records } from "../incidents/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Resources } from "../state/resources.ts";
import { createConversations } from "../store/conversations.ts";
import type { Journal } from "../store/journal/open.ts";
import type { OpenDatabase } from "../store/open.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Registry } from "../tools/registry.ts";
import type { Switches } from "../tools/switches.ts";

/** How much of each it is shown, the newest. */
const [OPEN, OVER, LINES, CALLS] = [500, 50, 200, 500];
/** Of what is remembered, before a model: what its smallest share holds. */
const RECALLED = { lines: 8, characters: 800 };

/** `choose`: which models may answer what was asked. */
interface Models {
  choose: Choose;
  redact: Redactor;
  switches: Pick<Switches, "on">;
  recall: Recall;
}

interface Parts {
  clock: Clock;
  db: OpenDatabase;
  registry: Pick<Registry, "list">;
  pipeline: Pick<Pipeline, "asks">;
  resources: Pick<Resources, "list">;
  records: Pick<Records, "openOnes" | "list">;
  feed: Pick<Feed, "list">;
  journal: Pick<Journal, "list">;
  persona: () => Persona;
  status: () => CoreStatus;
  report: (wanted: Params<"report.get">) => Promise<Report>;
  /** Absent: no model is configured. */
  models?: Models | undefined;
}

/** Everything that holds something open ends when the kill switch goes to `all`. */
const halting =
  ({ on }: Pick<Switches, "on">) =>
  (stop: () => void): (() => void) =>
    on(({ killLevel }) => (killLevel === "all" ? stop() : undefined));

const handed = ({ choose, redact, switches, recall }: Models) => ({ choose, redact: redact.text, recall: (about: string) => recall(about, RECALLED), onHalt: halting(switches) });

export const createTalk = ({ clock, db, registry, pipeline, resources, records, feed, journal, persona, status, report, models }: Parts): Chat =>
  createChat({
    clock,
    tools: registry.list,
    ask: (callId) => pipeline.asks().find((ask) => ask.callId === callId),
    remember: createConversations(db, clock).add,
    report,
    ...(models === undefined ? {} : { models: handed(models) }),
    view: () => ({
      nowMs: clock.now(),
      persona: persona(),
      resources: resources.list(),
      // What is open is told however long ago it began.
      incidents: [...records.openOnes().slice(0, OPEN), ...records.list("resolved", OVER)],
      feed: feed.list(LINES),
      calls: journal.list({ limit: CALLS, effects: "changes" }).toReversed(),
      status: status(),
    }),
  });
