// The simulated homelab as a real process for tests: spawned on free ports in a folder of its own, stopped by its pid. Breaks and reads it through its control API only.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const READY_MS = 60_000;

const Ready = z.looseObject({
  ready: z.boolean(),
  pid: z.number(),
  control: z.string(),
  config: z.string(),
  identity: z.string().optional(),
  pve: z.object({
    nodes: z.array(z.object({ name: z.string(), url: z.string(), fingerprint: z.string() })),
    tokens: z.object({ read: z.string(), act: z.string() }),
    users: z.array(z.object({ userid: z.string(), password: z.string() })).optional(),
  }),
  docker: z.object({ host: z.string(), socket: z.string() }).optional(),
});

const Effects = z.object({
  effects: z.array(z.looseObject({ seq: z.number(), user: z.string(), method: z.string(), path: z.string(), target: z.string(), upid: z.string().optional() })),
});
const Truth = z.looseObject({
  time: z.string(),
  guests: z.array(z.looseObject({ vmid: z.number(), name: z.string(), node: z.string(), status: z.string(), lock: z.string().optional() })),
});
const Requests = z.object({ requests: z.array(z.looseObject({ method: z.string(), path: z.string() })) });

interface Options {
  speed?: number;
  seed?: number;
  /** More words for its command line. */
  more?: readonly string[];
}

const firstLine = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    text += decoder.decode(piece, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  throw new Error(`the lab said nothing but: ${text.slice(0, 500)}`);
};

export const startLab = async ({ speed = 1, seed = 1, more = [] }: Options = {}) => {
  const dir = mkdtempSync(join(tmpdir(), "jarvis-lab-"));
  const root = join(import.meta.dir, "../..");
  const command = [process.execPath, "plugins/lab/cli.ts", "--port", "0", "--dir", dir, "--speed", String(speed), "--seed", String(seed), ...more];
  const child = Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const giveUp = setTimeout(() => child.kill("SIGKILL"), READY_MS);
  const ready = Ready.parse(JSON.parse(await firstLine(child.stdout)));
  clearTimeout(giveUp);

  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the lab answered ${answer.status} to ${method} ${path}: ${text.slice(0, 300)}`);
    return text === "" ? undefined : JSON.parse(text);
  };

  return {
    ready,
    dir,
    break: (name: string, target?: string, more: Record<string, string | number> = {}) => ask("POST", "/faults", { name, ...(target ? { target } : {}), ...more }),
    heal: (name?: string, target?: string) => ask("DELETE", "/faults", { ...(name ? { name } : {}), ...(target ? { target } : {}) }),
    truth: async () => Truth.parse(await ask("GET", "/state")),
    effects: async (since = 0) => Effects.parse(await ask("GET", `/effects?since=${since}`)).effects,
    requests: async (since = 0) => Requests.parse(await ask("GET", `/requests?since=${since}`)).requests,
    /** Somebody else acts over the API. */
    as: (user: string, method: string, path: string, params: Record<string, string | number | boolean> = {}) => ask("POST", "/as", { user, method, path, params }),
    dropReply: (match: { method?: string; path?: string; node?: string }, apply = true) => ask("POST", "/drop-reply", { match, apply }),
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(hard);
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

export type Lab = Awaited<ReturnType<typeof startLab>>;
