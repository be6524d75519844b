// From engaging the kill switch to the last act that is still sent: in a quiet core, with its loop loaded, with hung plugin calls, with the journal locked by another process, and with all of it. There is no model yet that could hang; a plugin's call stands for it.
// Usage: bun tests/bench/kill-switch.ts [trials]   (default 100 of each; one JSON line each; exit 1 when a p99 is over the limit)
import { Database } from "bun:sqlite";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const trials = Number(process.argv[2] ?? 100);
const LIMIT_MS = 250;
const CALLS = 30;
const STREAM_MS = 500;
/** A core's rows of the last day are counted for every call: a young one keeps the stream steady. */
const IN_ONE_CORE = 20;
const LOCK_MS = { before: 80, least: 50, most: 500 };

const CASES = [
  { name: "quiet", loaded: false, hung: false, locked: false },
  { name: "event loop loaded to 80 %", loaded: true, hung: false, locked: false },
  { name: "8 plugin calls and a monitor hung", loaded: false, hung: true, locked: false },
  { name: "journal locked by another process", loaded: false, hung: false, locked: true },
  { name: "all of it", loaded: true, hung: true, locked: true },
] as const;
type Case = (typeof CASES)[number];

const nowMs = (): number => performance.timeOrigin + performance.now();
const between = (least: number, most: number): number => least + Math.random() * (most - least);

const startCore = async ({ loaded, hung }: Case) => {
  const folder = mkdtempSync(join(tmpdir(), "jk-"));
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "kill-switch-core.ts"), folder, JSON.stringify({ loaded, hung })], { stdio: ["pipe", "pipe", "inherit"] });
  const reader = child.stdout.getReader();
  const line = async (): Promise<unknown> => JSON.parse(new TextDecoder().decode((await reader.read()).value));
  const paths = z.object({ control: z.string(), data: z.string() }).parse(await line());
  const rpc = async (method: string): Promise<void> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
    const answer = await fetch("http://jarvis.local/api/v1/rpc", { method: "POST", unix: paths.control, headers: { "content-type": "application/json" }, body });
    const { error } = z.object({ error: z.unknown().optional() }).parse(await answer.json());
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  };
  const sends = join(folder, "sends");
  return {
    kill: join(paths.data, "KILL"),
    journal: join(paths.data, "journal.db"),
    rpc,
    sends: (): number[] => (existsSync(sends) ? readFileSync(sends, "utf8").trim().split("\n").map(Number) : []),
    async stream(): Promise<void> {
      child.stdin.write(`${JSON.stringify({ calls: CALLS, overMs: STREAM_MS })}\n`);
      await child.stdin.flush();
      await line();
    },
    async stop(): Promise<void> {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
type Core = Awaited<ReturnType<typeof startCore>>;

const lock = (path: string): (() => void) => {
  const other = new Database(path);
  other.run("PRAGMA busy_timeout = 2000");
  other.run("BEGIN IMMEDIATE");
  return () => other.close();
};

/** `byFile`: as `./jarvis kill` with a hung core and a person's own hand do; else over the control socket. Answers how long after it the last act left, 0 when none did. */
const trial = async (core: Core, locked: boolean, byFile: boolean): Promise<{ lastMs: number; before: number }> => {
  const seen = core.sends().length;
  const stream = core.stream();
  await Bun.sleep(between(100, 200));
  const unlock = locked ? lock(core.journal) : () => undefined;
  if (locked) await Bun.sleep(between(0, LOCK_MS.before));
  const engagedMs = nowMs();
  const engaged = byFile ? writeFileSync(core.kill, "") : core.rpc("kill");
  if (locked) await Bun.sleep(between(LOCK_MS.least, LOCK_MS.most));
  unlock();
  await Promise.all([engaged, stream]);
  await Bun.sleep(Math.max(0, engagedMs + 2 * LIMIT_MS - nowMs()));
  const sent = core.sends().slice(seen);
  await core.rpc("release");
  return { lastMs: Math.max(0, ...sent.map((atMs) => atMs - engagedMs)), before: sent.filter((atMs) => atMs <= engagedMs).length };
};

const measure = async (one: Case): Promise<void> => {
  const lasts: number[] = [];
  let before = 0;
  while (lasts.length < trials) {
    const core = await startCore(one);
    try {
      for (let index = 0; index < IN_ONE_CORE && lasts.length < trials; index += 1) {
        const found = await trial(core, one.locked, lasts.length % 2 === 0);
        lasts.push(found.lastMs);
        before += found.before;
      }
    } finally {
      await core.stop();
    }
  }
  const sorted = lasts.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0)) / 10;
  const met = at(0.99) <= LIMIT_MS;
  if (!met) process.exitCode = 1;
  const figures = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), limitMs: LIMIT_MS };
  process.stdout.write(`${JSON.stringify({ case: one.name, trials: lasts.length, ...figures, met, sentBefore: before, sentAfter: lasts.filter((ms) => ms > 0).length })}\n`);
};

for (const one of CASES) await measure(one);
