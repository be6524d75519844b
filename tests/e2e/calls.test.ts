// Every call to Proxmox, counted where it arrives: at most 30 a minute unwatched, one /cluster/resources a tick watched or not, and none that is not the poller's, a probe's or an executing tool's.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Client, connect } from "../core/http/support/client.ts";
import { eyesOn } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";

const SPEED = 30;
const MINUTES = 10;
const MINUTE_MS = 60_000;
const TABS = 5;
const MOST_UNWATCHED = 30;
/** A tick is 10 s; the jitter of one reading may carry it over a minute's end. */
const [RESOURCES_A_MINUTE, JITTER] = [6, 1];

const POLLER = ["GET /cluster/resources", "GET /cluster/status", "GET /cluster/tasks"];
/** Readings that spare calls: nodes, HA, services, disks, backups, agents, snapshots, each a few times an hour or a minute. */
const SPARING = [
  "GET /nodes/N/status",
  "GET /nodes/N/services",
  "GET /nodes/N/time",
  "GET /nodes/N/dns",
  "GET /nodes/N/journal",
  "GET /nodes/N/tasks",
  "GET /nodes/N/storage",
  "GET /nodes/N/storage/ID/content",
  "GET /nodes/N/replication",
  "GET /nodes/N/rrddata",
  "GET /nodes/N/qemu/ID/rrddata",
  "GET /nodes/N/lxc/ID/rrddata",
  "GET /nodes/N/storage/ID/rrddata",
  "GET /nodes/N/disks/list",
  "GET /nodes/N/disks/smart",
  "GET /nodes/N/disks/zfs",
  "GET /nodes/N/disks/zfs/ID",
  "GET /nodes/N/apt/versions",
  "GET /nodes/N/certificates/info",
  "GET /cluster/ceph/status",
  "GET /cluster/log",
  "GET /nodes/N/firewall/log",
  "GET /cluster/config/nodes",
  "GET /cluster/config/qdevice",
  "GET /cluster/metrics/export",
  "GET /access/permissions",
  "GET /version",
  "GET /nodes/N/disks/lvmthin",
  "GET /nodes/N/qemu/ID/agent/info",
  "GET /nodes/N/qemu/ID/snapshot",
  "GET /nodes/N/lxc/ID/snapshot",
  "GET /cluster/ha/status/current",
  "GET /cluster/ha/status/manager_status",
  "GET /cluster/backup",
  "GET /cluster/backup-info/not-backed-up",
  "GET /storage",
  "GET /cluster/firewall/options",
  "GET /cluster/firewall/rules",
  "GET /nodes/N/firewall/options",
  "GET /nodes/N/firewall/rules",
  "GET /nodes/N/qemu/ID/firewall/options",
  "GET /nodes/N/qemu/ID/firewall/rules",
  "GET /nodes/N/lxc/ID/firewall/options",
  "GET /nodes/N/lxc/ID/firewall/rules",
];
const IDENTITY = ["GET /nodes/N/qemu/ID/config", "GET /nodes/N/lxc/ID/config"];
const PROBE = [
  "GET /cluster/status",
  "GET /cluster/tasks",
  "GET /nodes/N/KIND/ID/status/current",
  "GET /nodes/N/KIND/ID/config",
  "GET /nodes/N/tasks",
  "GET /nodes/N/journal",
  "GET /nodes/N/tasks/UPID/log",
];
const TOOL = [
  "GET /nodes/N/KIND/ID/status/current",
  "GET /nodes/N/KIND/ID/config",
  "GET /nodes/N/tasks",
  "GET /nodes/N/status",
  "GET /nodes/N/tasks/UPID/status",
  "POST /nodes/N/KIND/ID/status/start",
];

