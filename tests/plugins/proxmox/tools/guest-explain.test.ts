// How a guest stands and why, over the lab: stopped by a person, locked and stale, kept by HA, waiting for a restart, unreadable.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guestExplain } from "../../../../plugins/proxmox/tools/guest-explain.ts";
import { guestGet } from "../../../../plugins/proxmox/tools/guest-get.ts";
import { guestStart } from "../../../../plugins/proxmox/tools/power.ts";
import { snapshotCreate } from "../../../../plugins/proxmox/tools/snapshot-make.ts";
import { until } from "../../../support/until.ts";
import { type House, openHouse } from "../house.ts";
import { look, ruling, succeeds, words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(20);
}, 60_000);
afterAll(() => house?.stop());

const explain = async (vmid: number) => (await guestExplain.run(house.ctx, { vmid }, {})).text;

describe("a guest is explained", () => {
  test("that runs: since when, its backup, its agent, each with its source", async () => {
    const { text, data } = await guestExplain.run(house.ctx, { guest: "nextcloud" }, {});
    expect(text).toMatch(/^nextcloud \(vm 101\) is running on pve, up for \d+ days\. \[\/nodes\/pve\/qemu\/101\/status\/current\]/);
    expect(text).toContain("Its guest agent answers. [/nodes/pve/qemu/101/agent/info]");
    expect(text).toContain("It starts with its node.");
    expect(guestExplain.output?.safeParse(data).success).toBe(true);
  });

  test("that a person stopped: who, when, by which task, and that it stays so", async () => {
    await house.lab.as("olli@pve", "POST", "/nodes/Home/lxc/108/status/stop");
    await until(async () => ((await explain(108)).includes("is stopped") ? true : undefined));
    const text = await explain(108);
    expect(text).toMatch(/olli@pve ran vzstop \d+ \w+ ago\. \[UPID:Home:/);
    expect(text).toContain("It stays stopped until a person starts it.");
  }, 30_000);

  test("that is locked with no task: that it may be stale, and what failed", async () => {
    await house.lab.break("guest-lock-stale", "guest/110", { hours: 5 });
    const text = await explain(110);
    expect(text).toContain("It is locked (backup), and no task on its node holds the lock: it may be stale (proxmox_guest_unlock tells the proof).");
    expect(text).toMatch(/vzdump failed 5 hours ago: unexpected status/);
    await house.lab.heal("guest-lock-stale");
  });

  test("that waits for its disks: how much, in words", async () => {
    await house.lab.break("io-storm", "guest/106");
    expect(await explain(106)).toContain("work inside it had to wait for its disks 71 % of the time (and for 56 % all of it stood still). [/nodes/agent1/qemu/106/status/current]");
    const { text, data } = await guestGet.run(house.ctx, { vmid: 106 }, {});
    expect([text.includes("for its disks 71 %"), data]).toMatchObject([true, { pressure: { pressureIoSomePercent: 71.3, pressureIoFullPercent: 55.9 } }]);
    await house.lab.heal("io-storm");
    expect(await explain(106)).not.toContain("had to wait");
  });

  test("that HA keeps, that is a template, that waits for a restart, that has snapshots", async () => {
    expect(await explain(104)).toContain("HA keeps it (state started)");
    expect(await explain(900)).toContain("It is a template: it is copied, never started.");
    await house.lab.as("root@pam", "PUT", "/nodes/agent1/qemu/106/config", { cores: 6 });
    await succeeds(house.ctx, snapshotCreate, { vmid: 106, snapshot: "one" });
    const text = await explain(106);
    expect(text).toContain("These settings take effect at its next start: cores.");
    expect(text).toMatch(/It has 1 snapshots, the oldest one \d+ \w+ old\./);
  }, 60_000);

  test("that is not there is refused in words", async () => {
    expect(await words(Promise.resolve(guestExplain.run(house.ctx, { vmid: 4711 }, {})))).toBe("not_found: There is no guest 4711 here.");
  });
});

describe("a start of what must not be started is refused in words by the core's own rules", () => {
  test("a template, a locked one, a protected one", async () => {
    expect(ruling(guestStart, await look(house.ctx, guestStart, { vmid: 900 }), "operator")).toBe("refused template: guest/900 is a template.");
    await house.lab.break("guest-lock-stale", "guest/102", { hours: 5 });
    expect(ruling(guestStart, { ...(await look(house.ctx, guestStart, { vmid: 102 })), status: "stopped" }, "operator")).toBe("refused locked: guest/102 is locked (backup).");
    await house.lab.heal("guest-lock-stale");
    expect(ruling(guestStart, await look(house.ctx, guestStart, { vmid: 105 }), "operator")).toBe("refused protected");
  });
});
