// Wires the edge's parts together: credentials, codes, dispatcher, sockets, gate, handlers. Decides nothing itself.

import type { Handlers } from "./app.ts";
import { asyncApi } from "./asyncapi.ts";
import { createBuckets } from "./bucket.ts";
import { createCodes } from "./codes.ts";
import { cookieName as cookieNameOf, createCredentials } from "./credentials.ts";
import { createEdgeFaces } from "./edge-faces.ts";
import { createGate, type Phase, RATES } from "./gate.ts";
import { createIngest, INGEST_RATE } from "./ingest.ts";
import { createMcpAnswers } from "./mcp.ts";
import { edgeMetrics, processMetrics, prometheus } from "./metrics.ts";
import { createOpenaiAnswers } from "./openai.ts";
import { createDispatcher } from "./rpc.ts";
import { answerRpc } from "./rpc-answer.ts";
import type { ServerOptions } from "./server-options.ts";
import { createSessionAnswers } from "./session-answer.ts";
import { createSockets } from "./sockets.ts";
import { answerStatic } from "./static-answer.ts";
import { readStatic } from "./static-index.ts";

interface Present {
  phase: () => Phase;
  port: () => number;
  url: () => string;
  secure: boolean;
}

export const createParts = (options: ServerOptions, { phase, port, url, secure }: Present) => {
  const { core, hub, tokens, sessions, adminToken, clock, version, log, settings, uiFolder } = options;
  const codes = createCodes({ clock });
  const credentials = createCredentials({ tokens, sessions, adminToken });
  const edge = createEdgeFaces({ hub, tokens, codes, url });
  const dispatcher = createDispatcher({ core, edge, clock, open: settings.open, clean: options.clean });
  const rates = {
    address: createBuckets({ clock, rate: RATES.address }),
    upgrade: createBuckets({ clock, rate: RATES.upgrade }),
    credential: createBuckets({ clock, rate: RATES.credential }),
    wrong: createBuckets({ clock, rate: RATES.wrong }),
  };
  const cookieName = (): string => cookieNameOf(port());
  const sockets = createSockets({ clock, hub, core, dispatcher, credentials, wrong: rates.wrong, version, log });
  tokens.onRevoke(sockets.recheck);
  sessions.onRemove(sockets.recheck);
  for (const hear of [tokens.onRevoke, sessions.onRemove]) hear((id) => core.mcp?.leave(id));
  const page = uiFolder === undefined ? undefined : readStatic(uiFolder);
  const answers = new Map<number, number>();
  const { login, logout } = createSessionAnswers({ sessions, codes, guesses: createBuckets({ clock, rate: RATES.guess }), open: settings.open, secure, cookieName });

  const mcp = createMcpAnswers({ core, url, log });
  const handlers: Handlers = {
    login,
    logout,
    rpc: (request, who) => answerRpc(dispatcher, request, who, log),
    mcp,
    openai: createOpenaiAnswers({ core, clock, url, log }),
    openapi: async () => (await import("./openapi.ts")).openApi(version, cookieName()),
    asyncapi: (host) => asyncApi(version, host, secure),
    metrics: () => prometheus([...processMetrics(), ...edgeMetrics({ sockets: sockets.count(), channels: hub.list().length, answers }), ...(core.metrics?.() ?? [])]),
    ingest: createIngest({ core, rates: { plugin: createBuckets({ clock, rate: INGEST_RATE }), wrong: rates.wrong } }),
    page: (request, path) => answerStatic(page, request, path),
  };

  return {
    dispatcher,
    sockets,
    handlers,
    cookieName,
    gate: createGate({ credentials, rates, phase, cookieName }),
    pageHashes: page?.hashes ?? [],
    loginCode: codes.issue,
    answered: (status: number): void => void answers.set(status, (answers.get(status) ?? 0) + 1),
  };
};

export type Parts = ReturnType<typeof createParts>;
