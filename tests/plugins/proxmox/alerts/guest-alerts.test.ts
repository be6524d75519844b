// When each failure of a guest is told, what only looks like it, how it stays and ends, and that the unknown is never a fault.
import { describe, expect, test } from "bun:test";
import type { GuestState } from "../../../../plugins/proxmox/monitors/guest/state.ts";
import { ct, keys, told, vm } from "./guest-picture.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const AT = "2026-06-01T12:00:00.000Z";
const SOURCE = "GET /nodes/pve/qemu/101/agent/info";
const agent = (more: Partial<NonNullable<GuestState["agent"]>> = {}): Partial<GuestState> => ({
  agent: { answers: "no", failures: 2, since: AT, source: SOURCE, words: "QEMU guest agent is not running", moves: "yes", ...more },
});

describe("every alert of a guest", () => {
  test("says why now, from what, and what kind of thing it is", () => {
    const guests = [
      vm({ status: "io-error", needs: ["storage/pve/local-lvm"] }),
      vm({ vmid: 102, ...agent({ moves: "no" }) }),
      vm({ vmid: 103, ...agent() }),
      vm({ vmid: 104, lock: "backup", lockSince: AT }),
      ct({ diskBytes: 19 * GIB, diskTotalBytes: 20 * GIB }),
      ct({ vmid: 106, kills: { count: 3, at: AT, process: "java", line: "kernel: oom-kill:", source: "GET /nodes/pve/journal" } }),
      vm({ vmid: 107, snapshots: { count: 1, leftoverAt: AT } }),
      vm({ vmid: 108, storm: { readBytesPerSecond: 0, writtenBytesPerSecond: 400 * MIB, waitPercent: 44 } }),
      vm({ vmid: 109, status: "stopped", missedBoot: { bootedAt: AT } }),
    ];
    const alerts = told(guests);
    expect(alerts).toHaveLength(guests.length);
    for (const alert of alerts) {
      expect(alert.why?.length).toBeGreaterThan(40);
      expect(alert.cause).toBeDefined();
      expect(alert.evidence?.length).toBeGreaterThan(0);
      for (const { source } of alert.evidence ?? []) expect(source).toContain("/");
    }
  });

  test("a template is never ill; of a guest whose node is gone only what was open stays", () => {
    expect(told([vm({ template: true, status: "stopped", lock: "clone" })])).toEqual([]);
    const open = told([vm({ status: "io-error" })]);
    expect(told([vm({ status: "unknown" })])).toEqual([]);
    expect(told([vm({ status: "unknown" })], open)).toEqual(open);
  });
});

describe("a VM stopped by QEMU", () => {
  test("by an input/output error is told in seconds, once its storage had its say; by its own error at once", () => {
    expect(keys(told([vm({ status: "io-error" })]))).toEqual(["guest-io-error guest/101 critical"]);
    expect(told([vm({ status: "io-error" })])[0]?.afterSeconds).toBe(10);
    expect(told([vm({ status: "internal-error" })])[0]?.afterSeconds).toBe(0);
    for (const status of ["internal-error", "guest-panicked", "watchdog"]) expect(keys(told([vm({ status })]))).toEqual(["guest-broken guest/101 critical"]);
  });

  test("by a person's pause, a hibernation, or a move that runs is not", () => {
    for (const more of [{ status: "paused" }, { status: "suspended" }, { status: "postmigrate", work: "qmigrate" }, { status: "prelaunch", lock: "backup", work: "vzdump" }])
      expect(told([vm(more)])).toEqual([]);
  });

  test("and left so by a move that broke off is told when it has stood for minutes", () => {
    const [alert] = told([vm({ status: "postmigrate" })]);
    expect(alert).toMatchObject({ key: "guest-left-paused", severity: "warning", cause: "migration", afterSeconds: 240 });
  });
});

