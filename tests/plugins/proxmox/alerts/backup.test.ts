// When backups are told as failed, too old, damaged or not made at all, and what only looks like it.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { backupAlerts } from "../../../../plugins/proxmox/alerts/backup.ts";
import { coverOf } from "../../../../plugins/proxmox/monitors/backup-cover.ts";
import type { Backups, Failure, GuestBackups } from "../../../../plugins/proxmox/monitors/backup-state.ts";
import { failureKind, Jobs, runWordsOf, wasStopped } from "../../../../plugins/proxmox/shapes/backup.ts";
import { longestGapHours } from "../../../../plugins/proxmox/shapes/schedule.ts";

const AT = Date.UTC(2026, 5, 1, 12);
const ago = (hours: number): string => new Date(AT - hours * 3_600_000).toISOString();
const guest = (vmid: number, more: Partial<GuestBackups> = {}): GuestBackups => ({
  vmid,
  name: `g${vmid}`,
  cover: "yes",
  running: true,
  uptimeSeconds: 900_000,
  lastAt: ago(9),
  lastOn: "pbs",
  verification: "ok",
  backups: 6,
  limitHours: 26,
  ...more,
});
const without = (one: GuestBackups): GuestBackups => {
  const { lastAt: _, ...rest } = one;
  return rest;
};
const failure = (more: Partial<Failure> = {}): Failure => ({
  upid: "UPID:x",
  node: "pve",
  startedAt: ago(3),
  endedAt: ago(2),
  storage: "pbs",
  kind: "network",
  words: "connection timed out",
  ...more,
});
const picture = (guests: readonly GuestBackups[], more: Partial<Backups> = {}): Backups => ({
  at: new Date(AT).toISOString(),
  jobs: [{ id: "nightly", enabled: true, schedule: "03:00" }],
  guests: Object.fromEntries(guests.map((one) => [String(one.vmid), one])),
  complete: true,
  silent: [],
  ...more,
});
const told = (now: Backups, open: readonly Alert[] = []): Alert[] => backupAlerts(now, open).map((alert) => Alert.parse(alert));
const brief = (alerts: readonly Alert[]): string[] => alerts.map(({ key, resource }) => `${key} ${resource}`);

describe("a backup that failed", () => {
  test("is told once, by the guest, with the class of its cause and the log as proof", () => {
    const alerts = told(picture([guest(101, { failure: failure() }), guest(102)]));
    expect(brief(alerts)).toEqual(["backup-failed guest/101"]);
    expect(alerts[0]).toMatchObject({ severity: "warning", cause: "network", evidence: [{ what: "connection timed out", source: "GET /nodes/pve/tasks/UPID:x/log" }] });
  });

  test("for many guests in the same way is one alert, of the storage it went to", () => {
    const alerts = told(picture([1, 2, 3, 4, 5].map((vmid) => guest(vmid, { failure: failure({ kind: "storage" }) }))));
    expect(brief(alerts)).toEqual(["backup-run-failed storage/shared/pbs"]);
    expect(alerts[0]).toMatchObject({ severity: "critical", cause: "storage", title: "The last backups of 5 guests failed" });
  });

  test("as a whole is told of its node when no storage is named", () => {
    const { storage: _, ...bare } = failure();
    expect(brief(told(picture([guest(1)], { failure: bare })))).toEqual(["backup-run-failed node/pve"]);
  });

  test("and is old besides is one alert, not two", () => {
    expect(brief(told(picture([guest(101, { failure: failure(), lastAt: ago(99) })])))).toEqual(["backup-failed guest/101"]);
  });

  test("is not told while a backup holds the guest or a dead one's lock does, and stays told where it was", () => {
    const held = picture([guest(101, { failure: failure(), busy: true })]);
    expect(brief(told(held))).toEqual([]);
    expect(brief(backupAlerts(held, told(picture([guest(101, { failure: failure() })]))))).toEqual(["backup-failed guest/101"]);
  });
});

describe("a newest backup that is too old", () => {
  test("is told when it is older than its jobs and the owner's limit allow", () => {
    expect(told(picture([guest(101, { lastAt: ago(25) })]))).toEqual([]);
    const [alert] = told(picture([guest(101, { lastAt: ago(96) })]));
    expect(alert).toMatchObject({ key: "backup-stale", resource: "guest/101", title: "The newest backup of g101 is 96 h old" });
    expect(told(picture([guest(101, { lastAt: ago(96), limitHours: 170 })]))).toEqual([]);
  });

  test("is none of a guest that does not run, is being backed up, or is left out", () => {
    for (const more of [{ running: false }, { busy: true }, { cover: "excluded" as const }]) expect(told(picture([guest(101, { lastAt: ago(96), ...more })]))).toEqual([]);
  });

  test("a guest without any is new until it ran through a whole period", () => {
    expect(told(picture([without(guest(101, { uptimeSeconds: 3600 }))]))).toEqual([]);
    expect(told(picture([without(guest(101))]))[0]?.title).toBe("g101 has no backup");
  });

  test("of many guests at once is one alert", () => {
    expect(brief(told(picture([1, 2, 3, 4].map((vmid) => guest(vmid, { lastAt: ago(50) })))))).toEqual(["backup-stale service/proxmox/backups"]);
  });

  test("is not judged while a storage with backups is silent: what was open stays, nothing new comes", () => {
    const blind = { complete: false, silent: ["storage/shared/pbs"] };
    expect(told(picture([guest(101, { lastAt: ago(96) })], blind))).toEqual([]);
    const open = told(picture([guest(101, { lastAt: ago(96) })]));
    expect(brief(told(picture([guest(101)], blind), open))).toEqual(["backup-stale guest/101"]);
  });
});

