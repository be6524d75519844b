// After a start the nodes' journals are heard one by one: what is no single node's is not over before all of them were.
import { expect, test } from "bun:test";
import { corosync } from "../../../plugins/proxmox/monitors/corosync.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const NODES = ["home", "pve", "agent"];
const about = (resource: string) => ({ key: "names-fail", resource, severity: "warning" as const, title: "", why: "", cause: "", evidence: [] });

test("an open word about the cluster waits for every node that is there, one about a node for that node", async () => {
  const rows = NODES.map((node) => ({ type: "node", id: `node/${node}`, node, status: "online", uptime: 1000 }));
  const api = fakeApi(({ path }) => {
    if (path.startsWith("/nodes/agent/")) return { status: 500, statusText: "Internal Server Error" };
    return { body: { data: path.startsWith("/cluster/resources") ? rows : [] } };
  });
  const told: unknown[] = [];
  for (const _ of NODES) {
    api.forward(120_000);
    api.client.memory.answered({ at: api.ctx.now(), entries: Entries.parse(rows) });
    const now = corosync.state.parse(await corosync.read(api.ctx));
    told.push([corosync.knows?.(now, about("service/names")), corosync.knows?.(now, about("node/home")), now.waiting.length]);
  }
  // The one whose journal cannot be read is waited for no longer than the others.
  expect(told).toEqual([
    [false, false, 2],
    [false, true, 1],
    [true, true, 0],
  ]);
});
