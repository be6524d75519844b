// How often Proxmox is asked for its resources when nobody looks and when a hundred tabs do, counted where the calls arrive.
// Usage: bun tests/bench/tabs.ts [tabs] [minutes] [speed]   (default 100 tabs, 5 minutes of the clock at 6; prints one JSON line each)
import { z } from "zod";
import { type Client, connect } from "../core/http/support/client.ts";
import { startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const [tabs = 100, minutes = 5, speed = 6] = process.argv.slice(2).map(Number);
const TICK_MS = 10_000;
const TOKEN = `jrv_${crypto.randomUUID()}`;
const Requests = z.object({ requests: z.array(z.looseObject({ seq: z.number(), path: z.string(), node: z.string() })) });

const house = await startHouse({ speed, env: { JARVIS_ADMIN_TOKEN: TOKEN } });
const opened: Client[] = [];
let seen = 0;

/** Paths of what arrived since the last look. */
const fresh = async (): Promise<string[]> => {
  const { requests } = Requests.parse(await house.lab.requests(seen));
  seen = requests.at(-1)?.seq ?? seen;
  return requests.filter(({ node }) => node !== "docker" && node !== "pbs").map(({ path }) => path.replace(/\?.*/, ""));
};

const measure = async (watchers: number): Promise<void> => {
  await fresh();
  await Bun.sleep((minutes * 60_000) / speed);
  const paths = await fresh();
  const ticks = (minutes * 60_000) / TICK_MS;
  const resources = paths.filter((path) => path.endsWith("/cluster/resources")).length;
  const perTick = Math.round((100 * resources) / ticks) / 100;
  const met = Math.abs(perTick - 1) <= 0.1;
  if (!met) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify({ tabs: watchers, resourcesATick: perTick, limit: "1.0 +- 0.1", met, callsAMinute: Math.round(paths.length / minutes) })}\n`);
};

try {
  await until(async () => (await house.rpc("state.get")).resources.length > 20, { withinMs: 60_000, what: "the house being seen" });
  await measure(0);
  for (let tab = 0; tab < tabs; tab += 1) {
    const client = await connect(new URL(house.url).host, { token: TOKEN });
    for (const channel of ["core/*", "proxmox/*", "docker/*", "remediation/*"]) await client.request("channels.subscribe", { channel });
    opened.push(client);
  }
  await measure(tabs);
} finally {
  for (const tab of opened) tab.close();
  await house.stop();
}