describe("a silent agent", () => {
  test("is a hung guest when nothing is sent and the processors are flat", () => expect(keys(told([vm(agent({ moves: "no" }))]))).toEqual(["guest-hung guest/101 critical"]));
  test("is only a dead agent when the guest goes on", () => expect(keys(told([vm(agent())]))).toEqual(["guest-agent-silent guest/101 warning"]));

  test("once, or while it could not be asked, or with nothing else known yet, is nothing", () => {
    for (const more of [agent({ failures: 1 }), agent({ answers: "unknown", failures: 0 }), agent({ moves: "unsure" }), {}]) expect(told([vm(more)])).toEqual([]);
  });

  test("stays what it was told as while nothing else is known", () => {
    const open = told([vm(agent({ moves: "no" }))]);
    expect(keys(told([vm(agent({ moves: "unsure" }))], open))).toEqual(["guest-hung guest/101 critical"]);
  });

  test("stays told while it cannot be asked, frozen or not", () => {
    const unknown = agent({ answers: "unknown", failures: 0, moves: undefined });
    for (const more of [agent({ moves: "no" }), agent(), agent({ answers: "yes", failures: 0, frozen: true })]) {
      const open = told([vm(more)]);
      expect(keys(told([vm(unknown)], open))).toEqual(keys(open));
    }
    expect(told([vm(unknown)])).toEqual([]);
  });

  test("and a stale lock stay told while the tasks are not known, and end with a task at work or without the lock", () => {
    for (const more of [agent({ moves: "no" }), agent(), agent({ answers: "yes", failures: 0, frozen: true }), { lock: "backup" }]) {
      const open = told([vm(more)]);
      expect(open).toHaveLength(1);
      expect(keys(told([vm({ ...more, work: "unknown" })], open))).toEqual(keys(open));
      expect(told([vm({ ...more, work: "unknown" })])).toEqual([]);
    }
    const locked = told([vm({ lock: "backup" })]);
    expect(told([vm({ lock: "backup", work: "vzdump" })], locked)).toEqual([]);
    expect(told([vm({ work: "unknown" })], locked)).toEqual([]);
  });

  test("that was told of a guest that goes on makes no hung one of it when it is quiet", () => {
    const open = told([vm(agent())]);
    expect(keys(told([vm(agent({ moves: "no" }))], open))).toEqual(["guest-agent-silent guest/101 warning"]);
  });

  test("during a backup, under a lock, or of a paused guest is nothing", () => {
    for (const more of [{ work: "vzdump" }, { work: "unknown" }, { lock: "suspended" }, { status: "paused" }])
      expect(told([vm({ ...agent({ moves: "no" }), ...more })])).toEqual([]);
  });
});

describe("a frozen guest", () => {
  const frozen = agent({ answers: "yes", failures: 0, frozen: true });
  test("is told when no backup runs, and asked for at the right place", () => {
    const [alert] = told([vm(frozen)]);
    expect(alert).toMatchObject({ key: "guest-frozen", severity: "critical", cause: "backup", afterSeconds: 60 });
    expect(alert?.evidence?.[0]?.source).toBe("POST /nodes/pve/qemu/101/agent/fsfreeze-status");
  });
  test("is the running backup's", () => expect(told([vm({ ...frozen, work: "vzdump", lock: "backup" })])).toEqual([]));
});

describe("a lock", () => {
  test("with no task at work is told after minutes", () => expect(told([vm({ lock: "backup" })])[0]).toMatchObject({ key: "guest-lock-stale", afterSeconds: 240 }));
  test("of a slow backup, of a hibernated VM, of a mounted container, or with the tasks unknown is not", () => {
    for (const guest of [
      vm({ lock: "backup", work: "vzdump" }),
      vm({ lock: "suspended", status: "stopped" }),
      ct({ lock: "mounted", status: "stopped" }),
      vm({ lock: "backup", work: "unknown" }),
    ])
      expect(told([guest])).toEqual([]);
  });
});

describe("a container", () => {
  const disk = (percent: number) => [ct({ diskBytes: percent * GIB, diskTotalBytes: 100 * GIB })];
  test("is told at 90 % of its root disk, critical at 96 %, and until it is below 86 %", () => {
    expect(told(disk(89))).toEqual([]);
    const open = told(disk(90));
    expect(keys(open)).toEqual(["guest-disk-full guest/105 warning"]);
    expect(keys(told(disk(97)))).toEqual(["guest-disk-full guest/105 critical"]);
    expect(told(disk(86), open)).toHaveLength(1);
    expect(told(disk(85), open)).toEqual([]);
  });
  test("without figures, or a VM's disk, is nothing", () => {
    expect(told([ct({ diskTotalBytes: GIB }), vm({ diskBytes: GIB, diskTotalBytes: GIB })])).toEqual([]);
  });
  test("that uses nearly all its memory and loses nothing is nothing", () => expect(told([ct({ memoryBytes: 99 * MIB, memoryTotalBytes: 100 * MIB })])).toEqual([]));
});

describe("a snapshot", () => {
  const oldest = (ageDays: number, described: boolean) => [vm({ snapshots: { count: 1, oldest: { name: "test", at: AT, ageDays, described } } })];
  test("left by a backup is told; one of a day, with a note, is wanted", () => {
    expect(keys(told([vm({ snapshots: { count: 1, leftoverAt: AT } })]))).toEqual(["snapshot-leftover guest/101 warning"]);
    expect(told(oldest(1, true))).toEqual([]);
  });
  test("left by a backup stays told while the tasks are not known, and is not told new then", () => {
    const left = { snapshots: { count: 1, leftoverAt: AT } };
    const open = told([vm(left)]);
    expect(told([vm({ ...left, work: "unknown" })])).toEqual([]);
    expect(keys(told([vm({ ...left, work: "unknown" })], open))).toEqual(keys(open));
  });
  test("is old after 30 days, with a note after 90", () => {
    expect(told(oldest(29, false))).toEqual([]);
    expect(keys(told(oldest(30, false)))).toEqual(["snapshot-old guest/101 info"]);
    expect(told(oldest(89, true))).toEqual([]);
    expect(told(oldest(90, true))).toHaveLength(1);
  });
});

