// The built page over the real edge and a made-up core: for tests of the page in a browser. Loopback only, an own port.
import { cpSync, existsSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call } from "../../core/contract/call.ts";
import { JarvisError } from "../../core/contract/error.ts";
import type { CoreFaces } from "../../core/http/faces.ts";
import { createServer } from "../../core/http/server.ts";
import { createClock } from "../../core/lib/clock.ts";
import { createHub } from "../../core/live/hub.ts";
import { openDatabase } from "../../core/store/open.ts";
import { createSessionStore } from "../../core/store/sessions.ts";
import { createTokenStore } from "../../core/store/tokens.ts";
import { echoShell } from "./echo-shell.ts";
import type { UiHouse } from "./ui-house.ts";
import { pastAt } from "./ui-past.ts";

const root = join(import.meta.dir, "../..");
const BUILD = join(root, "ui/build");
const USAGE = { input: 0, output: 0, cached: 0 };

const newest = (folder: string): number =>
  Math.max(0, ...readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [statSync(join(entry.parentPath, entry.name)).mtimeMs] : [])));
const isFresh = (): boolean => {
  const index = join(BUILD, "index.html");
  if (!existsSync(index)) return false;
  return statSync(index).mtimeMs > Math.max(newest(join(root, "ui/src")), newest(join(root, "core/contract")), statSync(join(root, "ui/vite.config.ts")).mtimeMs);
};

/** Builds the page when its sources are newer, and answers a copy of it, so that another build cannot pull it away. */
export const builtPage = (): string => {
  if (!isFresh()) {
    const built = Bun.spawnSync([process.execPath, "--bun", join(root, "node_modules/.bin/vite"), "build"], { cwd: join(root, "ui"), stdout: "pipe", stderr: "pipe" });
    if (built.exitCode !== 0) throw new Error(`The page does not build:\n${built.stderr.toString()}${built.stdout.toString()}`);
  }
  const copy = mkdtempSync(join(tmpdir(), "jarvis-page-"));
  cpSync(BUILD, copy, { recursive: true });
  return copy;
};

