// The plugin against the real lab process: every monitor, tool and probe over its TLS listeners.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import { cluster } from "../../../plugins/proxmox/monitors/cluster.ts";
import { guests as monitor } from "../../../plugins/proxmox/monitors/guests.ts";
import { storage } from "../../../plugins/proxmox/monitors/storage.ts";
import { tasks } from "../../../plugins/proxmox/monitors/tasks.ts";
import { guestGet } from "../../../plugins/proxmox/tools/guest-get.ts";
import { guestList } from "../../../plugins/proxmox/tools/guest-list.ts";
import { nodeList } from "../../../plugins/proxmox/tools/node-list.ts";
import { guestReboot, guestShutdown, guestStart } from "../../../plugins/proxmox/tools/power.ts";
import { taskGet, taskLog } from "../../../plugins/proxmox/tools/task.ts";
import { until } from "../../support/until.ts";
import { type House, openHouse } from "./house.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(10);
}, 60_000);
afterAll(() => house?.stop());

describe("the monitors over the lab", () => {
  test("guests have the ids, kinds and parents of the reference cluster", async () => {
    const now = await house.read();
    const resources = monitor.resources?.(now) ?? [];
    const nextcloud = resources.find((resource) => resource.id === "guest/101");
    expect(nextcloud).toMatchObject({ kind: "guest", vmid: 101, guestKind: "vm", parent: "node/pve", status: "up" });
    expect(resources.find((resource) => resource.id === "guest/102")?.guestKind).toBe("ct");
    expect(resources.find((resource) => resource.id === "guest/900")?.template).toBe(true);
    expect(nextcloud?.figures?.cpuPercent).toBeGreaterThanOrEqual(0);
  });

  test("storage and nodes draw from the same answer as the guests", async () => {
    const before = (await house.lab.requests()).filter((request) => request.path.includes("/cluster/resources")).length;
    const [, membership, storages] = await Promise.all([house.read(), cluster.read(house.ctx), storage.read(house.ctx)]);
    const after = (await house.lab.requests()).filter((request) => request.path.includes("/cluster/resources")).length;
    expect(after - before).toBe(1);
    expect(membership.quorum).toEqual({ votes: 4, of: 4, needed: 3, margin: 1, quorate: true });
    expect(Object.keys(membership.nodes)).toEqual(["agent", "agent1", "Home", "pve"].sort((a, b) => a.localeCompare(b)));
    expect(membership.nodes.Home?.memoryTotalBytes).toBeGreaterThan(20 * 1024 ** 3);
    expect(Object.keys(storages.storages).filter((id) => id.startsWith("storage/shared/")).length).toBeGreaterThan(0);
  });

  test("a configuration teaches a guest's identity, running VMs first", async () => {
    const now = await until(async () => {
      const picture = await house.read();
      return picture.guests["100"]?.identity ? picture : undefined;
    });
    expect(now.guests["100"]?.identity).toMatch(/^smbios:[0-9a-f-]{36}$/);
    expect(now.guests["100"]?.macs?.length).toBeGreaterThan(0);
  });
});

