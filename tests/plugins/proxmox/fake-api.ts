// A Proxmox API in memory: answers by path, counts what was asked, and a context whose clock stands until it is moved.
import { JarvisError } from "../../../core/contract/error.ts";
import { type Client, createClient } from "../../../plugins/proxmox/client/client.ts";
import { Config } from "../../../plugins/proxmox/config.ts";
import type { Ctx } from "../../../plugins/proxmox/context.ts";

type Reply = { status?: number; statusText?: string; body?: unknown; raw?: string; date?: number; fails?: ConstructorParameters<typeof JarvisError>[0] };
type Asked = { origin: string; path: string; method: string; headers: Record<string, string>; body: string | undefined; fingerprint: string | undefined };

export const READ = "jarvis@pve!observe=00000000-0000-4000-8000-000000000000";
export const ACT = "jarvis@pve!operate=00000000-0000-4000-8000-000000000001";
const PIN = (pair: string): string => Array.from({ length: 32 }, () => pair).join(":");

export const fakeApi = (answer: (asked: Asked, count: number) => Reply, config: Record<string, unknown> = {}) => {
  const asked: Asked[] = [];
  const published: unknown[] = [];
  const life = new AbortController();
  let nowMs = Date.UTC(2026, 5, 1, 12);
  const settled = Config.parse({ endpoints: ["https://10.0.0.1:8006", "https://10.0.0.2:8006"], fingerprints: [PIN("AA"), PIN("BB")], token: READ, actToken: ACT, ...config });
  const client: Client = createClient(settled, undefined);
  const refuse = (): never => {
    throw new JarvisError("permission", { message: "this test grants nothing of that kind" });
  };
  const ctx: Ctx = {
    config: settled,
    client,
    signal: life.signal,
    now: () => nowMs,
    log: () => undefined,
    fetch: async (url, init = {}) => {
      const { origin, pathname, search } = new URL(url);
      const one = {
        origin,
        path: `${pathname.replace("/api2/json", "")}${search}`,
        method: init.method ?? "GET",
        headers: init.headers ?? {},
        body: init.body,
        fingerprint: init.tls?.fingerprint,
      };
      asked.push(one);
      const { status = 200, statusText = "", body, raw, date, fails } = answer(one, asked.length);
      if (fails) throw new JarvisError(fails, { message: `${origin}: ${fails}` });
      return { status, statusText, headers: {}, body: raw ?? JSON.stringify(body ?? { data: null }), ...(date === undefined ? {} : { serverTimeMs: date }) };
    },
    open: refuse,
    socket: refuse,
    send: refuse,
    next: refuse,
    cancel: async () => undefined,
    pause: () => new Promise(() => undefined),
    call: refuse,
    state: async () => ({}),
    history: async () => ({}),
    publish: async (_topic, data) => void published.push(data),
    run: refuse,
    read: refuse,
    list: refuse,
    write: refuse,
    kept: async () => undefined,
    keep: async () => undefined,
    records: { put: refuse, get: refuse, list: refuse, search: refuse, remove: refuse },
    incidents: refuse,
    permissions: { query: async () => "denied", request: async () => "denied" },
  };
  const forward = (ms: number): void => {
    nowMs += ms;
  };
  return { ctx, client, asked, published, abort: () => life.abort(), forward };
};
