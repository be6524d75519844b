// Backups over the lab: made, listed, judged, tried again; refused where they would fill a storage or fail again; found after a lost reply.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Attempt, lastAttempt, notAgain, readLog } from "../../../../plugins/proxmox/tools/backup-attempts.ts";
import { backupAudit, findings, type Known } from "../../../../plugins/proxmox/tools/backup-audit.ts";
import { covers } from "../../../../plugins/proxmox/tools/backup-jobs.ts";
import { backupList } from "../../../../plugins/proxmox/tools/backup-list.ts";
import { against, backupRetry, guestBackup } from "../../../../plugins/proxmox/tools/guest-backup.ts";
import { until } from "../../../support/until.ts";
import { type House, openHouse } from "../house.ts";
import { ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(60);
}, 60_000);
afterAll(() => house?.stop());

describe("a backup", () => {
  test("is made on the storage of its job, and is looked for there", async () => {
    const { facts, verdict, sent } = await succeeds(house.ctx, guestBackup, { vmid: 111 });
    expect(facts.facts?.storage).toBe("backups");
    expect(verdict.words).toMatch(/^backups:backup\/ct\/111\/.+ is there, [\d.]+ GiB\.$/);
    expect(sent.result?.upid).toContain(":vzdump:111:jarvis@pve!operate:");
    const { text } = await backupList.run(house.ctx, { guest: "mosquitto" }, {});
    expect(text).toMatch(/^\d+ backups of mosquitto\.\n111: \d+ (seconds|minutes) old on backups/);
  }, 120_000);

  test("of a container with FUSE warns of what its freezing can do", async () => {
    await house.lab.as("root@pam", "PUT", "/nodes/Home/lxc/105/config", { features: "nesting=1,fuse=1" });
    const facts = await lookCalm(house.ctx, guestBackup, { vmid: 105, storage: "nas" });
    const sent = await send(house.ctx, guestBackup, { vmid: 105, storage: "nas" }, facts);
    expect(sent.result?.warnings?.join()).toContain("FUSE");
    await ends(house.ctx, guestBackup, { vmid: 105, storage: "nas" }, sent);
  }, 60_000);

  test("on a storage where nobody verifies is found as well", async () => {
    const { verdict } = await succeeds(house.ctx, guestBackup, { vmid: 112, storage: "nas" });
    expect(verdict.words).toStartWith("nas:backup/vzdump-lxc-112-");
  }, 120_000);

  test("whose reply was lost is found by its task", async () => {
    const { said, found } = await loses(house, house.ctx, guestBackup, { vmid: 103 }, { method: "POST", path: "/nodes/agent/vzdump" });
    expect(said).toStartWith("upstream");
    expect(found).toMatchObject({ upid: expect.stringContaining(":vzdump:103:") });
  }, 120_000);

  test("to a storage that keeps none, or is not there, is refused", async () => {
    expect(await words(look(house.ctx, guestBackup, { vmid: 111, storage: "local-lvm" }))).toBe("unavailable: No storage local-lvm on Home keeps backups (local, nas, backups).");
    expect(ruling(guestBackup, await look(house.ctx, guestBackup, { vmid: 111, storage: "nas" }), "jarvis")).toBe("runs");
    expect(ruling(guestBackup, await look(house.ctx, guestBackup, { vmid: 900, storage: "nas" }), "operator")).toContain("refused template");
  });

  test("that fails is told in the task's words, and one of a passing cause is tried again once", async () => {
    await house.lab.break("backup-fails", "guest/114", { cause: "network" });
    const failed = await until(
      async () => {
        const last = await lastAttempt(house.ctx, "pve", 114);
        return last?.outcome === "failed" ? last : undefined;
      },
      { withinMs: 30_000, what: "the failed run" },
    );
    expect(failed.why).toContain("Connection timed out");
    const facts = await lookCalm(house.ctx, backupRetry, { vmid: 114 });
    expect(facts.facts).toMatchObject({ storage: "backups", failed: expect.stringContaining("Connection timed out") });
    const sent = await send(house.ctx, backupRetry, { vmid: 114 }, facts);
    expect(await ends(house.ctx, backupRetry, { vmid: 114 }, sent)).toMatchObject({ ok: false, text: "The backup task failed: job errors." });
    await until(async () => ((await words(look(house.ctx, backupRetry, { vmid: 114 }))).includes("Jarvis tried already") ? true : undefined));
    await house.lab.heal("backup-fails");
    await succeeds(house.ctx, guestBackup, { vmid: 114 });
    expect((await lookCalm(house.ctx, backupRetry, { vmid: 114 })).already).toBe("the last backup of web1 ended well");
  }, 120_000);

  test("that failed of something lasting is not tried again", () => {
    const task = { upid: "UPID:x", node: "pve", type: "vzdump", id: "", user: "root@pam", startedAt: 0, exit: "job errors" };
    const attempt = (why: string | undefined, outcome: Attempt["outcome"] = "failed"): Attempt => ({ task, outcome, why, storage: "nas" });
    expect(against("x", attempt("No space left on device"), [])).toBe('The last backup of x ended "No space left on device": its storage has no room; free some first.');
    expect(against("x", attempt("VM 101 is locked (snapshot)"), [])).toContain("the guest was locked");
    expect(against("x", attempt("received interrupt", "broken off"), [])).toContain("somebody broke it off");
    expect(against("x", attempt(undefined, "broken off"), [])).toContain("why it ended is not known");
    expect(against("x", undefined, [])).toContain("use proxmox_guest_backup");
    expect(against("x", attempt(undefined, "running"), [])).toContain("is running");
    expect(against("x", attempt("Connection timed out"), ["root@pam"])).toContain("Jarvis tried already");
    expect(notAgain({ why: "Connection timed out", outcome: "failed" })).toBeUndefined();
  });

  test("of a job's task is told for each guest by its log", () => {
    const task = { upid: "UPID:x", node: "pve", type: "vzdump", id: "", user: "root@pam", startedAt: 0, exit: "job errors" };
    const lines = [
      "INFO: starting new backup job: vzdump 101 102 --storage nas --mode snapshot",
      "INFO: Starting Backup of VM 101 (qemu)",
      "INFO: Finished Backup of VM 101 (00:01:00)",
      "INFO: Starting Backup of CT 102 (lxc)",
      "ERROR: Backup of CT 102 failed - boom",
      "INFO: Starting Backup of CT 103 (lxc)",
    ];
    expect(readLog(lines, task, 101)).toMatchObject({ outcome: "ok", storage: "nas" });
    expect(readLog(lines, task, 102)).toMatchObject({ outcome: "failed", why: "boom" });
    expect(readLog(lines, task, 103)).toMatchObject({ outcome: "broken off", why: "job errors" });
    expect(readLog(lines, task, 10)).toBeUndefined();
  });
});

