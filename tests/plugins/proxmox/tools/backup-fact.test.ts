// What Proxmox's backups say to the policy about one guest, from the last reading alone.
import { describe, expect, test } from "bun:test";
import type { GuestBackups } from "../../../../plugins/proxmox/monitors/backup-state.ts";
import { backupFactOf } from "../../../../plugins/proxmox/tools/backup-fact.ts";

const guest = (more: Partial<GuestBackups> = {}): GuestBackups => ({ vmid: 101, name: "a", cover: "yes", running: true, limitHours: 26, ...more });
const lastAt = "2026-01-10T00:00:00Z";

describe("the fact", () => {
  test("is when the newest good backup was made, and how old it may be", () => {
    expect(backupFactOf({ complete: true, guest: guest({ lastAt }) })).toEqual({ goodAt: lastAt, limitHours: 26 });
    expect(backupFactOf({ complete: false, guest: guest({ lastAt, cover: "no" }) })).toEqual({ goodAt: lastAt, limitHours: 26 });
  });
  test("is that there is none, where all was seen or the only one is damaged", () => {
    expect(backupFactOf({ complete: true, guest: guest() })).toEqual({ limitHours: 26 });
    expect(backupFactOf({ complete: true, guest: guest({ lastAt, verification: "failed", backups: 1 }) })).toEqual({ limitHours: 26 });
  });
  test("is unknown where something was not seen", () => {
    expect(backupFactOf({ complete: false, guest: guest() })).toBeNull();
    expect(backupFactOf({ complete: true, guest: guest({ hidden: true }) })).toBeNull();
    expect(backupFactOf({ complete: true, guest: undefined })).toBeNull();
    expect(backupFactOf({ complete: true, guest: guest({ lastAt, verification: "failed", backups: 3 }) })).toBeNull();
  });
  test("is absent where the owner left it out of all backups", () => expect(backupFactOf({ complete: true, guest: guest({ cover: "excluded" }) })).toBeUndefined());
});
