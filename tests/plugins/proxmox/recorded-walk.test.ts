// Every body that a real server sent, answered to the plugin's own monitors and reading tools in place of the lab's: none may be of a shape they do not know. That data is not part of this repository: without it this skips, saying so.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Context } from "../../../core/contract/context.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import type { Client } from "../../../plugins/proxmox/client/client.ts";
import type { Config } from "../../../plugins/proxmox/config.ts";
import { Points } from "../../../plugins/proxmox/history/rrd.ts";
import proxmox from "../../../plugins/proxmox/plugin.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { sharedPath } from "../../support/shared.ts";
import { fakeApi } from "./fake-api.ts";

const Index = z.object({ files: z.array(z.object({ file: z.string(), endpoint: z.string(), status: z.number() })) });
const Recorded = z.looseObject({ status: z.number(), body: z.unknown() });
const index = sharedPath("pve/recorded/index.json");
if (index === undefined) console.warn("skipped: the recorded bodies are not on this machine");

/** What nothing of the plugin reads. */
const NOT_READ = new Set([
  "/access/acl",
  "/access/domains",
  "/access/roles",
  "/access/users",
  "/access/users/{userid}/token",
  "/cluster/ha/status/manager_status",
  "/cluster/options",
  "/nodes",
  "/nodes/{node}/aplinfo",
  "/nodes/{node}/apt/update",
  "/nodes/{node}/lxc",
  "/nodes/{node}/lxc/{vmid}/interfaces",
  "/nodes/{node}/network",
  "/nodes/{node}/qemu",
  "/nodes/{node}/qemu/{vmid}/agent",
  "/nodes/{node}/qemu/{vmid}/migrate",
  "/nodes/{node}/storage/{storage}/prunebackups",
  "/nodes/{node}/storage/{storage}/status",
  "/nodes/{node}/version",
  "/pools/{poolid}",
]);

interface Play {
  readonly endpoint: string;
  readonly pattern: RegExp;
  readonly bodies: { readonly file: string; readonly body: unknown }[];
}

const playsOf = (path: string): Play[] => {
  const files = Index.parse(JSON.parse(readFileSync(path, "utf8"))).files.filter(({ endpoint, status }) => endpoint.startsWith("GET ") && status === 200);
  const byEndpoint = Map.groupBy(files, ({ endpoint }) => endpoint.slice(4).replace(/\?.*$/, ""));
  return [...byEndpoint].map(([endpoint, some]) => ({
    endpoint,
    pattern: new RegExp(`^${endpoint.replace(/\{\w+\}/g, "[^/]+")}$`),
    bodies: some.map(({ file }) => ({ file, body: Recorded.parse(JSON.parse(readFileSync(sharedPath(`pve/recorded/${file}`) ?? "", "utf8"))).body })),
  }));
};

const Settings = z.object({ data: z.looseObject({}) });
const Rows = z.object({ data: z.array(z.unknown()) });
/** Not recorded: a container to ask about, the pool whose detail is, and an agent that answers. */
const CONTAINER = { type: "lxc", id: "lxc/300", vmid: 300, node: "node1", status: "running", name: "ct", template: 0 };
const POOLS = { body: { data: [{ name: "tank", health: "ONLINE", size: 10, alloc: 1, free: 9, frag: 0, dedup: 1 }] } };
const AGENT = { body: { data: { result: { version: "9.2.0", supported_commands: [] } } } };

const ROUNDS = 60;
const MINUTE_MS = 60_000;
const UPID = "UPID:node1:00004675:0005B36F:6A4A8EED:qmcreate:9101:root@pam:";