const Requests = z.object({
  requests: z.array(z.object({ seq: z.number(), time: z.string(), node: z.string(), method: z.string(), path: z.string(), user: z.string(), status: z.number() })),
});
type Request = z.output<typeof Requests>["requests"][number];
const shapeOf = ({ method, path }: Request): string =>
  `${method} ${path
    .split("?")[0]
    ?.replace(/UPID:[^/]+/, "UPID")
    .replace(/\/nodes\/[^/]+/, "/nodes/N")
    .replace(/(\/storage|\/disks\/zfs)\/[^/]+/, "$1/ID")
    .replace(/\/(qemu|lxc)\/\d+/, "/$1/ID")
    .replace(/\/(storage|disks\/zfs)\/[^/]+/, "/$1/ID")}`;
const anyKind = (shape: string): string => shape.replace(/\/(?:qemu|lxc)\/ID/, "/KIND/ID");
const causeOf = (shape: string): string => ([...POLLER, ...SPARING].includes(shape) ? "poller" : IDENTITY.includes(shape) ? "poller (identity)" : "probe or tool");

let house: House;
let eyes: ReturnType<typeof eyesOn>;
const tabs: Client[] = [];
let seen = 0;

/** What reached the listeners of Proxmox since the last look. */
const fresh = async (): Promise<Request[]> => {
  const { requests } = Requests.parse(await house.lab.requests(seen));
  seen = requests.at(-1)?.seq ?? seen;
  // The engine and the backup server are no Proxmox VE.
  return requests.filter(({ node }) => node !== "docker" && node !== "pbs");
};

/** Lets so many minutes of the clock pass and counts each whole one by path. */
const counted = async (minutes: number, meanwhile?: () => Promise<void>): Promise<Map<string, number[]>> => {
  await fresh();
  const fromMs = Date.parse((await house.rpc("time.sync")).time);
  await meanwhile?.();
  await eyes.within(`${minutes} minutes of the clock`, async () => Date.parse((await house.rpc("time.sync")).time) - fromMs > minutes * MINUTE_MS + 1000);
  const table = new Map<string, number[]>();
  for (const request of await fresh()) {
    const minute = Math.floor((Date.parse(request.time) - fromMs) / MINUTE_MS);
    if (minute < 0 || minute >= minutes) continue;
    const row = table.get(shapeOf(request)) ?? Array<number>(minutes).fill(0);
    row[minute] = (row[minute] ?? 0) + 1;
    table.set(shapeOf(request), row);
  }
  return table;
};

/** What comes by the clock, and how often a minute: one that is late and the next in time stand in one minute together, and are no more calls for that. */
const BY_THE_CLOCK: Readonly<Record<string, number>> = {
  "GET /cluster/resources": 6,
  "GET /cluster/status": 6,
  "GET /cluster/tasks": 6,
  "GET /cluster/ha/status/current": 1,
  "GET /nodes/N/status": 2,
};
/** Calls of each minute, those by the clock at most as often as they are due. */
const spent = (table: Map<string, number[]>): number[] =>
  Array.from({ length: MINUTES }, (_, minute) => [...table].reduce((sum, [shape, row]) => sum + Math.min(row[minute] ?? 0, BY_THE_CLOCK[shape] ?? Number.POSITIVE_INFINITY), 0));
const totals = (table: Map<string, number[]>): number[] => Array.from({ length: MINUTES }, (_, minute) => [...table.values()].reduce((sum, row) => sum + (row[minute] ?? 0), 0));
const print = (title: string, table: Map<string, number[]>): void => {
  const rows = [...table].toSorted(([a], [b]) => a.localeCompare(b)).map(([shape, row]) => `  ${row.map((n) => String(n).padStart(3)).join("")}  ${shape} (${causeOf(shape)})`);
  console.log(
    [
      `${title}, by minute:`,
      ...rows,
      `  ${totals(table)
        .map((n) => String(n).padStart(3))
        .join("")}  in all`,
    ].join("\n"),
  );
};

beforeAll(async () => {
  house = await startHouse({ speed: SPEED });
  eyes = eyesOn(house);
  await eyes.guestsSeen();
}, 90_000);
afterAll(async () => {
  for (const tab of tabs) tab.close();
  await house?.stop();
});