describe("a storm", () => {
  const storm = (mib: number, waitPercent: number, more: Partial<GuestState> = {}) =>
    vm({ storm: { readBytesPerSecond: 0, writtenBytesPerSecond: mib * MIB, waitPercent }, ...more });
  test("needs the guest's rate and the node's wait, names only the worst of a node, and ends lower than it began", () => {
    expect(told([storm(400, 10)])).toEqual([]);
    expect(told([storm(90, 50)])).toEqual([]);
    const open = told([storm(400, 44), storm(200, 44, { vmid: 102 })]);
    expect(keys(open)).toEqual(["guest-io-storm guest/101 warning"]);
    expect(told([storm(90, 12)], open)).toHaveLength(1);
    expect(told([storm(90, 9)], open)).toEqual([]);
  });
  test("is none while a backup or a move works on the guest, and stays told while the tasks are not known", () => {
    const open = told([storm(400, 44)]);
    for (const work of ["vzdump", "unknown"]) expect(told([storm(400, 44, { work })])).toEqual([]);
    expect(told([storm(400, 44, { work: "vzdump" })], open)).toEqual([]);
    expect(keys(told([storm(400, 44, { work: "unknown" })], open))).toEqual(keys(open));
  });
});

describe("guests left out at boot", () => {
  const out = (vmid: number, waits?: "node" | "storage") => vm({ vmid, name: `vm${vmid}`, status: "stopped", missedBoot: { bootedAt: AT, ...(waits ? { waits } : {}) } });
  test("are told one by one up to three, and as one alert of their node above, which stays one while they come up", () => {
    expect(keys(told([101, 102, 103].map((vmid) => out(vmid))))).toEqual([101, 102, 103].map((vmid) => `guest-not-started guest/${vmid} critical`));
    const open = told([101, 102, 103, 104].map((vmid) => out(vmid)));
    expect(keys(open)).toEqual(["guests-not-started node/pve critical"]);
    expect(keys(told([out(101)], open))).toEqual(["guests-not-started node/pve critical"]);
    expect(told([vm()], open)).toEqual([]);
  });
  test("are named in the order their node would have started them", () => {
    const placed = (vmid: number, order?: number) => ({ ...out(vmid), missedBoot: { bootedAt: AT, ...(order === undefined ? {} : { order }) } });
    const [alert] = told([placed(101), placed(102, 2), placed(103), placed(104, 1)]);
    expect(alert?.why).toContain("in this order: vm104, vm102, vm101, vm103");
  });
  test("say why where a start of them was tried and failed", () => {
    const failed = { type: "vzstart", user: "root@pam", exit: "startup for container '105' failed", upid: "UPID:x" };
    const [alert] = told([ct({ status: "stopped", missedBoot: { bootedAt: AT, failed } })]);
    expect(alert).toMatchObject({ key: "guest-not-started", cause: "start-failed" });
    expect(alert?.why).toContain("its start failed: startup for container '105' failed");
    expect(alert?.evidence?.[0]).toEqual({ what: "jellyfin (105): vzstart by root@pam: startup for container '105' failed", source: "UPID:x" });
  });
  test("are not while the node still starts them or their storage is not there, and are no crash either", () => {
    const before = [vm(), vm({ vmid: 102 })];
    expect(told([out(101, "node"), out(102, "storage")], [], before)).toEqual([]);
    expect(keys(told([out(101)], [], before))).toEqual(["guest-not-started guest/101 critical"]);
  });
});

describe("a guest that stopped", () => {
  const stopped = (more: Partial<GuestState> = {}) => vm({ status: "stopped", ...more });
  test("is a suspicion once it was seen running, and stays one", () => {
    const open = told([stopped()], [], [vm()]);
    expect(keys(open)).toEqual(["guest-stopped guest/101 critical"]);
    expect(keys(told([stopped({ swept: true })], open))).toEqual(["guest-stopped guest/101 critical"]);
  });
  test("is none when it was seen stopped before its node went out of sight; one that ran then has stopped meanwhile", () => {
    const [back, away] = [stopped({ lastRunningAt: AT }), vm({ status: "unknown" })];
    expect(told([back], [], [{ ...away, stoppedAt: AT }])).toEqual([]);
    expect(keys(told([back], [], [away]))).toEqual(["guest-stopped guest/101 critical"]);
  });
  test("is none when it went down with its node's guests by order", () => expect(told([stopped({ swept: true })], [], [vm()])).toEqual([]));
  test("explains what fails on it, containers and names, and nothing else of the guest itself", () => {
    expect(told([stopped()], [], [vm()])[0]?.explains).toBe("below");
  });
});
