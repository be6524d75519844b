// A whole edge over a made-up core, for tests: real sockets on loopback, a database in memory, faces that answer the least.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ask } from "../../../../core/contract/call.ts";
import type { Autonomy, Params } from "../../../../core/contract/wire.ts";
import type { CoreFaces, Who } from "../../../../core/http/faces.ts";
import { createServer } from "../../../../core/http/server.ts";
import type { ServerOptions } from "../../../../core/http/server-options.ts";
import { createClock } from "../../../../core/lib/clock.ts";
import { createHub } from "../../../../core/live/hub.ts";
import { openDatabase } from "../../../../core/store/open.ts";
import { createSessionStore } from "../../../../core/store/sessions.ts";
import { createTokenStore } from "../../../../core/store/tokens.ts";

export const ADMIN = "jrv_admin_token_of_the_test_house_0123456789";
const modes = (mode: Autonomy) => ({ mode, killed: false, maintenance: false });

/** What was said to the chat, and whether somebody stopped it. */
interface Chats {
  said: { params: Params<"chat.send">; who: Who }[];
  stopped: PromiseWithResolvers<void>;
}
const newChats = (): Chats => ({ said: [], stopped: Promise.withResolvers() });

/** Faces that answer the least; `seen` keeps who called what. */
export const fakeCore = (seen: { method: string; params: unknown; who: Who }[], asks: Ask[] = [], chats: Chats = newChats()): CoreFaces => {
  let mode: Autonomy = "act";
  const note = (method: string, params: unknown, who: Who): void => void seen.push({ method, params, who });
  return {
    "tools.list": async () => ({ tools: [] }),
    "consoles.list": async () => ({ consoles: [] }),
    "tools.call": async (params, who) => {
      note("tools.call", params, who);
      if (params.name === "break") throw new Error("the secret inside");
      return { callId: "call-1", state: "succeeded", text: "done" };
    },
    "calls.get": async () => {
      throw new Error("not asked for");
    },
    "journal.list": async () => ({ calls: [] }),
    "state.refresh": async () => ({ at: "2026-01-01T00:00:00.000Z", stale: false }),
    "state.get": async () => ({ resources: [] }),
    "incidents.list": async () => ({ incidents: [] }),
    "incidents.get": async () => {
      throw new Error("not asked for");
    },
    "asks.list": async () => ({ asks }),
    "asks.decide": async (params, who) => {
      note("asks.decide", params, who);
      return { state: "admitted" };
    },
    "status.get": async () => ({ ...modes(mode), sources: [], version: "0.0.0-test", self: { state: "outside", resources: [], words: "" }, brain: "rules" }),
    "autonomy.get": async () => modes(mode),
    "autonomy.shadow": async () => ({ since: "2026-01-01T00:00:00.000Z", would: 0, right: 0, wrong: 0, open: 0, acts: [] }),
    "autonomy.set": async (params) => {
      mode = params.mode;
      return modes(mode);
    },
    kill: async () => ({ ...modes(mode), killed: true }),
    release: async () => modes(mode),
    "rules.list": async () => ({ rules: [], timeZone: "UTC" }),
    "rules.add": async (rule, who) => {
      note("rules.add", rule, who);
      return { rule: { ...rule, id: "1", origin: "test", said: "", editable: true } };
    },
    "rules.change": async ({ rule, id }) => ({ rule: { ...rule, id, origin: "test", said: "", editable: true } }),
    "rules.remove": async () => {
      throw new Error("not asked for");
    },
    "rules.order": async () => ({ rules: [] }),
    "plugins.list": async () => ({ plugins: [] }),
    "widgets.list": async () => ({ widgets: [] }),
    "history.get": async () => ({ series: {} }),
    "feed.list": async () => ({ entries: [] }),
    "report.get": async () => ({
      period: "day",
      date: "2026-01-01",
      from: "2026-01-01T07:00:00.000Z",
      to: "2026-01-02T07:00:00.000Z",
      timeZone: "UTC",
      complete: false,
      summary: "",
      sections: [],
      markdown: "",
    }),
    "time.sync": async () => ({ time: new Date(0).toISOString() }),
    chat: (params, who, emit) => {
      chats.said.push({ params, who });
      const about = { conversation: params.conversation ?? "c1", message: "m1" };
      const done = (async () => {
        await Promise.resolve();
        emit("chat.delta", { ...about, text: `you said ${params.text}` });
        if (params.text === "slowly") await chats.stopped.promise;
        const whole = { ...about, text: `you said ${params.text}`, route: "reflex" as const, tokens: { input: 0, output: 0, cached: 0 }, costUsd: 0, calls: [], evidence: [] };
        emit("chat.done", whole);
        return whole;
      })();
      return { ...about, done, stop: chats.stopped.resolve };
    },
    mcp: { answer: async () => Response.json({}), leave: () => undefined, stop: () => undefined },
    metrics: () => [{ name: "jarvis_calls", help: "Calls by state.", type: "gauge", samples: [{ labels: { state: "succeeded" }, value: 3 }] }],
  };
};

export const createHouse = async ({
  rate = 1,
  open = false,
  names = ["jarvis.lan"],
  uiFolder,
  asks,
  ready = true,
  trustProxy = [],
}: {
  rate?: number;
  open?: boolean;
  names?: string[];
  uiFolder?: string;
  asks?: Ask[];
  ready?: boolean;
  trustProxy?: string[];
} = {}) => {
  const clock = createClock(rate);
  const folder = mkdtempSync(join(tmpdir(), "jarvis-house-"));
  const opened = openDatabase({ path: ":memory:", migrationsFolder: join(import.meta.dir, "../../../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const hub = createHub({ clock, epoch: "epoch-1" });
  const tokens = createTokenStore({ database: opened.database, clock });
  const sessions = createSessionStore({ database: opened.database, clock });
  const seen: { method: string; params: unknown; who: Who }[] = [];
  const chats = newChats();
  const logged: string[] = [];
  const options: ServerOptions = {
    settings: { host: "127.0.0.1", port: 0, names, trustProxy, open },
    core: fakeCore(seen, asks, chats),
    hub,
    tokens,
    sessions,
    adminToken: ADMIN,
    uiFolder,
    clock,
    version: "0.0.0-test",
    log: (message, data) => void logged.push(`${message} ${JSON.stringify(data)}`),
  };
  const server = createServer(options);
  const { url, port } = await server.listen();
  if (ready) server.ready();
  return {
    clock,
    folder,
    hub,
    tokens,
    sessions,
    seen,
    said: chats.said,
    stopped: () => chats.stopped.promise,
    logged,
    server,
    url,
    port,
    host: `127.0.0.1:${port}`,
    database: opened,
    close: async (): Promise<void> => {
      await server.stop();
      opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type House = Awaited<ReturnType<typeof createHouse>>;
