// What is said of nodes: the fault, what only looks like it, the line between raising and keeping, and the unknown that proves nothing.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { quorumAlerts } from "../../../../plugins/proxmox/alerts/cluster-quorum.ts";
import { maintenanceAlerts } from "../../../../plugins/proxmox/alerts/ha-maintenance.ts";
import { serviceAlerts } from "../../../../plugins/proxmox/alerts/ha-service.ts";
import { nodeAlerts } from "../../../../plugins/proxmox/alerts/node.ts";
import { certificateAlerts } from "../../../../plugins/proxmox/alerts/node-certificate.ts";
import { offlineAlerts } from "../../../../plugins/proxmox/alerts/node-offline.ts";
import { driftAlerts } from "../../../../plugins/proxmox/alerts/node-time.ts";
import { updateAlerts } from "../../../../plugins/proxmox/alerts/node-updates.ts";
import { driftsOf } from "../../../../plugins/proxmox/monitors/drift.ts";
import type { NodeState } from "../../../../plugins/proxmox/monitors/node-state.ts";
import { haOf } from "../../../../plugins/proxmox/shapes/ha.ts";

const AT = "2026-06-01T12:00:00.000Z";
const node = (more: Partial<NodeState> = {}): NodeState => ({ name: "pve", at: AT, reach: "answers", misses: 0, ...more });
const keys = (alerts: readonly Alert[]): string[] => alerts.map((alert) => Alert.parse(alert).key);
const standing = (key: string, resource = "node/pve"): Alert[] => [{ key, resource, severity: "warning", title: key }];
const root = (share: number): Partial<NodeState> => ({ rootBytes: share * 100e9, rootTotalBytes: 100e9 });

describe("a node's own answer", () => {
  test("one lost answer is nothing, two are told, and a denied one is not a dead one", () => {
    expect(keys(nodeAlerts([node({ reach: "refused", misses: 1 })], []))).toEqual([]);
    expect(keys(nodeAlerts([node({ reach: "refused", misses: 2 })], []))).toEqual(["node-api-down"]);
    expect(keys(nodeAlerts([node({ reach: "silent", misses: 2 })], []))).toEqual(["node-api-stuck"]);
    expect(keys(nodeAlerts([node({ reach: "no-files", misses: 2 })], []))).toEqual(["node-pmxcfs-down"]);
    expect(keys(nodeAlerts([node({ reach: "denied", misses: 9 })], []))).toEqual([]);
  });

  test("a full root file system is raised at 90 %, kept down to 87 %, and unknown without the figure", () => {
    expect(keys(nodeAlerts([node(root(0.89))], []))).toEqual([]);
    expect(keys(nodeAlerts([node(root(0.91))], []))).toEqual(["node-root-full"]);
    expect(keys(nodeAlerts([node(root(0.88))], standing("node-root-full")))).toEqual(["node-root-full"]);
    expect(keys(nodeAlerts([node(root(0.86))], standing("node-root-full")))).toEqual([]);
    expect(nodeAlerts([node(root(0.97))], [])[0]?.severity).toBe("critical");
    expect(keys(nodeAlerts([node({ rootBytes: 5 })], []))).toEqual([]);
  });

  test("full memory is a shortage only with its swap, or when everything waits for it", () => {
    const memory = { memoryBytes: 97, memoryTotalBytes: 100, swapTotalBytes: 100 };
    expect(keys(nodeAlerts([node({ ...memory, swapBytes: 5 })], []))).toEqual([]);
    expect(keys(nodeAlerts([node({ ...memory, swapBytes: 80 })], []))).toEqual(["node-memory-short"]);
    expect(keys(nodeAlerts([node({ pressure: { pressureMemoryFullPercent: 21 } })], []))).toEqual(["node-memory-short"]);
  });

  test("nodes on different versions are told at one of the fewest", () => {
    const mixed = [node({ name: "a", version: "9.1.6" }), node({ name: "b", version: "9.0.3" }), node({ name: "c", version: "9.1.6" }), node({ name: "d" })];
    expect(nodeAlerts(mixed, []).map(({ key, resource }) => [key, resource])).toEqual([["node-version-mixed", "node/b"]]);
  });
});