test.skipIf(index === undefined)(
  "every recorded body is read by what reads its path",
  async () => {
    const plays = playsOf(index ?? "");
    const served = new Map<string, number>();
    const unknown = new Set<string>();
    let pinned = false;
    const steady = Rows.parse(plays.flatMap(({ bodies }) => bodies).find(({ file }) => file === "cluster-resources.json")?.body).data;
    const api = fakeApi(({ path }) => {
      const bare = path.replace(/\?.*$/, "");
      const play = plays.find(({ pattern }) => pattern.test(bare));
      if (bare.endsWith("/disks/zfs")) return POOLS;
      if (bare.endsWith("/agent/info")) return AGENT;
      if (play === undefined) return { status: 501, statusText: `Method 'GET ${bare}' not implemented`, body: { data: null } };
      const turn = served.get(play.endpoint) ?? 0;
      served.set(play.endpoint, turn + 1);
      if (pinned && play.endpoint === "/cluster/resources") return { body: { data: [...steady, CONTAINER] } };
      const body = play.bodies[turn % play.bodies.length]?.body;
      if (play.endpoint.endsWith("/qemu/{vmid}/config")) return { body: { data: { ...Settings.parse(body).data, agent: "1" } } };
      return { body };
    });
    const noting = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (thrown) {
        if (thrown instanceof JarvisError && thrown.type === "upstream_garbage") unknown.add(thrown.message);
        throw thrown;
      }
    };
    const client: Client = {
      ...api.client,
      get: (ctx, path, shape, query) => noting(api.client.get(ctx, path, shape, query)),
      getAsActor: (ctx, path, shape, query) => noting(api.client.getAsActor(ctx, path, shape, query)),
      page: (ctx, path, shape, query) => noting(api.client.page(ctx, path, shape, query)),
    };
    const ctx: Context<Config, Client> = Object.assign(api.ctx, { client });
    const quietly = async (reading: () => unknown): Promise<void> => {
      try {
        await reading();
      } catch {
        // What fails for another reason than its shape is not this test's matter.
      }
    };
    const { monitors } = proxmox;
    for (let round = 0; round < ROUNDS; round += 1) {
      await quietly(() => monitors?.guests.read(ctx));
      await Promise.all(Object.values(monitors ?? {}).map((monitor) => quietly(() => monitor.read(ctx))));
      api.forward(30 * MINUTE_MS);
    }
    // The same four nodes and guests from here on, so that a guest that is asked about is there; what a round leaves out is asked for.
    pinned = true;
    const [running, container] = [{ vmid: 100 }, { vmid: 300 }];
    for (let round = 0; round < 30; round += 1) {
      api.forward(30 * MINUTE_MS);
      await quietly(() => monitors?.guests.read(ctx));
      // Who the guests are is learned first; what can wait steps back for a quarter of a minute.
      api.forward(MINUTE_MS / 4);
      await Promise.all([monitors?.disks, monitors?.arrays, monitors?.replication, monitors?.pools].map((monitor) => quietly(() => monitor?.read(ctx))));
      await Promise.all([monitors?.disks, monitors?.replication].map((monitor) => quietly(() => monitor?.read(ctx))));
      await proxmox.tools?.guest_get.run(ctx, running, {});
      await proxmox.tools?.cluster_overview.run(ctx, {}, {});
      await client.get(ctx, "/nodes/node2/qemu/100/rrddata", Points, { timeframe: "hour", cf: "AVERAGE" });
      await quietly(() => proxmox.tools?.guest_explain.run(ctx, running, {}));
      await quietly(() => proxmox.tools?.guest_agent_get.run(ctx, running, {}));
      await quietly(() => proxmox.tools?.guest_get.run(ctx, container, {}));
      await quietly(() => proxmox.tools?.guest_snapshot_list.run(ctx, container, {}));
      await quietly(() => proxmox.tools?.guest_snapshot_list.run(ctx, running, {}));
      await quietly(() => proxmox.tools?.task_get.run(ctx, { upid: UPID }, {}));
      await quietly(() => proxmox.tools?.task_log.run(ctx, { upid: UPID }, {}));
      await quietly(() => proxmox.tools?.backup_list.run(ctx, running, {}));
      await quietly(() => proxmox.tools?.storage_get.run(ctx, { storage: "local", node: "node1" }, {}));
    }
    const entries = Entries.parse(steady);
    for (let round = 0; round < 24; round += 1) {
      api.forward(8 * MINUTE_MS);
      client.memory.answered({ at: ctx.now(), entries });
      await monitors?.firewall.read(ctx);
    }
    expect([...unknown]).toEqual([]);
    const unread = plays.filter(({ endpoint, bodies }) => (served.get(endpoint) ?? 0) < bodies.length).map(({ endpoint }) => endpoint);
    expect(unread.filter((endpoint) => !NOT_READ.has(endpoint)).toSorted()).toEqual([]);
    expect([...NOT_READ].filter((endpoint) => !unread.includes(endpoint))).toEqual([]);
  },
  60_000,
);
