// A real dockerd of its own for one test file: own socket, data and containers under the temp folder, no network. Where there is none, tests skip saying why; with CI=true that is a failure.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

const IMAGE = "test/busybox:1";
const APPLETS = ["sh", "sleep", "echo", "cat", "true", "false", "kill", "touch", "rm", "test", "printf"];
const INSTALL_MS = 180_000;
const STOP_MS = 20_000;

export interface RunOptions {
  env?: string[];
  labels?: Record<string, string>;
  restart?: { Name: string; MaximumRetryCount?: number };
  tty?: boolean;
  memoryBytes?: number;
  /** Shell words of the check, run every second; two failures make it unhealthy. */
  health?: string;
  stopSeconds?: number;
  /** Default `none`; `container:NAME` to live in another's. */
  network?: string;
}

export interface Dockerd {
  readonly socket: string;
  /** Creates and starts a container; answers its id. `command` is a shell line. */
  run(name: string, command: string, options?: RunOptions): Promise<string>;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }>;
  exec(id: string, command: string): Promise<void>;
  /** Ends it and starts it again on the same data and socket. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type Found = { docker: Dockerd } | { why: string };

const works = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** Debian's own packages, once for all test files that ask at the same time. */
const install = async (): Promise<void> => {
  if (works("dockerd") && existsSync("/bin/busybox")) return;
  if (process.getuid?.() !== 0 || !works("apt-get")) return;
  const lock = join(tmpdir(), "jarvis-dockerd-install.lock");
  let mine: number | undefined;
  try {
    mine = openSync(lock, "wx");
  } catch {
    await until(() => !existsSync(lock), { withinMs: INSTALL_MS, what: "the installation of dockerd by another test" });
    return;
  }
  try {
    const packages = "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends docker.io busybox-static";
    spawnSync("sh", ["-c", `apt-get update -qq && ${packages}`], { timeout: INSTALL_MS, stdio: "ignore" });
  } finally {
    closeSync(mine);
    rmSync(lock, { force: true });
  }
};

const imageTar = (folder: string): Uint8Array => {
  const root = join(folder, "image");
  mkdirSync(join(root, "bin"), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "bin/busybox"));
  for (const applet of APPLETS) symlinkSync("busybox", join(root, "bin", applet));
  const packed = spawnSync("tar", ["-C", root, "-cf", "-", "."], { maxBuffer: 64 * 1024 * 1024 });
  if (packed.status !== 0) throw new Error(`tar failed: ${packed.stderr}`);
  return new Uint8Array(packed.stdout);
};

const flags = (folder: string): string[] => [
  `--host=unix://${join(folder, "d.sock")}`,
  `--data-root=${join(folder, "data")}`,
  `--exec-root=${join(folder, "exec")}`,
  `--pidfile=${join(folder, "pid")}`,
  "--iptables=false",
  "--ip6tables=false",
  "--bridge=none",
  "--storage-driver=vfs",
  "--exec-opt=native.cgroupdriver=cgroupfs",
  "--shutdown-timeout=3",
  "--log-level=warn",
];

/** Ends the daemon and only that: containerd is its child and goes with it. */
const end = async (pid: number): Promise<void> => {
  const gone = (): boolean => {
    try {
      process.kill(pid, 0);
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") ?? true;
    } catch {
      return true;
    }
  };
  if (gone()) return;
  process.kill(pid, "SIGTERM");
  await until(gone, { withinMs: STOP_MS, what: `the end of dockerd ${pid}` });
};