describe("membership", () => {
  const member = (name: string, online: boolean, more: object = {}) => [name, { name, online, ...more }] as const;
  const cluster = (online: number, of: number, quorate: boolean, more: object = {}) => ({
    name: "homelab",
    quorum: { votes: online, of, needed: Math.floor(of / 2) + 1, margin: online - Math.floor(of / 2) - 1, quorate },
    nodes: Object.fromEntries(Array.from({ length: of }, (_, index) => member(`n${index}`, index < online, index < online ? {} : more))),
  });

  test("a node that is gone is the root, and the used-up margin is told at it, so that both are one", () => {
    const now = cluster(3, 4, true);
    const alerts = [...quorumAlerts(now), ...offlineAlerts(now, [])];
    expect(alerts.map(({ key, resource, explains }) => [key, resource, explains])).toEqual([
      ["quorum-margin", "node/n3", undefined],
      ["node-offline", "node/n3", true],
    ]);
    expect(alerts[1]?.why).toContain("One more node and homelab stops");
  });

  test("two nodes that are both there have no margin, and that is how it was built", () => expect(quorumAlerts(cluster(2, 2, true))).toEqual([]));

  test("without quorum only that is told: who sees nobody cannot tell who is gone", () => {
    const now = cluster(1, 4, false);
    expect(keys([...quorumAlerts(now), ...offlineAlerts(now, [])])).toEqual(["quorum-lost"]);
  });

  test("several that went at once and whose own APIs are silent went dark: power; one by one, or alive, they did not", () => {
    const gone = { door: "closed", offlineSince: AT };
    const [dark] = quorumAlerts(cluster(1, 4, false, gone));
    expect([dark?.key, dark?.cause]).toEqual(["quorum-lost", "power"]);
    expect(dark?.why).toContain("mains power");
    expect(quorumAlerts(cluster(1, 4, false, { ...gone, door: "answers" }))[0]?.cause).toBe("quorum");
    const [first, ...rest] = Object.values(cluster(1, 4, false, gone).nodes).reverse();
    const late = {
      ...cluster(1, 4, false),
      nodes: Object.fromEntries([{ ...first, name: "n3", online: false, offlineSince: "2026-06-01T11:00:00.000Z" }, ...rest].map((one) => [one.name, one])),
    };
    expect(quorumAlerts(late)[0]?.cause).toBe("quorum");
  });

  test("a reboot that was ordered is waited for, until it is overdue", () => {
    const leaving = { leaving: { at: AT, by: "root@pam" } };
    const away = cluster(3, 4, true, leaving);
    expect([...quorumAlerts(away), ...offlineAlerts(away, [])]).toEqual([]);
    const late = cluster(3, 4, true, { ...leaving, overdue: true });
    expect(offlineAlerts(late, [])[0]).toMatchObject({ key: "node-offline", cause: "host-down", title: "n3 did not come back" });
  });

  test("what was told as lost before the order was found is told as ordered", () => {
    const away = cluster(3, 4, true, { leaving: { at: AT, by: "root@pam" } });
    const [alert] = offlineAlerts(away, offlineAlerts(cluster(3, 4, true), []));
    expect(alert).toMatchObject({ key: "node-offline", cause: "user", title: "n3 was shut down or rebooted on purpose" });
  });

  test("a boot after the watchdog's reset is waited for, until it is overdue", () => {
    const reset = { reset: { at: AT } };
    expect(offlineAlerts(cluster(3, 4, true, reset), [])).toEqual([]);
    const [late] = offlineAlerts(cluster(3, 4, true, { ...reset, overdue: true }), []);
    expect(late).toMatchObject({ key: "node-offline", cause: "host-down", title: "n3 did not come back" });
    expect(late?.why).toContain("watchdog reset it");
  });

  test("a node whose own API answers is cut off, not dead", () => expect(offlineAlerts(cluster(3, 4, true, { door: "answers" }), [])[0]?.cause).toBe("network"));
});