export const startUiServer = async (house: UiHouse, { open = true, page = builtPage() }: { open?: boolean; page?: string } = {}) => {
  const clock = createClock(1);
  const opened = openDatabase({ path: ":memory:", migrationsFolder: join(root, "core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const hub = createHub({ clock, epoch: crypto.randomUUID() });
  const asked: { method: string; params: unknown }[] = [];

  const publish = (): void => {
    const incidents = house.incidents.map(({ timeline: _, scene: __, ...incident }) => [incident.id, incident] as const);
    hub.state("core/drawn", structuredClone(house.drawn));
    hub.state("core/status", structuredClone(house.status));
    hub.state("core/incidents", structuredClone({ incidents: Object.fromEntries(incidents) }));
    hub.state("core/asks", structuredClone({ asks: Object.fromEntries(house.asks.map((ask) => [ask.id, ask])) }));
    for (const [channel, value] of Object.entries(house.values)) hub.state(channel, structuredClone(value));
  };
  for (const channel of ["core/drawn", "core/status", "core/incidents", "core/asks", ...Object.keys(house.values)]) hub.declare(channel, { kind: "state", title: channel });
  for (const channel of ["core/feed", "core/calls"]) hub.declare(channel, { kind: "event", title: channel });
  publish();

  const modes = () => ({ mode: house.status.mode, killed: house.status.killed, maintenance: false });
  const change = (change: () => void) => {
    change();
    publish();
    return modes();
  };
  const note = (method: string, params: unknown): void => void asked.push({ method, params });
  const known = <T>(found: T | undefined): T => {
    if (found === undefined) throw new JarvisError("not_found");
    return found;
  };

  const core: CoreFaces = {
    "tools.list": async () => ({ tools: house.tools }),
    "consoles.list": async () => ({ consoles: house.consoles ?? [] }),
    "tools.call": async (params) => {
      note("tools.call", params);
      const info = house.tools.find(({ name }) => name === params.name);
      const refused = JSON.stringify(params.arguments ?? {}).includes('"vmid":100');
      const callId = crypto.randomUUID();
      const call: Call = {
        callId,
        tool: params.name,
        arguments: params.arguments ?? {},
        target: null,
        identity: null,
        effect: info?.effect ?? "read",
        caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false },
        decision: refused ? "deny" : "allow",
        rule: refused ? "self" : "operator",
        state: refused ? "refused" : "succeeded",
        text: refused ? "Jarvis itself runs in mgmt: I will not interrupt it." : `${info?.title ?? params.name}: done.`,
        createdAt: clock.iso(),
        endedAt: clock.iso(),
      };
      house.calls.push(call);
      hub.event("core/calls", call);
      return { callId, state: refused ? "refused" : "succeeded", text: call.text ?? "", rule: call.rule, data: house.answers?.[params.name] };
    },
    "calls.get": async ({ callId }) => ({ call: known(house.calls.find((call) => call.callId === callId)) }),
    "journal.list": async () => ({ calls: house.calls }),
    "state.refresh": async () => ({ at: "2026-01-01T00:00:00.000Z", stale: false }),
    "state.get": async ({ path }) => ({ resources: (house.told ?? []).filter(({ id }) => path === undefined || id === path) }),
    "incidents.list": async () => ({ incidents: house.incidents }),
    "incidents.get": async ({ id }) => known(house.incidents.find((incident) => incident.id === id)),
    "asks.list": async () => ({ asks: house.asks }),
    "asks.decide": async (params) => {
      note("asks.decide", params);
      house.asks = house.asks.filter(({ id }) => id !== params.id);
      publish();
      return { state: params.decision === "approve" ? "admitted" : "denied" };
    },
    "status.get": async () => house.status,
    "autonomy.get": async () => modes(),
    "autonomy.shadow": async () => ({ since: clock.iso(), would: 0, right: 0, wrong: 0, open: 0, acts: [] }),
    "autonomy.set": async ({ mode }) => change(() => Object.assign(house.status, { mode })),
    kill: async (params) => {
      note("kill", params);
      return change(() => Object.assign(house.status, { killed: true }));
    },
    release: async () => change(() => Object.assign(house.status, { killed: false })),
    "rules.list": async () => ({ rules: house.rules ?? [], timeZone: "Europe/Berlin" }),
    "rules.add": async ({ anyway, ...rule }) => {
      note("rules.add", anyway === undefined ? rule : { ...rule, anyway });
      if (anyway !== true && !rule.tool.includes("*") && !house.tools.some(({ name }) => name === rule.tool)) {
        const words = `There is no tool named ${rule.tool}.`;
        throw new JarvisError("bad_input", { message: words, path: "tool", issues: [{ path: "tool", message: words }], data: { anyway: true } });
      }
      const made = { ...rule, id: String(9 + (house.rules ?? []).length), origin: "dashboard 2026-11-23", said: "refuses it", editable: true };
      house.rules = [...(house.rules ?? []), made];
      return { rule: made };
    },
    "rules.change": async ({ id, rule }) => {
      note("rules.change", { id, rule });
      return { rule: { ...rule, id, origin: "dashboard 2026-11-23", said: "refuses it", editable: true } };
    },
    "rules.remove": async (params) => {
      note("rules.remove", params);
      return { rule: known(house.rules?.find(({ id }) => id === params.id)) };
    },
    "rules.order": async (params) => {
      note("rules.order", params);
      return { rules: house.rules ?? [] };
    },
    "plugins.list": async () => ({ plugins: house.plugins }),
    "widgets.list": async () => ({ widgets: house.widgets }),
    "history.get": async (params) => pastAt(clock.now(), house, params),
    "feed.list": async () => ({ entries: house.feed }),
    "report.get": async () => {
      throw new Error("not asked for");
    },
    "time.sync": async () => ({ time: clock.iso() }),
    ...(house.consoles === undefined ? {} : { sit: echoShell(note) }),
    chat: (params, _who, emit) => {
      note("chat.send", params);
      const about = { conversation: params.conversation ?? "talk", message: crypto.randomUUID() };
      const text = `You said: ${params.text}. Four nodes are up, twenty guests run, and nothing needs you.`;
      const done = (async () => {
        await Promise.resolve();
        for (const word of text.split(/(?<= )/)) emit("chat.delta", { ...about, text: word });
        const whole = {
          ...about,
          text,
          route: "reflex" as const,
          tokens: USAGE,
          costUsd: 0,
          calls: [],
          evidence: [{ claim: "four nodes are up", source: "state of this minute" }],
        };
        emit("chat.done", whole);
        return whole;
      })();
      return { ...about, done, stop: () => undefined };
    },
  };

  const server = createServer({
    settings: { host: "127.0.0.1", port: 0, names: [], trustProxy: [], open },
    core,
    hub,
    tokens: createTokenStore({ database: opened.database, clock }),
    sessions: createSessionStore({ database: opened.database, clock }),
    uiFolder: page,
    clock,
    version: house.status.version,
    log: () => undefined,
  });
  const { url, port } = await server.listen();
  server.ready();
  return {
    url: url.replace(/\/$/, ""),
    port,
    house,
    asked,
    hub,
    publish,
    stop: async (): Promise<void> => {
      await server.stop();
      opened.close();
    },
  };
};

export type UiServer = Awaited<ReturnType<typeof startUiServer>>;