const start = async (folder: string): Promise<number> => {
  const log = openSync(join(folder, "log"), "a");
  // An interrupted test run must not leave a daemon behind.
  const [program, ...before] = works("setpriv") ? ["setpriv", "--pdeathsig", "TERM", "dockerd"] : ["dockerd"];
  const child = spawn(program ?? "dockerd", [...before, ...flags(folder)], { stdio: ["ignore", log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error("dockerd could not be started");
  const socket = join(folder, "d.sock");
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`dockerd ended: ${readFileSync(join(folder, "log"), "utf8").slice(-400)}`);
    return (
      existsSync(socket) &&
      (await fetch("http://docker/_ping", { unix: socket }).then(
        (answer) => answer.ok,
        () => false,
      ))
    );
  };
  await until(answers, { withinMs: 30_000, what: "dockerd" });
  return pid;
};

const create = (name: string, command: string, options: RunOptions): unknown => ({
  Image: IMAGE,
  Cmd: ["sh", "-c", command],
  Env: options.env ?? [],
  Labels: options.labels ?? {},
  Tty: options.tty ?? false,
  ...(options.stopSeconds === undefined ? {} : { StopTimeout: options.stopSeconds }),
  ...(options.health === undefined ? {} : { Healthcheck: { Test: ["CMD-SHELL", options.health], Interval: 1e9, Timeout: 1e9, Retries: 2 } }),
  HostConfig: {
    NetworkMode: options.network ?? "none",
    ...(options.restart === undefined ? {} : { RestartPolicy: options.restart }),
    ...(options.memoryBytes === undefined ? {} : { Memory: options.memoryBytes }),
  },
  ...(options.network === undefined ? { Hostname: name } : {}),
});

const open = async (): Promise<Dockerd> => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-dockerd-"));
  let pid = await start(folder);
  const socket = join(folder, "d.sock");
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetch(`http://docker${path}`, { unix: socket, method, ...json });
    return { status: answer.status, body: await answer.text() };
  };
  const must = async (method: string, path: string, body?: unknown): Promise<string> => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
  const loaded = await fetch(`http://docker/images/create?fromSrc=-&repo=${IMAGE.split(":")[0]}&tag=1`, { unix: socket, method: "POST", body: imageTar(folder) });
  if (!loaded.ok) throw new Error(`the image could not be loaded: ${await loaded.text()}`);
  await loaded.text();
  return {
    socket,
    call,
    async run(name, command, options = {}) {
      const made: unknown = JSON.parse(await must("POST", `/containers/create?name=${name}`, create(name, command, options)));
      const id = typeof made === "object" && made !== null && "Id" in made ? String(made.Id) : "";
      await must("POST", `/containers/${id}/start`);
      return id;
    },
    async exec(id, command) {
      const made: unknown = JSON.parse(await must("POST", `/containers/${id}/exec`, { Cmd: ["sh", "-c", command], AttachStdout: true }));
      const exec = typeof made === "object" && made !== null && "Id" in made ? String(made.Id) : "";
      await must("POST", `/exec/${exec}/start`, { Detach: false, Tty: false });
    },
    async restart() {
      await end(pid);
      pid = await start(folder);
    },
    async stop() {
      const listed: unknown = JSON.parse((await call("GET", "/containers/json?all=1")).body);
      for (const one of Array.isArray(listed) ? listed : []) await call("DELETE", `/containers/${String(one.Id)}?force=1`);
      await end(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Never throws for a machine without Docker: `why` says what is missing. With CI=true it throws instead. */
export const startDockerd = async (): Promise<Found> => {
  const missing = (why: string): Found => {
    if (process.env.CI === "true") throw new Error(`a real dockerd is needed here: ${why}`);
    console.warn(`skipped: no real dockerd: ${why}`);
    return { why };
  };
  if (process.platform !== "linux") return missing("this is not Linux");
  if (process.getuid?.() !== 0) return missing("only root can start one");
  await install();
  if (!works("dockerd")) return missing("dockerd is not installed and could not be (package docker.io)");
  if (!existsSync("/bin/busybox")) return missing("there is no /bin/busybox (package busybox-static)");
  try {
    return { docker: await open() };
  } catch (thrown) {
    return missing(thrown instanceof Error ? thrown.message : String(thrown));
  }
};