describe("HA", () => {
  const service = (state: string) => ({ sid: "vm:104", vmid: 104, node: "Home", state });
  test("given up and fencing are told; started, stopped, moving and frozen are HA at work", () => {
    expect(keys(serviceAlerts(["error", "fence", "recovery"].map(service)))).toEqual(["ha-error", "ha-fencing", "ha-fencing"]);
    expect(serviceAlerts(["started", "stopped", "migrate", "relocate", "freeze", "request_stop"].map(service))).toEqual([]);
  });

  test("the words of a local manager are told apart, in both releases", () => {
    const rows = ["pve1 (active, watchdog active, x)", "pve1 (maintenance mode, x)", "pve1 (old timestamp - dead?, x)", "pve1 (idle, x)"];
    expect(
      haOf(
        rows.map((status) => ({
          type: "lrm",
          node: "pve1",
          status,
          id: undefined,
          sid: undefined,
          state: undefined,
          request_state: undefined,
          max_restart: undefined,
          timestamp: undefined,
        })),
      ).lrms.map(({ mode }) => mode),
    ).toEqual(["active", "maintenance", "dead", "idle"]);
  });

  test("maintenance is left behind after four quiet hours, and taken up again by work", () => {
    const left = (hours: number) => [{ node: "pve", since: AT, quietSeconds: hours * 3600 }];
    expect(maintenanceAlerts(left(3.9), [])).toEqual([]);
    expect(keys(maintenanceAlerts(left(4), []))).toEqual(["node-maintenance-left"]);
    expect(maintenanceAlerts(left(0), standing("node-maintenance-left"))).toEqual([]);
  });
});

describe("clocks, certificates, updates", () => {
  test("a drift is told when it is more than the measuring may be wrong", () => {
    expect(driftAlerts({ name: "pve", at: AT, driftSeconds: 5, exactToSeconds: 4 }, [])).toEqual([]);
    expect(keys(driftAlerts({ name: "pve", at: AT, driftSeconds: -42, exactToSeconds: 1 }, []))).toEqual(["node-time-drift"]);
    expect(driftAlerts({ name: "pve", at: AT }, standing("node-time-drift"))).toEqual([]);
  });

  test("a certificate that ends within ten days was not renewed by itself; its end is critical", () => {
    const one = (daysLeft: number) => ({ name: "pve", at: AT, certificates: [{ file: "pve-ssl.pem", endsAt: AT, daysLeft }] });
    expect(certificateAlerts(one(30), [])).toEqual([]);
    expect(certificateAlerts(one(6), [])[0]?.severity).toBe("warning");
    expect(certificateAlerts(one(-1), [])[0]?.severity).toBe("critical");
  });

  test("a few updates are everyday; a newer kernel or many are told", () => {
    const some = { name: "pve", at: AT, waiting: ["corosync"], runningKernel: "6.8.12-16-pve", newestKernel: "6.8.12-16-pve" };
    expect(updateAlerts(some)).toEqual([]);
    expect(keys(updateAlerts({ ...some, newestKernel: "6.8.12-19-pve" }))).toEqual(["node-updates"]);
    expect(updateAlerts({ ...some, runningKernel: "6.17.2-2-pve" })).toEqual([]);
  });
});

describe("clocks", () => {
  const clock = (offsetMs: number, exactToMs = 550) => ({ offsetMs, exactToMs });

  test("a clock is compared with what most of them show", () => {
    const drifts = driftsOf(
      new Map([
        ["a", clock(100)],
        ["b", clock(-42_000)],
        ["c", clock(0)],
        ["d", clock(200)],
      ]),
    );
    expect(drifts.get("b")).toEqual({ driftSeconds: -42, exactToSeconds: 1.1 });
    expect(
      driftsOf(
        new Map([
          ["a", clock(3_000)],
          ["b", clock(0)],
        ]),
      ).get("a"),
    ).toEqual({ driftSeconds: 3, exactToSeconds: 0.6 });
  });

  test("a clock that is compared with one measured badly has not run away", () => {
    const drifts = driftsOf(
      new Map([
        ["a", clock(-600)],
        ["b", clock(3_100, 3_500)],
        ["c", clock(3_200, 3_600)],
        ["d", clock(3_300, 3_600)],
      ]),
    );
    const [a] = [...drifts].map(([name, drift]) => ({ name, at: AT, ...drift }));
    expect(a?.driftSeconds).toBe(-3.7);
    expect(a === undefined ? [] : driftAlerts(a, [])).toEqual([]);
  });
});
