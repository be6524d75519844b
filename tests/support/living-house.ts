// A whole house for tests: the lab in its own process and a core in its own process, both on free ports and in one temp folder. For tests only.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { MethodName, Result } from "../../core/contract/wire.ts";
import { until } from "./until.ts";

const root = resolve(import.meta.dir, "../..");

export interface LabLine {
  pid: number;
  control: string;
  config: string;
  identity?: string;
  docker: { host: string; socket: string };
  pve: { nodes: { name: string; url: string; fingerprint: string }[]; tokens: { read: string; act: string }; users: { userid: string; password: string }[] };
}

export interface HouseOptions {
  /** How fast the lab and the core live; default 20. */
  speed?: number;
  seed?: number;
  labArgs?: readonly string[];
  /** Changes the written configuration before the core starts. */
  config?: (text: string) => string;
  env?: Record<string, string>;
  /** Another tree to run the core from. */
  tree?: string;
  /** Start the lab alone. */
  withoutCore?: boolean;
}

/** What ./jarvis sets for the core's own process. */
const runtime = Object.fromEntries(
  readFileSync(join(root, "core/runtime.env"), "utf8")
    .split("\n")
    .filter((line) => line.includes("=") && !line.startsWith("#"))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
);

const firstLine = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0 || done) {
      reader.releaseLock();
      return text.slice(0, end < 0 ? undefined : end);
    }
  }
};

const startLab = async (folder: string, { speed = 20, seed = 1, labArgs = [] }: HouseOptions) => {
  const child = Bun.spawn(
    [process.execPath, join(root, "plugins/lab/cli.ts"), "--port", "0", "--dir", join(folder, "lab"), "--speed", String(speed), "--seed", String(seed), ...labArgs],
    {
      cwd: root,
      env: { ...process.env, JARVIS_DATA: folder },
      stdio: ["ignore", "pipe", Bun.file(join(folder, "lab.err"))],
    },
  );
  const line = await firstLine(child.stdout);
  if (!line.startsWith("{")) throw new Error(`the lab did not start: ${line} ${readFileSync(join(folder, "lab.err"), "utf8")}`);
  return { child, line: JSON.parse(line) as LabLine };
};

const json = async (answer: Promise<Response>): Promise<unknown> => {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
};

/** The lab's control API. */
export const labControl = (base: string) => ({
  break: (name: string, target?: string, more: Record<string, unknown> = {}) =>
    json(fetch(`${base}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name, ...(target ? { target } : {}), ...more }) })),
  heal: (name?: string) => json(fetch(`${base}/faults${name ? `?name=${name}` : ""}`, { method: "DELETE" })),
  state: () => json(fetch(`${base}/state`)),
  effects: async (since = 0) => (await json(fetch(`${base}/effects?since=${since}`))) as unknown,
  requests: async (since = 0) => (await json(fetch(`${base}/requests?since=${since}`))) as unknown,
  post: (path: string, body: unknown) => json(fetch(`${base}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })),
});

export const startHouse = async (options: HouseOptions = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "jh-"));
  // Of its own: what is written there, as the reports of its days, is no other house's.
  cpSync(join(root, "memory/runbooks"), join(folder, "memory/runbooks"), { recursive: true });
  const lab = await startLab(folder, options);
  const configPath = lab.line.config;
  if (options.config) writeFileSync(configPath, options.config(readFileSync(configPath, "utf8")));
  let core: ReturnType<typeof spawnCore> | undefined;

  const spawnCore = () => {
    const child = Bun.spawn([process.execPath, join(options.tree ?? root, "core/cli/main.ts"), "start"], {
      cwd: folder,
      env: {
        ...process.env,
        ...runtime,
        JARVIS_DATA: folder,
        JARVIS_CONFIG: configPath,
        JARVIS_PORT: "0",
        JARVIS_PERSONAS: join(root, "personas"),
        JARVIS_MEMORY: join(folder, "memory"),
        ...(lab.line.identity ? { JARVIS_IDENTITY: lab.line.identity } : {}),
        ...options.env,
      },
      stdio: ["ignore", "pipe", Bun.file(join(folder, "core.err"))],
    });
    return child;
  };

  const runFile = (): { pid: number; url: string; control: string; data: string } | undefined => {
    try {
      const run = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as { pid: number; url: string; control: string; data: string };
      return run.pid === core?.pid ? run : undefined;
    } catch {
      return undefined;
    }
  };
  const errors = (): string => readFileSync(join(folder, "core.err"), "utf8");

  const startCore = async (): Promise<void> => {
    core = spawnCore();
    await until(
      () => {
        if (core && core.exitCode !== null) throw new Error(`the core ended with ${core.exitCode}: ${errors()}`);
        return runFile();
      },
      { withinMs: 20_000, what: "run.json of the core" },
    );
  };
  if (!options.withoutCore) await startCore();

  return {
    folder,
    lab: { ...labControl(lab.line.control), line: lab.line },
    get pid(): number {
      return core?.pid ?? 0;
    },
    get url(): string {
      return runFile()?.url ?? "";
    },
    get data(): string {
      return runFile()?.data ?? "";
    },
    errors,
    /** Over the control socket, as the CLI does. Throws the error's words. */
    async rpc<N extends MethodName>(method: N, params: Record<string, unknown> = {}): Promise<Result<N>> {
      const answer = await fetch("http://jarvis.local/api/v1/rpc", {
        method: "POST",
        unix: runFile()?.control ?? "",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const body = (await answer.json()) as { result?: Result<N>; error?: { message: string; data?: { type: string } } };
      if (body.error) throw new Error(`${body.error.data?.type ?? ""}: ${body.error.message}`);
      return body.result as Result<N>;
    },
    startCore,
    /** A real SIGKILL from this other process. */
    async killCore(): Promise<void> {
      core?.kill("SIGKILL");
      await core?.exited;
    },
    async stopCore(): Promise<number | null> {
      core?.kill("SIGTERM");
      await core?.exited;
      return core?.exitCode ?? null;
    },
    async stop(): Promise<void> {
      if (core && core.exitCode === null) core.kill("SIGTERM");
      await core?.exited;
      lab.child.kill("SIGTERM");
      await lab.child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type House = Awaited<ReturnType<typeof startHouse>>;