describe("a guest nobody backs up", () => {
  test("is told by its name; more than three are one alert", () => {
    expect(brief(told(picture([guest(101, { cover: "no" })])))).toEqual(["guest-in-no-job guest/101"]);
    expect(brief(told(picture([1, 2, 3, 4].map((vmid) => guest(vmid, { cover: "no" })))))).toEqual(["guest-in-no-job service/proxmox/backups"]);
  });

  test("because its jobs are switched off is one alert for all of them", () => {
    expect(brief(told(picture([guest(1, { cover: "disabled" }), guest(2, { cover: "disabled" })])))).toEqual(["backup-jobs-off service/proxmox/backups"]);
  });
});

test("a newest backup that verification found damaged is critical", () => {
  expect(told(picture([guest(101, { verification: "failed" })]))[0]).toMatchObject({ key: "backup-damaged", resource: "guest/101", severity: "critical" });
});

describe("whether a guest is covered", () => {
  const jobs = (more: object) => Jobs.parse([{ id: "a", enabled: 1, ...more }]);
  const one = { vmid: 101, node: "pve", pool: "prod", tags: ["web"] };
  const about = (list: object, more: object = {}) => ({ jobs: jobs(list), excludeTags: ["no-backup"], bare: new Set([101]), hasBackup: true, ...more });

  test("by all, by number, by pool, on its node", () => {
    for (const list of [{ all: 1 }, { vmid: "100,101" }, { pool: "prod" }, { all: "1", node: "pve" }]) expect(coverOf(one, about(list))).toBe("yes");
    for (const list of [{ all: 1, node: "other" }, { vmid: "100" }, { pool: "test" }, { all: 1, exclude: "101" }]) expect(coverOf(one, about(list))).toBe("no");
  });

  test("only in a disabled job, tagged, or an exception that was never backed up", () => {
    expect(coverOf(one, about({ all: 1, enabled: 0 }))).toBe("disabled");
    expect(coverOf({ ...one, tags: ["No-Backup"] }, about({ all: 1, exclude: "101" }))).toBe("excluded");
    expect(coverOf(one, about({ all: 1, exclude: "101" }, { hasBackup: false }))).toBe("excluded");
    expect(coverOf(one, about({ vmid: "5" }, { hasBackup: false }))).toBe("no");
  });

  test("Proxmox's own word counts where a job is of a kind not known here", () => {
    expect(coverOf(one, about({ vmid: "5" }, { bare: new Set() }))).toBe("yes");
    expect(coverOf(one, about({ vmid: "5" }, { bare: undefined }))).toBe("no");
  });
});

describe("what a run's log says", () => {
  const words = runWordsOf(
    [
      "INFO: starting new backup job: vzdump 101 102 --mode snapshot --storage pbs --job-id a",
      "INFO: Finished Backup of CT 102 (00:01:11)",
      "ERROR: Backup of VM 101 failed - VM 101 is locked (snapshot-delete)",
      "TASK ERROR: job errors",
    ].map((t) => ({ t })),
  );
  test("with the line before it that tells the cause, when the last is but its echo", () => {
    const full = [
      "INFO: Starting Backup of VM 101 (qemu)",
      "zstd: error 70 : Write error : cannot write block : No space left on device",
      "ERROR: vma_queue_write: write error - Broken pipe",
      "INFO: aborting backup job",
      "ERROR: Backup of VM 101 failed - vma_queue_write: write error - Broken pipe",
      "INFO: Starting Backup of VM 102 (qemu)",
      "ERROR: Backup of VM 102 failed - vma_queue_write: write error - Broken pipe",
    ];
    const [first, second] = runWordsOf(full.map((t) => ({ t }))).failed.values();
    expect(first).toBe("vma_queue_write: write error - Broken pipe (zstd: error 70 : Write error : cannot write block : No space left on device)");
    expect(failureKind(first ?? "")).toBe("storage");
    // Another guest's line is no cause of this one's.
    expect(failureKind(second ?? "")).toBe("backup");
  });

  test("by guest", () => {
    expect([...words.failed]).toEqual([[101, "VM 101 is locked (snapshot-delete)"]]);
    expect([...words.finished]).toEqual([102]);
    expect([words.storage, words.whole]).toEqual(["pbs", "job errors"]);
  });

  test.each([
    ["write error - No space left on device", "storage"],
    ["VM 101 is locked (backup)", "lock"],
    ["qmp command 'guest-fsfreeze-freeze' failed - got timeout", "agent"],
    ["tcp connect error: Connection timed out (os error 110)", "network"],
    ["exit code 2", "backup"],
  ])("%s is of class %s", (text, kind) => expect(failureKind(text)).toBe(kind));

  test("a run somebody ended is no failure", () => {
    expect(["received interrupt", "interrupted by signal", "unexpected status", "job errors"].map(wasStopped)).toEqual([true, true, false, false]);
  });
});

describe("how far apart a schedule's runs lie", () => {
  test.each([
    ["03:00", 24],
    ["*/15", 0.25],
    ["*:0/30", 0.5],
    ["mon..fri 22:00", 72],
    ["sat 1:00", 168],
    ["sun,wed 02:00", 96],
    ["2,14:30", 12],
    ["8..18:00", 14],
    ["daily", 24],
    ["weekly", 168],
    ["*-*-01 03:00", 744],
    ["*-01-01 03:00", 8784],
  ])("%s: %d hours", (schedule, hours) => expect(longestGapHours(schedule)).toBe(hours));

  test.each(["", "soon", "25:00", "mon..funday 1:00", "1:00 2:00"])("%p cannot be read", (schedule) => expect(longestGapHours(schedule)).toBeUndefined());
});