describe(`${MINUTES} minutes of the clock`, () => {
  test("unwatched: at most 30 calls a minute from the first on, all of them the poller's", async () => {
    const table = await counted(MINUTES);
    print("unwatched", table);
    expect(Math.max(...spent(table))).toBeLessThanOrEqual(MOST_UNWATCHED);
    expect(totals(table).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(MOST_UNWATCHED * MINUTES);
    expect([...table.keys()].filter((shape) => ![...POLLER, ...SPARING, ...IDENTITY].includes(shape))).toEqual([]);
    const resources = table.get("GET /cluster/resources") ?? [];
    expect(Math.max(...resources)).toBeLessThanOrEqual(RESOURCES_A_MINUTE + JITTER);
    // A machine that also runs other tests may skip a tick; it never reads twice.
    expect(resources.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(RESOURCES_A_MINUTE * MINUTES + JITTER);
  }, 90_000);

  test(`watched by ${TABS} tabs that read everything, and asked in the chat: /cluster/resources as before, tasks faster, nothing else`, async () => {
    const token = readFileSync(join(house.folder, "cli.token"), "utf8").trim();
    for (let tab = 0; tab < TABS; tab += 1) {
      const client = await connect(new URL(house.url).host, { token });
      for (const channel of ["core/*", "proxmox/*", "docker/*", "remediation/*"]) expect((await client.request("channels.subscribe", { channel })).error).toBeUndefined();
      tabs.push(client);
    }
    const table = await counted(MINUTES, async () => {
      for (const text of ["what's wrong?", "status", "status of nextcloud", "why did nextcloud stop?", "what did you do today?"]) {
        const answer = await house.rpc("chat.send", { text });
        expect("text" in answer && answer.text.length).toBeGreaterThan(0);
      }
    });
    print(`watched by ${TABS} tabs`, table);
    expect([...table.keys()].filter((shape) => ![...POLLER, ...SPARING, ...IDENTITY].includes(shape))).toEqual([]);
    const resources = table.get("GET /cluster/resources") ?? [];
    expect(Math.max(...resources)).toBeLessThanOrEqual(RESOURCES_A_MINUTE + JITTER);
    const tasks = (table.get("GET /cluster/tasks") ?? []).reduce((sum, one) => sum + one, 0) / MINUTES;
    expect(tasks).toBeGreaterThan(RESOURCES_A_MINUTE + JITTER);
    expect(tasks).toBeLessThanOrEqual(32);
    const events = tabs.map((tab) => tab.notes("channel.event").length);
    expect(Math.min(...events)).toBeGreaterThan(0);
  }, 90_000);
});

describe("a fault and its repair", () => {
  test("every call beside the poller's is a probe's or the executing tool's, and the act token is used for the act alone", async () => {
    await fresh();
    await house.lab.break("guest-crash", "guest/101");
    await eyes.incidentIn("guest/101", "resolved");
    const calls = await fresh();
    const others = calls.map((call) => anyKind(shapeOf(call))).filter((shape) => ![...POLLER, ...SPARING.map(anyKind)].includes(shape));
    expect([...new Set(others)].filter((shape) => ![...PROBE, ...TOOL].includes(shape))).toEqual([]);
    const acts = calls.filter(({ method }) => method !== "GET");
    expect(acts.map((call) => [anyKind(shapeOf(call)), call.user])).toEqual([["POST /nodes/N/KIND/ID/status/start", "jarvis@pve!operate"]]);
    expect(others.every((shape) => shape.startsWith("GET") || shape.endsWith("/status/start"))).toBe(true);
    const strangers = calls.filter(({ path }) => /\/(?:qemu|lxc)\/\d+\/status/.test(path) && !path.includes("/101/"));
    expect(strangers).toEqual([]);
    console.log(`a crash and its repair: ${others.length} calls beside the poller's`);
  }, 60_000);
});
