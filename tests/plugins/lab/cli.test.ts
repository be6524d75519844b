// The lab as a process: its first line, its exit codes, its end, and what it keeps in its folder.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { record, rows } from "./open-lab.ts";

const CLI = join(import.meta.dir, "../../../plugins/lab/cli.ts");
const root = mkdtempSync(join(tmpdir(), "lab-cli-"));
const env = { ...process.env, JARVIS_DATA: root };
const running = new Set<{ kill(signal?: NodeJS.Signals): void }>();

afterAll(() => {
  for (const lab of running) lab.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

async function jarvisLab(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, CLI, ...args], { env, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { code, out, err };
}

async function begin(...args: string[]) {
  const child = Bun.spawn([process.execPath, CLI, "--port", "0", ...args], { env, stdout: "pipe", stderr: "inherit", stdin: "ignore" });
  running.add(child);
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the lab ended before its first line");
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return { child, about: record(JSON.parse(text)) };
}

test("the first line names everything a script needs, and lab.json keeps it", async () => {
  const dir = join(root, "first");
  const { child, about } = await begin("--dir", dir);
  expect(about).toMatchObject({ ready: true, pid: child.pid, startedBy: "hand", config: join(dir, "jarvis.yaml"), docker: { socket: join(dir, "docker.sock") } });
  const pve = record(about.pve);
  expect(rows(pve.nodes).map((node) => node.name)).toEqual(["Home", "pve", "agent1", "agent"]);
  expect(Object.keys(record(pve.tokens)).sort()).toEqual(["act", "read"]);
  expect(record(await Bun.file(join(dir, "lab.json")).json())).toEqual(about);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(existsSync(join(dir, "lab.json"))).toBe(false);
  expect(existsSync(join(dir, "docker.sock"))).toBe(false);
  const again = await begin("--dir", dir);
  const same = record(again.about.pve);
  expect([same.tokens, rows(same.nodes).map((node) => node.fingerprint)]).toEqual([pve.tokens, rows(pve.nodes).map((node) => node.fingerprint)]);
  again.child.kill("SIGINT");
  expect(await again.child.exited).toBe(0);
}, 20_000);

test("without a lab: list works, break, heal, show and stop exit 69", async () => {
  const { code, out } = await jarvisLab("list");
  expect(code).toBe(0);
  for (const line of out.trim().split("\n")) expect(line).toMatch(/^[a-z]+(-[a-z]+)*\t(guest|node|cluster|token|storage|container)\t\S[^\t]*$/);
  expect(out.split("\n").map((line) => line.split("\t")[0])).toContain("container-unhealthy");
  for (const words of [["break", "guest-crash"], ["heal"], ["show"], ["stop"]]) expect((await jarvisLab(...words)).code).toBe(69);
}, 20_000);

test("with a lab: break, show and heal exit 0, an unknown name or target 64 with the nearest, stop ends it", async () => {
  const { child } = await begin();
  expect((await jarvisLab("break", "guest-crash", "guest/101")).code).toBe(0);
  expect(rows(record(JSON.parse((await jarvisLab("show")).out)).faults).map((one) => one.target)).toEqual(["guest/101"]);
  const wrongName = await jarvisLab("break", "gest-crash");
  expect([wrongName.code, wrongName.err.includes("guest-crash")]).toEqual([64, true]);
  const wrongTarget = await jarvisLab("break", "container-crash", "container/mgmt/grafanna");
  expect([wrongTarget.code, wrongTarget.err.includes("container/mgmt/grafana")]).toEqual([64, true]);
  const wrongWord = await jarvisLab("break", "backup-stale", "day=3");
  expect([wrongWord.code, wrongWord.err]).toEqual([64, "backup-stale has no 'day'; it takes days\n"]);
  for (const words of [
    ["backup-stale", "days=1", "days=2"],
    ["guest-crash", "target=guest/101"],
    ["guest-crash", "=3"],
  ])
    expect((await jarvisLab("break", ...words)).code).toBe(64);
  expect((await jarvisLab("heal", "guest-crash", "guest/101")).code).toBe(0);
  expect((await jarvisLab("break", "container-crash", "exit=3")).code).toBe(0);
  const second = await jarvisLab("--port", "0");
  expect([second.code, second.err.includes("already")]).toEqual([1, true]);
  expect((await jarvisLab("stop")).code).toBe(0);
  expect(await child.exited).toBe(0);
}, 30_000);

test("bad words exit 64", async () => {
  for (const words of [["--bogus"], ["frob"], ["--port", "x"], ["--speed", "0"], ["--dialect", "7.4"], ["--size", "huge"], ["list", "more"], ["show", "--speed", "2"]]) {
    expect([...words, (await jarvisLab(...words)).code]).toEqual([...words, 64]);
  }
}, 30_000);

test("a taken port exits 1 and names it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { code, err } = await jarvisLab("--port", String(port));
  expect([code, err.includes(`port ${port} is taken`)]).toEqual([1, true]);
  server.close();
}, 20_000);

test("another world is read from a file; a wrong one is refused with the place", async () => {
  const file = join(root, "world.json");
  writeFileSync(
    file,
    JSON.stringify({
      nodes: [{ name: "solo", address: "10.0.0.1", cpus: 2, memoryGiB: 8, rootGiB: 20 }],
      storages: [{ name: "local", type: "dir", content: "iso,backup", totalGiB: 20, usedGiB: 4 }],
      guests: [{ vmid: 200, name: "bees", kind: "lxc", node: "solo", storage: "local" }],
    }),
  );
  const { child, about } = await begin("--world", file, "--guests", "3", "--dir", join(root, "solo"));
  const state = record(await (await fetch(`${about.control}/state`)).json());
  expect(rows(state.guests).map((guest) => guest.vmid)).toEqual([200, 1000, 1001, 1002]);
  child.kill("SIGTERM");
  await child.exited;
  writeFileSync(file, JSON.stringify({ nodes: [], storages: [], guests: [{ vmid: 1 }] }));
  const { code, err } = await jarvisLab("--world", file);
  expect([code, err.includes("nodes")]).toEqual([64, true]);
}, 20_000);

test("a folder whose socket path would be too long gets a private one elsewhere, and lab.json says where", async () => {
  const dir = join(root, "x".repeat(90));
  mkdirSync(dir);
  const { child, about } = await begin("--dir", dir);
  const socket = String(record(about.docker).socket);
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
  expect((await fetch("http://docker/_ping", { unix: socket })).status).toBe(200);
  child.kill("SIGTERM");
  await child.exited;
  expect(existsSync(socket)).toBe(false);
}, 20_000);

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "with clients at every door %s ends it at once and leaves neither socket nor listener",
  async (signal) => {
    const dir = join(root, signal);
    const { child, about } = await begin("--dir", dir);
    const socket = String(record(about.docker).socket);
    const follows = await fetch("http://docker/events", { unix: socket });
    const ports = [
      record(about.mail).port,
      rows(record(about.ssh).hosts)[0]?.port,
      new URL(String(rows(record(about.pve).nodes)[0]?.url)).port,
      new URL(String(about.control)).port,
    ].map(Number);
    const open = await Promise.all(ports.map((port) => Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } })));
    child.kill(signal);
    expect(await child.exited).toBe(0);
    await follows.body?.cancel().catch(() => undefined);
    for (const one of open) one.end();
    expect([existsSync(socket), existsSync(join(dir, "lab.json"))]).toEqual([false, false]);
    for (const port of ports) expect(await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).catch(() => "refused")).toBe("refused");
  },
  20_000,
);

