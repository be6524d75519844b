// When a replication is told as failing or behind, and what only looks like it.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { replicationAlerts } from "../../../../plugins/proxmox/alerts/replication.ts";
import { replication } from "../../../../plugins/proxmox/monitors/replication.ts";
import type { ReplicationJob } from "../../../../plugins/proxmox/monitors/replication-state.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "../fake-api.ts";

const AT = Date.UTC(2026, 5, 1, 12);
const ago = (hours: number): string => new Date(AT - hours * 3_600_000).toISOString();
const job = (more: Partial<ReplicationJob> = {}): ReplicationJob => ({
  id: "101-0",
  vmid: 101,
  name: "nextcloud",
  source: "pve",
  target: "home",
  targetThere: true,
  off: false,
  running: false,
  intervalHours: 0.25,
  lastSync: ago(0.2),
  failCount: 0,
  at: new Date(AT).toISOString(),
  ...more,
});
const told = (...jobs: ReplicationJob[]): Alert[] => replicationAlerts(jobs).map((alert) => Alert.parse(alert));

describe("a replication", () => {
  test("that failed twice is told with its error and how old the copy is", () => {
    const [alert, ...more] = told(job({ failCount: 6, lastSync: ago(3), error: "command 'zfs recv' failed: exit code 255" }));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ key: "replication-failing", resource: "guest/101", severity: "warning", cause: "replication" });
    expect(alert?.why).toContain("6 times in a row, and the copy on home is 3 h old");
  });

  test("names the class of its cause where the error tells it", () => {
    expect(told(job({ failCount: 2, error: "cannot receive: No space left on device" }))[0]?.cause).toBe("storage");
    expect(told(job({ failCount: 2, error: "ssh: connect to host: Connection timed out" }))[0]?.cause).toBe("network");
  });

  test("that tells no failure and yet lags four of its intervals is behind", () => {
    expect(told(job({ lastSync: ago(1.1) }))[0]).toMatchObject({ key: "replication-behind" });
    expect(told(job({ lastSync: ago(30), intervalHours: 24 }))).toEqual([]);
    expect(told(job({ lastSync: ago(97), intervalHours: 24 }))[0]).toMatchObject({ key: "replication-behind" });
  });

  test("that failed once, is disabled, at work, or whose target node is down, is nothing", () => {
    for (const more of [{ failCount: 1 }, { failCount: 9, off: true }, { lastSync: ago(9), running: true }, { failCount: 9, targetThere: false }])
      expect(told(job(more))).toEqual([]);
  });

  test("to two targets is one alert, the worse one", () => {
    const all = told(job({ failCount: 9, target: "b", id: "101-1" }), job({ failCount: 2 }));
    expect(all.map(({ title }) => title)).toEqual(["Replication of nextcloud to b fails"]);
  });
});

test("the nodes are read in turn, and a job that moved is told by the younger word", async () => {
  const row = { id: "101-0", guest: "101", target: "b", last_sync: AT / 1000, fail_count: 0, schedule: "*/15" };
  const api = fakeApi(({ path }) => ({ body: { data: path.startsWith("/nodes/a") ? [row] : [{ ...row, fail_count: "3", error: "no\n" }] } }));
  const rows = [...["a", "b"].map((node) => ({ type: "node", node, status: "online" })), { type: "qemu", vmid: 101, name: "nextcloud", node: "a" }];
  const see = async () => {
    api.client.memory.answered({ at: api.ctx.now(), entries: Entries.parse(rows) });
    return replication.state.parse(await replication.read(api.ctx)).jobs["101-0"];
  };
  expect(await see()).toMatchObject({ name: "nextcloud", failCount: 0, source: "a", targetThere: true, intervalHours: 0.25 });
  api.forward(180_000);
  expect(await see()).toMatchObject({ failCount: 3, error: "no", source: "b" });
  expect(api.asked.map(({ path }) => path)).toEqual(["/nodes/a/replication", "/nodes/b/replication"]);
});
