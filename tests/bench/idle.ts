// Idle cost of the core with the lab in its own process, nobody looking: RSS, CPU beside a reference core of the same upstream calls, PVE calls a minute.
// Usage: bun tests/bench/idle.ts [seconds]   (default 60; prints one JSON object)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { startHouse } from "../support/living-house.ts";

const seconds = Number(process.argv[2] ?? 60);
const TICKS_PER_SECOND = 100;
const LIMITS = { rssMiB: 96, cpuRatio: 3, callsPerMinute: 30 } as const;
const WARM_UP_SECONDS = 20;

/** CPU seconds spent by a process so far, and its resident MiB. Linux only. */
const usage = (pid: number): { cpuSeconds: number; rssMiB: number } => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssMiB: Math.round((10 * kib) / 1024) / 10 };
};

const Requests = z.union([z.array(z.looseObject({ path: z.string() })), z.looseObject({ requests: z.array(z.looseObject({ path: z.string() })) })]);
const pathsOf = (answer: unknown): string[] => {
  const parsed = Requests.parse(answer);
  const paths = (Array.isArray(parsed) ? parsed : parsed.requests).map((request) => request.path.replace(/^\/api2\/json/, "").replace(/\?.*/, ""));
  return paths.filter((path) => !path.startsWith("/containers"));
};

const house = await startHouse({ speed: 1 });
try {
  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const before = pathsOf(await house.lab.requests()).length;
  const coreBefore = usage(house.pid);
  await Bun.sleep(seconds * 1000);
  const core = usage(house.pid);
  const paths = pathsOf(await house.lab.requests()).slice(before);
  const perMinute = Object.fromEntries([...Map.groupBy(paths, (path) => path)].map(([path, all]) => [path, Math.round((all.length * 600) / seconds) / 10]));

  const steady = Object.entries(perMinute).filter(([, count]) => count >= 2);
  const plan = {
    endpoint: house.lab.line.pve.nodes[0]?.url ?? "",
    token: house.lab.line.pve.tokens.read,
    socket: house.lab.line.docker.socket,
    calls: [...steady.map(([path, count]) => ({ path, everyMs: 60_000 / count })), { path: "/containers/json?all=true", everyMs: 10_000, unix: true }],
  };
  await house.stopCore();
  const reference = Bun.spawn([process.execPath, join(import.meta.dir, "reference-core.ts"), JSON.stringify(plan)], { stdio: ["ignore", "pipe", "inherit"] });
  await reference.stdout.getReader().read();
  await Bun.sleep(WARM_UP_SECONDS * 1000);
  const referenceBefore = usage(reference.pid);
  await Bun.sleep(seconds * 1000);
  const referenceAfter = usage(reference.pid);
  reference.kill();

  const coreCpu = core.cpuSeconds - coreBefore.cpuSeconds;
  const referenceCpu = referenceAfter.cpuSeconds - referenceBefore.cpuSeconds;
  const total = Math.round((paths.length * 600) / seconds) / 10;
  const ratio = Math.round((100 * coreCpu) / Math.max(0.01, referenceCpu)) / 100;
  const met = core.rssMiB <= LIMITS.rssMiB && ratio <= LIMITS.cpuRatio && total <= LIMITS.callsPerMinute;
  process.stdout.write(
    `${JSON.stringify({
      seconds,
      rssMiB: { core: core.rssMiB, limit: LIMITS.rssMiB, reference: referenceAfter.rssMiB },
      cpuSeconds: { core: coreCpu, reference: referenceCpu, ratio, limit: LIMITS.cpuRatio },
      pveCallsPerMinute: { total, limit: LIMITS.callsPerMinute, byPath: perMinute },
      met,
    })}\n`,
  );
  process.exitCode = met ? 0 : 1;
} finally {
  await house.stop();
}
