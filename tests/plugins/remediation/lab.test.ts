// Attribution from what the real lab process answers: break it through its control API, read, probe, and say why.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Cause } from "../../../core/contract/cause.ts";
import { guestAlerts } from "../../../plugins/proxmox/alerts/guest.ts";
import { probe } from "../../../plugins/proxmox/probe/probe.ts";
import { scene } from "../../../plugins/proxmox/probe/scene.ts";
import { attributeGuest } from "../../../plugins/remediation/attribute/guest.ts";
import { GuestProbe } from "../../../plugins/remediation/probe/guest.ts";
import { until } from "../../support/until.ts";
import { type House, openHouse } from "../proxmox/house.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(20);
}, 60_000);
afterAll(() => house?.stop());

/** Breaks it, waits for the reading that shows it, and asks why, as the core does. */
const whyAfter = async (fault: string, vmid: number, more: Record<string, string | number> = {}): Promise<Cause> => {
  const { now: well } = await house.reads(vmid, "running");
  await house.lab.break(fault, `guest/${vmid}`, more);
  const { before, now } = await house.reads(vmid, "stopped", well);
  const [alert] = guestAlerts(now, { before, open: [] }).filter((one) => one.resource === `guest/${vmid}`);
  expect(alert).toMatchObject({ key: "guest-stopped", suspect: true, severity: "critical" });
  if (!alert) throw new Error("no alert");
  const openedAt = new Date(house.ctx.now()).toISOString();
  return attributeGuest(GuestProbe.parse(await probe(house.ctx, { resource: alert.resource, alert })), openedAt, []);
};

const up = async (vmid: number, fault: string): Promise<void> => {
  await house.lab.heal(fault, `guest/${vmid}`);
  await until(
    async () => {
      const guest = (await house.lab.truth()).guests.find((one) => one.vmid === vmid);
      if (guest?.status === "running" && !guest.lock) return true;
      const sort = vmid === 101 || vmid === 106 ? "qemu" : "lxc";
      if (guest?.status === "stopped" && !guest.lock) await house.lab.as("root@pam", "POST", `/nodes/${guest.node}/${sort}/${vmid}/status/start`);
      await Bun.sleep(100);
      return undefined;
    },
    { withinMs: 30_000, what: `guest ${vmid} up again` },
  );
};

const TABLE: readonly [fault: string, vmid: number, kind: string, verdict: string, propose: boolean | undefined][] = [
  ["guest-crash", 101, "crash", "fault", undefined],
  ["guest-crash", 102, "crash", "fault", undefined],
  ["guest-crash", 106, "crash", "fault", undefined],
  ["guest-crash", 105, "crash", "fault", undefined],
  ["guest-oom", 101, "oom", "fault", true],
  ["guest-oom", 102, "oom", "fault", true],
  ["guest-user-stop", 101, "user", "meant", undefined],
  ["guest-user-stop", 105, "user", "meant", undefined],
  ["guest-powered-off-inside", 101, "guest", "meant", undefined],
  ["guest-powered-off-inside", 106, "guest", "meant", undefined],
  ["guest-powered-off-inside", 102, "guest", "meant", undefined],
  ["backup-running", 102, "backup", "meant", undefined],
  ["backup-running", 101, "backup", "meant", undefined],
];

describe("why a guest of the lab stopped", () => {
  for (const [fault, vmid, kind, verdict, propose] of TABLE)
    test(`${fault} at guest/${vmid} is ${kind}, ${verdict}`, async () => {
      try {
        const why = await whyAfter(fault, vmid);
        expect({ kind: why.kind, verdict: why.verdict, propose: why.propose }).toEqual({ kind, verdict: verdict as Cause["verdict"], propose });
        expect(why.evidence.length).toBeGreaterThan(0);
      } finally {
        await up(vmid, fault);
      }
    }, 60_000);

  test("two faults at once on one node keep their own causes", async () => {
    await house.reads(101, "running");
    await house.reads(102, "running");
    await house.lab.break("guest-user-stop", "guest/102");
    const crash = await whyAfter("guest-crash", 101);
    const { before, now } = await house.reads(102, "stopped");
    const alerts = guestAlerts(now, { before, open: [] });
    expect(alerts.every((alert) => alert.resource !== "guest/107")).toBe(true);
    const other = attributeGuest(
      GuestProbe.parse(await probe(house.ctx, { resource: "guest/102", alert: { key: "guest-stopped", resource: "guest/102", severity: "critical", title: "x" } })),
      new Date(house.ctx.now()).toISOString(),
      [],
    );
    expect([crash.kind, other.kind]).toEqual(["crash", "user"]);
    await up(101, "guest-crash");
    await up(102, "guest-user-stop");
  }, 60_000);

  test("the scene keeps state, configuration, task log and journal", async () => {
    const kept = await scene(house.ctx, { resource: "guest/101" });
    expect(Object.keys(kept).sort()).toEqual(["config", "journal", "status", "task log"]);
    expect(kept.config).toContain("smbios1");
    expect(kept.journal).toContain("systemd");
  });
});