describe("the tools over the lab", () => {
  test("lists and looks", async () => {
    const list = await guestList.run(house.ctx, {}, {});
    expect(list.text).toContain("101 ");
    const got = await guestGet.run(house.ctx, { guest: "nextcloud" }, {});
    expect(got.data).toMatchObject({ vmid: 101, name: "nextcloud", node: "pve", guestKind: "vm", status: "running" });
    expect((await nodeList.run(house.ctx, {}, {})).text).toContain("4 of 4 nodes online, quorate");
  });

  test("a shutdown and a start go out, are followed to their end, and hold on the second look", async () => {
    const input = { vmid: 105 };
    const facts = await guestShutdown.preflight?.(house.ctx, input);
    expect(facts).toMatchObject({ target: "guest/105", name: "jellyfin", quorate: true, busy: [], ha: { managed: false }, template: false, status: "running" });
    expect(facts?.identity).toStartWith("ct:");
    const down = await guestShutdown.run(house.ctx, input, {});
    await until(async () => ((await guestShutdown.progress?.(house.ctx, input, { result: down }))?.ended ? true : undefined), { withinMs: 20_000 });
    expect(await guestShutdown.verify?.(house.ctx, input, { result: down }, undefined)).toMatchObject({ ok: true });
    const log = await taskLog.run(house.ctx, { upid: down.upid ?? "" }, {});
    expect(log.text).toContain("TASK OK");

    const ready = await guestStart.preflight?.(house.ctx, input);
    expect(ready?.memoryFreeAfter).toBeGreaterThan(0.1);
    const up = await guestStart.run(house.ctx, input, {});
    await until(async () => ((await guestStart.progress?.(house.ctx, input, { result: up }))?.ended ? true : undefined), { withinMs: 20_000 });
    expect((await taskGet.run(house.ctx, { upid: up.upid ?? "" }, {})).data).toMatchObject({ ok: true, type: "vzstart" });
    const first = await guestStart.verify?.(house.ctx, input, { result: up }, undefined);
    expect(first?.ok).toBe(true);
    await until(async () => {
      const second = await guestStart.verify?.(house.ctx, input, { result: up }, first);
      return second?.ok ? true : undefined;
    });
  }, 60_000);

  test("a start whose reply was lost is found again as exactly one task of ours", async () => {
    await house.lab.as("root@pam", "POST", "/nodes/Home/lxc/105/status/stop");
    await until(async () => (await house.lab.truth()).guests.some((guest) => guest.vmid === 105 && guest.status === "stopped"));
    await house.lab.dropReply({ method: "POST", path: "/nodes/Home/lxc/105/status/start" });
    const noted = { serverTimeMs: house.client.serverTime(house.ctx) };
    await expect((async () => guestStart.run(house.ctx, { vmid: 105 }, noted))()).rejects.toMatchObject({ fault: "upstream" });
    const found = await until(async () => {
      const trace = await guestStart.trace?.(house.ctx, { vmid: 105 }, noted);
      return trace?.found === "effect" ? trace : undefined;
    });
    expect(found.upid).toContain(":vzstart:105:jarvis@pve!operate:");
    const later = { serverTimeMs: house.client.serverTime(house.ctx) + 60_000 };
    expect(await guestStart.trace?.(house.ctx, { vmid: 105 }, later)).toMatchObject({ found: "absence" });
  }, 60_000);

  test("what runs already is said before anything is sent, and Proxmox's own word for it after the request is no failure", async () => {
    for (const vmid of [101, 105]) {
      const input = { vmid };
      await until(async () => ((await house.lab.truth()).guests.some((guest) => guest.vmid === vmid && guest.status === "running") ? true : undefined));
      const ready = await until(async () => {
        const facts = await guestStart.preflight?.(house.ctx, input);
        return facts?.busy?.length === 0 ? facts : undefined;
      });
      expect(ready.already).toMatch(/ runs already$/);
      expect((await guestReboot.preflight?.(house.ctx, input))?.already).toBeUndefined();
      expect((await guestShutdown.preflight?.(house.ctx, input))?.already).toBeUndefined();
      const result = await guestStart.run(house.ctx, input, { preflight: ready });
      const ended = await until(async () => {
        const seen = await guestStart.progress?.(house.ctx, input, { preflight: ready, result });
        return seen?.ended ? seen : undefined;
      });
      expect(ended).toMatchObject({ ok: true, text: expect.stringMatching(/was running already \(.*(VM|CT) \d+ already running/) });
      expect((await guestStart.verify?.(house.ctx, input, { result }, undefined))?.ok).toBe(true);
    }
  }, 30_000);

  test("what began and ended is told on proxmox/events", async () => {
    await tasks.read(house.ctx);
    await house.lab.as("root@pam", "POST", "/nodes/pve/qemu/101/status/reboot");
    await until(async () => {
      await tasks.read(house.ctx);
      return house.test.published.some(({ data }) => JSON.stringify(data).includes("qmreboot"));
    });
  }, 30_000);
});

describe("when the lab's API is broken", () => {
  const type = async (work: unknown): Promise<string> => {
    try {
      await work;
      return "well";
    } catch (thrown) {
      return thrown instanceof JarvisError ? thrown.type : String(thrown);
    }
  };

  test("a revoked token is told as such, asked about rarely, and works again once it is back", async () => {
    await house.read();
    await house.lab.break("token-revoked", "token/read");
    const before = (await house.lab.requests()).length;
    for (let again = 0; again < 8; again += 1) expect(await type(house.read())).toBe("upstream_auth");
    expect((await house.lab.requests()).length - before).toBeLessThanOrEqual(6);
    await house.lab.heal("token-revoked");
    await until(async () => ((await type(house.read())) === "well" ? true : undefined), { withinMs: 20_000, what: "the token working again" });
  }, 60_000);

  test("garbage leaves the last good picture to the core and is never an empty cluster", async () => {
    for (const node of house.lab.ready.pve.nodes) await house.lab.break("api-garbage", `node/${node.name}`);
    expect(await type(house.read())).toBe("upstream_garbage");
    await house.lab.heal("api-garbage");
    expect(await type(house.read())).toBe("well");
  }, 30_000);

  test("a node that hangs is passed over from the next call on", async () => {
    await house.lab.break("api-hang", "node/Home");
    const signal = AbortSignal.timeout(1500);
    const tries: string[] = [];
    for (let again = 0; again < 3; again += 1)
      tries.push(
        await type(
          house.test.within({ client: house.client, signal: again === 0 ? signal : AbortSignal.timeout(20_000) }, (ctx) => house.client.get(ctx, "/version", z.unknown())),
        ),
      );
    await house.lab.heal("api-hang");
    expect(tries.at(-1)).toBe("well");
  }, 60_000);
});