test("stop answers when the process is gone, so that the next lab has its ports at once", async () => {
  const dir = join(root, "ports");
  const first = await begin("--dir", dir);
  const port = new URL(String(first.about.control)).port;
  expect((await jarvisLab("stop", "--dir", dir)).code).toBe(0);
  expect(() => process.kill(Number(first.about.pid), 0)).toThrow();
  const second = await begin("--dir", dir, "--port", port);
  expect(second.about.control).toBe(`http://127.0.0.1:${port}`);
  second.child.kill("SIGTERM");
  await second.child.exited;
}, 20_000);

test("what a killed lab left outside its folder is cleared by the next one there", async () => {
  const dir = join(root, "y".repeat(90));
  mkdirSync(dir);
  const killed = await begin("--dir", dir);
  const socket = String(record(killed.about.docker).socket);
  killed.child.kill("SIGKILL");
  await killed.child.exited;
  expect(existsSync(socket)).toBe(true);
  const next = await begin("--dir", dir);
  expect(existsSync(dirname(socket))).toBe(false);
  next.child.kill("SIGTERM");
  await next.child.exited;
}, 20_000);

test("it goes on when the process that started it is gone", async () => {
  const dir = join(root, "orphan");
  const script = `const p = Bun.spawn([process.execPath, ${JSON.stringify(CLI)}, "--port", "0", "--dir", ${JSON.stringify(dir)}], { stdout: "pipe", stdin: "ignore", detached: true }); await p.stdout.getReader().read(); process.kill(process.pid, "SIGKILL")`;
  await Bun.spawn([process.execPath, "-e", script], { env, stdout: "ignore", stderr: "ignore" }).exited;
  const about = record(await Bun.file(join(dir, "lab.json")).json());
  const answer = record(await (await fetch(String(about.control))).json());
  expect(answer.instance).toBe(about.instance);
  expect((await jarvisLab("stop", "--dir", dir)).code).toBe(0);
}, 20_000);
