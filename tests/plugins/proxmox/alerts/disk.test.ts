// When a disk is told as failing, erring or worn, and that one reset of a link is nothing.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { diskAlerts } from "../../../../plugins/proxmox/alerts/disk.ts";
import type { Disk } from "../../../../plugins/proxmox/monitors/disk-state.ts";
import { SmartCounts } from "../../../../plugins/proxmox/shapes/disk.ts";

const disk = (more: Partial<Disk> = {}): Disk => ({ devpath: "/dev/sda", model: "WD40EFPX", serial: "WX11", health: "PASSED", used: "ZFS", ...more });
const told = (disks: readonly Disk[], open: readonly Alert[] = []): Alert[] =>
  diskAlerts([{ name: "pve", at: "2026-06-01T12:00:00.000Z", disks: [...disks] }], open).map((alert) => Alert.parse(alert));

describe("a disk", () => {
  test("whose self-check fails is one critical alert of its node, with model and serial, and no second one for its sectors", () => {
    const [alert, ...more] = told([disk({ health: "FAILED", pending: 41, uncorrectable: 12 }), disk({ devpath: "/dev/sdb" })]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ key: "disk-failing", resource: "node/pve", severity: "critical", cause: "disk", title: "A disk of pve fails: /dev/sda (WD40EFPX, serial WX11)" });
    expect(alert?.evidence?.[0]?.what).toContain("pending sectors 41");
  });

  test("that counts errors while its self-check passes is a warning", () => {
    for (const more of [{ pending: 3 }, { uncorrectable: 1 }, { mediaErrors: 7 }, { crcErrors: 200, crcGrown: 180 }])
      expect(told([disk(more)])[0]).toMatchObject({ key: "disk-errors", severity: "warning" });
  });

  test("with one reset of its link, old CRC errors, moved sectors only, or without SMART is nothing", () => {
    for (const more of [{ crcErrors: 2, crcGrown: 1 }, { crcErrors: 500, crcGrown: 0 }, { reallocated: 8 }, { health: "UNKNOWN" }]) expect(told([disk(more)])).toEqual([]);
  });

  test("with 10 % of its life left is told, with 3 % critical, and stays told up to 12 %", () => {
    expect(told([disk({ wearLeftPercent: 11 })])).toEqual([]);
    const open = told([disk({ wearLeftPercent: 10 })]);
    expect(open[0]).toMatchObject({ key: "disk-wear", severity: "warning" });
    expect(told([disk({ wearLeftPercent: 3 })])[0]?.severity).toBe("critical");
    expect(told([disk({ wearLeftPercent: 12 })], open)).toHaveLength(1);
    expect(told([disk({ wearLeftPercent: 13 })], open)).toEqual([]);
  });
});

describe("what SMART counts", () => {
  test("of an ATA disk comes from padded numbers and raw words", () => {
    const attributes = [
      { id: "197", name: "Current_Pending_Sector", raw: "41" },
      { id: "  5", name: "Reallocated_Sector_Ct", raw: "312" },
      { id: "194", name: "Temperature_Celsius", raw: "38 (Min/Max 20/45)" },
      { id: "199", name: "UDMA_CRC_Error_Count", raw: "2" },
    ];
    expect(SmartCounts.parse({ type: "ata", health: "PASSED", attributes })).toEqual({ health: "PASSED", pending: 41, reallocated: 312, temperatureC: 38, crcErrors: 2 });
  });

  test("of an NVMe disk comes from smartctl's words, and nothing is invented", () => {
    const text = "SMART/Health Information\nTemperature:                        41 Celsius\nMedia and Data Integrity Errors:    1,096\n";
    expect(SmartCounts.parse({ type: "text", health: "PASSED", text })).toEqual({ health: "PASSED", temperatureC: 41, mediaErrors: 1096 });
    expect(SmartCounts.parse({ type: "text", text: "no idea" })).toEqual({});
  });
});
