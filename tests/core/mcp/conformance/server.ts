// The suites' server: core/mcp's own endpoint over the fixtures, behind core/http's own edge with its Host and Origin checks. The suites bring no token, so one is put in on the way. For tests only.
import { join } from "node:path";
import { createServer } from "../../../../core/http/server.ts";
import { createClock } from "../../../../core/lib/clock.ts";
import { createHub } from "../../../../core/live/hub.ts";
import type { CatalogueOf } from "../../../../core/mcp/catalogue.ts";
import { createEndpoint, type Endpoint } from "../../../../core/mcp/endpoint.ts";
import { openDatabase } from "../../../../core/store/open.ts";
import { createSessionStore } from "../../../../core/store/sessions.ts";
import { createTokenStore } from "../../../../core/store/tokens.ts";
import { fakeCore } from "../../http/support/house.ts";
import { prompts, read, resources, templates } from "./documents.ts";
import { askingPrompt, fixtureQuestions } from "./questions.ts";
import { fixtureTools } from "./tools.ts";

const catalogueOf =
  (changed: () => void): CatalogueOf =>
  (_visitor, seal) => {
    const tools = [...fixtureTools(changed), ...fixtureQuestions(seal)].sort((a, b) => (a.listed.name < b.listed.name ? -1 : 1));
    return {
      tools: () => tools,
      tool: (name) => tools.find(({ listed }) => listed.name === name),
      resources: async () => resources,
      templates,
      read,
      prompts: [...prompts, askingPrompt].sort((a, b) => (a.listed.name < b.listed.name ? -1 : 1)),
      complete: async ({ text }) => [`${text}-completed`],
    };
  };

export const startConformanceServer = async (): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const clock = createClock();
  const opened = openDatabase({ path: ":memory:", migrationsFolder: join(import.meta.dir, "../../../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const tokens = createTokenStore({ database: opened.database, clock });
  const { token } = tokens.create("suite", "operate");
  const catalogue = catalogueOf(() => endpoint.tell({ what: "tools" }));
  const endpoint: Endpoint = createEndpoint({ clock, version: "0.0.0-test", catalogue, log: () => undefined });
  const door = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    fetch: (request) => {
      const headers = new Headers(request.headers);
      headers.set("authorization", `Bearer ${token}`);
      return server.handle(new Request(request, { headers }));
    },
  });
  const server = createServer({
    settings: { host: "127.0.0.1", port: door.port ?? 0, names: [], trustProxy: [], open: false },
    core: {
      ...fakeCore([]),
      mcp: {
        answer: (request, body, who, deckUrl) => endpoint.answer(request, body, { caller: { ...who.caller, kind: "mcp" }, credential: who.token ?? "", deckUrl }),
        leave: endpoint.close,
        stop: endpoint.close,
      },
    },
    hub: createHub({ clock, epoch: "1" }),
    tokens,
    sessions: createSessionStore({ database: opened.database, clock }),
    clock,
    version: "0.0.0-test",
    log: () => undefined,
  });
  server.ready();
  return {
    url: `http://127.0.0.1:${door.port}/mcp`,
    stop: async () => {
      await server.stop();
      await door.stop(true);
      opened.close();
    },
  };
};
