// Ceph where there is one, Ceph where there is none, pools and the firewall: read within their means, and never changed.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { cephAlerts } from "../../../../plugins/proxmox/alerts/storage-ceph.ts";
import { ceph } from "../../../../plugins/proxmox/monitors/ceph.ts";
import { firewall } from "../../../../plugins/proxmox/monitors/firewall.ts";
import { poolsOf } from "../../../../plugins/proxmox/monitors/pools.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "../fake-api.ts";

const status = (health: string, checks: object = {}) => ({ body: { data: { health: { status: health, checks }, pgmap: { bytes_used: 1, bytes_total: 9 } } } });
const DOWN = { OSD_DOWN: { severity: "HEALTH_WARN", summary: { message: "1 osds down" } } };

describe("Ceph", () => {
  const told = async (answer: object): Promise<Alert[]> => cephAlerts(ceph.state.parse(await ceph.read(fakeApi(() => answer).ctx))).map((alert) => Alert.parse(alert));

  test("is told by its own word", async () => {
    expect((await told(status("HEALTH_WARN", DOWN)))[0]).toMatchObject({ key: "ceph-health", severity: "warning", evidence: [{ what: "OSD_DOWN: 1 osds down" }] });
    expect((await told(status("HEALTH_ERR", DOWN)))[0]).toMatchObject({ severity: "critical" });
  });

  test("well, muted, with a flag a person set, or not there, is nothing", async () => {
    for (const answer of [
      status("HEALTH_OK"),
      status("HEALTH_WARN", { OSDMAP_FLAGS: {} }),
      status("HEALTH_WARN", { OSD_DOWN: { ...DOWN.OSD_DOWN, muted: true } }),
      { status: 500, statusText: "binary not installed: /usr/bin/ceph-mon" },
      { status: 501 },
    ])
      expect(await told(answer)).toEqual([]);
  });

  test("where there is none it is asked again only after hours", async () => {
    const api = fakeApi(() => ({ status: 501 }));
    for (const minutes of [0, 10, 300]) {
      api.forward(minutes * 60_000);
      expect(await ceph.read(api.ctx)).toEqual({ present: false });
    }
    expect(api.asked).toHaveLength(1);
    api.forward(60 * 60_000);
    await ceph.read(api.ctx);
    expect(api.asked).toHaveLength(2);
  });
});

const rows = Entries.parse([
  { type: "node", node: "pve", status: "online" },
  { type: "pool", pool: "empty" },
  { type: "qemu", vmid: 102, node: "pve", status: "stopped", pool: "prod" },
  { type: "lxc", vmid: 101, node: "pve", status: "running", pool: "prod" },
]);

test("a pool knows its guests, and an empty one is there", () => {
  expect(poolsOf(rows).pools).toEqual({ empty: { name: "empty", guests: [], running: 0 }, prod: { name: "prod", guests: [101, 102], running: 1 } });
});

test("the firewall is looked at place by place; a place that may not be seen says so", async () => {
  const api = fakeApi(({ path }) => {
    if (path.startsWith("/nodes/pve/lxc/101")) return { status: 403, statusText: "Permission check failed (/vms/101, VM.Audit)" };
    return { body: { data: path.endsWith("options") ? (path.startsWith("/cluster") ? { enable: 1, policy_in: "DROP" } : {}) : [{ enable: 1 }, { enable: 0 }] } };
  });
  api.client.memory.answered({ at: api.ctx.now(), entries: rows });
  let { places } = await firewall.read(api.ctx);
  for (let reading = 0; reading < 3; reading += 1) {
    api.forward(480_000);
    api.client.memory.answered({ at: api.ctx.now(), entries: rows });
    ({ places } = firewall.state.parse(await firewall.read(api.ctx)));
  }
  expect(places.cluster).toMatchObject({ enabled: true, policyIn: "DROP", rules: 2, rulesOn: 1 });
  expect(places["node/pve"]?.enabled).toBe(true);
  expect(places["guest/102"]?.enabled).toBe(false);
  expect(places["guest/101"]?.unknown).toContain("VM.Audit");
  expect(api.asked.every(({ method }) => method === "GET")).toBe(true);
  expect(api.asked).toHaveLength(8);
});