describe("the audit", () => {
  const kindsOf = async (vmid: number): Promise<string[]> => {
    const { data } = await backupAudit.run(house.ctx, {}, {});
    const { findings: all } = data as { findings: { vmid: number; kind: string }[] };
    return all.filter((one) => one.vmid === vmid).map((one) => one.kind);
  };

  test("names what a fault takes away, and is content again when it is healed", async () => {
    const before = await kindsOf(110);
    await house.lab.break("backup-stale", "guest/110", { days: 5 });
    expect(await kindsOf(110)).toContain("stale");
    await house.lab.heal("backup-stale");
    await house.lab.break("guest-in-no-job", "guest/110");
    expect(await kindsOf(110)).toContain("in-no-job");
    await house.lab.heal("guest-in-no-job");
    expect(await kindsOf(110)).toEqual(before);
  }, 60_000);

  test("says what it could not read, and calls nothing there missing for sure", async () => {
    await house.lab.break("storage-offline", "storage/shared/nas");
    const { text, warnings } = await backupAudit.run(house.ctx, {}, {});
    expect(text).toMatch(/^\d+ of 21 guests have a good backup not older than 30 hours/);
    expect(warnings?.join(" ")).toContain("storage nas on ");
    expect(await words(look(house.ctx, guestBackup, { vmid: 111, storage: "nas" }))).toBe("unavailable: Storage nas is not online on Home.");
    await house.lab.heal("storage-offline");
    await house.lab.break("storage-full", "storage/shared/nas");
    expect(await words(look(house.ctx, guestBackup, { vmid: 111, storage: "nas" }))).toContain("and 10 % must stay");
    await house.lab.heal("storage-full");
  }, 60_000);

  const known = (over: Partial<Known>): Known => ({ jobs: { value: [] }, backups: [], blind: false, nowS: 1_000_000, maxAgeHours: 30, ...over });
  const guest = { vmid: 101, name: "x", node: "pve" };
  const backup = (over: object) => ({
    volid: "nas:backup/1",
    vmid: 101,
    storage: "nas",
    at: 999_000,
    sizeBytes: 1,
    notes: undefined,
    protected: false,
    verified: undefined,
    ...over,
  });
  const job = (over: object) => ({
    id: "j",
    enabled: true,
    schedule: undefined,
    storage: "nas",
    mode: undefined,
    all: true,
    vmid: undefined,
    exclude: undefined,
    pool: undefined,
    node: undefined,
    ...over,
  });

  test.each([
    ["all well", known({ jobs: { value: [job({})] }, backups: [backup({})] }), []],
    ["excluded", known({ jobs: { value: [job({ exclude: "100,101" })] }, backups: [backup({})] }), ["in-no-job"]],
    ["disabled", known({ jobs: { value: [job({ enabled: false })] }, backups: [backup({})] }), ["job-disabled"]],
    ["jobs that cannot be read", known({ jobs: { words: "403" }, backups: [backup({})] }), []],
    ["never", known({ jobs: { value: [job({})] } }), ["never"]],
    ["old", known({ jobs: { value: [job({})] }, backups: [backup({ at: 1 })] }), ["stale"]],
    ["damaged, and the good one old", known({ jobs: { value: [job({})] }, backups: [backup({ verified: "failed" }), backup({ at: 1, verified: "ok" })] }), ["damaged", "stale"]],
  ])("tells %s", (_, about, kinds) => expect([...findings(guest, about)].map((one) => one.kind as string)).toEqual(kinds));

  test("tells which storages were seen when some were not", () => {
    expect([...findings(guest, known({ blind: true }))].map((one) => one.words)).toContain("x (101) has no good backup on the storages that could be read.");
    expect(covers(job({ all: false, vmid: "1010,102" }), guest)).toBe(false);
    expect(covers(job({ all: false, pool: "lab" }), { ...guest, pool: "lab" })).toBe(true);
    expect(covers(job({ node: "Home" }), guest)).toBe(false);
  });
});
