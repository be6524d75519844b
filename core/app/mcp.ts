// The MCP server, wired: what it sees and may call, who stands at its door, when it is shut. Nothing of it is loaded before the first one knocks; decides nothing but that.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CallAnswer } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { Report } from "../contract/report.ts";
import type { CoreStatus } from "../contract/wire.ts";
import type { McpDoor, Who } from "../http/faces.ts";
import type { Records } from "../incidents/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Hub } from "../live/hub.ts";
import type { Endpoint } from "../mcp/endpoint.ts";
import type { Following, McpFaces } from "../mcp/faces.ts";
import type { Resources } from "../state/resources.ts";
import type { Journal } from "../store/journal/open.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Registry } from "../tools/registry.ts";
import type { Switches } from "../tools/switches.ts";
import { answerOf, isSettled } from "../tools/waiting.ts";

const MOST_INCIDENTS = 500;
const MOST_RUNBOOKS = 500;
const MOST_RUNBOOK_CHARACTERS = 65_536;
const RUNBOOK = /^[a-z0-9][a-z0-9-]{0,99}$/;
/** Channels whose every change is told to who follows the document of the same name. */
const DOCUMENTS = { "core/asks": "jarvis://asks", "core/incidents": "jarvis://incidents", "core/resources": "jarvis://resources", "core/status": "jarvis://status" } as const;

interface Parts {
  clock: Clock;
  log: Log;
  redact: Redactor;
  version: string;
  hub: Pick<Hub, "subscribe">;
  registry: Registry;
  pipeline: Pipeline;
  journal: Pick<Journal, "row" | "askOfCall">;
  switches: Pick<Switches, "view" | "on" | "engage">;
  resources: Pick<Resources, "list">;
  records: Pick<Records, "list" | "get">;
  status: { view: () => CoreStatus };
  reports: { get: (wanted: { period: "day" | "week" }) => Promise<Report> };
  /** The memory folder; runbooks lie in it. */
  memory: string;
}

/** A model speaks through it, whoever's token it has: it is never the operator, and nothing in it reaches further than `operate`. */
const callerOf = ({ caller }: Who): Caller => ({ kind: "mcp", id: caller.id, scope: caller.scope === "admin" ? "operate" : caller.scope, tainted: caller.tainted });

const shut = (): JarvisError => new JarvisError("unavailable", { message: "The kill switch is engaged (all): MCP is closed until the operator releases it." });

const answers = ({ journal }: Pick<Parts, "journal">) => {
  const told = (callId: string) => {
    const row = journal.row(callId);
    if (row === undefined) return undefined;
    const answer: CallAnswer = answerOf(row, row.state === "held" ? journal.askOfCall(callId)?.id : undefined);
    return { answer, settled: isSettled(row), tool: row.tool, caller: row.caller, createdAt: new Date(row.createdMs).toISOString() };
  };
  return told;
};

const follower = (parts: Parts, told: ReturnType<typeof answers>) => {
  const { clock, pipeline } = parts;
  return (callId: string, { seconds, signal, moved }: Following): Promise<CallAnswer> =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        forget();
        cancel();
        signal.removeEventListener("abort", finish);
        const known = told(callId);
        if (known === undefined) reject(new JarvisError("not_found", { message: `There is no call ${callId}.` }));
        else resolve(known.answer);
      };
      const forget = pipeline.on((call) => {
        if (call.callId !== callId) return;
        moved?.(call);
        if (told(callId)?.settled !== false) finish();
      });
      const cancel = clock.after(seconds * 1000, finish, true);
      signal.addEventListener("abort", finish, { once: true });
      if (signal.aborted || told(callId)?.settled !== false) finish();
    });
};

const runbooksIn = (memory: string): Pick<McpFaces, "runbooks" | "runbook"> => {
  const folder = join(memory, "runbooks");
  return {
    runbooks: async () => {
      const names = await readdir(folder).catch((): string[] => []);
      const own = names.flatMap((name) => (name.endsWith(".md") && RUNBOOK.test(name.slice(0, -3)) ? [name.slice(0, -3)] : []));
      return own.sort().slice(0, MOST_RUNBOOKS);
    },
    runbook: async (name) => {
      if (!RUNBOOK.test(name)) return undefined;
      const text = await readFile(join(folder, `${name}.md`), "utf8").catch(() => undefined);
      return text?.slice(0, MOST_RUNBOOK_CHARACTERS);
    },
  };
};

const facesOf = (parts: Parts): McpFaces => {
  const { clock, redact, version, registry, pipeline, switches, resources, records } = parts;
  const told = answers(parts);
  const runbooks = runbooksIn(parts.memory);
  return {
    clock,
    version,
    tools: registry.list,
    tool: (name) => registry.list().find((tool) => tool.name === name),
    call: pipeline.call,
    answer: told,
    follow: follower(parts, told),
    resources: () => redact.data(resources.list()),
    status: () => redact.data(parts.status.view()),
    incidents: () => redact.data(records.list(undefined, MOST_INCIDENTS).map(({ timeline: _, scene: __, ...rest }) => rest)),
    incident: (id) => redact.data(records.get(id)),
    asks: () => redact.data(pipeline.asks()),
    report: (period) => parts.reports.get({ period }),
    runbooks: runbooks.runbooks,
    runbook: async (name) => {
      const text = await runbooks.runbook(name);
      return text === undefined ? undefined : redact.text(text);
    },
    kill: (level, reason, by) => {
      switches.engage(level, by, reason === undefined ? undefined : redact.text(reason));
      return switches.view();
    },
  };
};

export const createMcp = (parts: Parts): McpDoor => {
  const { clock, log, version, hub, registry, switches } = parts;
  let opened: Promise<Endpoint> | undefined;

  const open = async (): Promise<Endpoint> => {
    const [{ createEndpoint }, { createHouse }] = await Promise.all([import("../mcp/endpoint.ts"), import("../mcp/house.ts")]);
    const endpoint = createEndpoint({ clock, version, catalogue: createHouse(facesOf(parts)), log: (message, data) => log("warn", message, data) });
    registry.on(() => endpoint.tell({ what: "tools" }));
    for (const [channel, uri] of Object.entries(DOCUMENTS)) {
      hub.subscribe(channel, undefined, () => endpoint.tell({ what: "resource", uri })).start();
    }
    return endpoint;
  };
  const isShut = (): boolean => switches.view().killLevel === "all";
  switches.on(({ killLevel }) => {
    if (killLevel === "all") void opened?.then(({ close }) => close());
  });

  return {
    answer: async (request, body, who, deckUrl) => {
      if (isShut()) throw shut();
      opened ??= open();
      const { answer } = await opened;
      return answer(request, body, { caller: callerOf(who), credential: who.token ?? who.session ?? who.caller.id, deckUrl });
    },
    leave: (credential) => void opened?.then(({ close }) => close(credential)),
    stop: () => void opened?.then(({ close }) => close()),
  };
};
