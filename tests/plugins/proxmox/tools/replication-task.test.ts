// Replication now, tasks cut off and disks trimmed, over the lab: what they bring about, what they refuse, what fails, and what is found after a lost reply.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { replicationList } from "../../../../plugins/proxmox/tools/replication-list.ts";
import { replicationRun } from "../../../../plugins/proxmox/tools/replication-run.ts";
import { storageTrim } from "../../../../plugins/proxmox/tools/storage-trim.ts";
import { taskCancel } from "../../../../plugins/proxmox/tools/task-cancel.ts";
import { until } from "../../../support/until.ts";
import { type House, openHouse } from "../house.ts";
import { asRoot, ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
let root: ReturnType<typeof asRoot>;
beforeAll(async () => {
  house = await openHouse(10);
  root = asRoot(house);
  await house.client.get(house.ctx, "/version", z.unknown());
  await root.client.write(root, { method: "POST", path: "/cluster/replication", form: { id: "117-0", type: "local", target: "agent1" }, answer: z.unknown() });
}, 60_000);
afterAll(() => house?.stop());

describe("replication", () => {
  test("is listed, runs now, and the list knows the new copy", async () => {
    expect((await replicationList.run(root, {}, {})).text).toContain("117-0 pve -> agent1: ");
    const { facts, ended, verdict } = await succeeds(root, replicationRun, { id: "117-0" });
    expect(facts).toMatchObject({ target: "guest/117", facts: { source: "pve", target: "agent1" } });
    expect(ended.text).toStartWith("117-0 was copied to agent1 in ");
    expect(verdict.words).toStartWith("The last good copy by 117-0 began at ");
    expect((await replicationList.run(root, {}, {})).data).toMatchObject({ jobs: [{ id: "117-0", vmid: 117, state: "ok", failures: 0 }], unread: [] });
  }, 60_000);

  test("that does not exist is not found, and a switched-off one is refused", async () => {
    expect(await words(look(root, replicationRun, { id: "101-0" }))).toBe("not_found: There is no replication job 101-0 (117-0).");
    await root.client.write(root, { method: "PUT", path: "/cluster/replication/117-0", form: { disable: true }, answer: z.unknown() });
    expect(await words(look(root, replicationRun, { id: "117-0" }))).toContain("is switched off or being removed");
    await root.client.write(root, { method: "PUT", path: "/cluster/replication/117-0", form: { delete: "disable" }, answer: z.unknown() });
  });

  test("needs a right that the ordinary token has not", async () => {
    const facts = await lookCalm(house.ctx, replicationRun, { id: "117-0" });
    expect(await words(send(house.ctx, replicationRun, { id: "117-0" }, facts))).toMatch(/^upstream_denied: .*VM\.Replicate/);
  });

  test("whose reply was lost is found by the job's own time", async () => {
    const { found } = await loses(house, root, replicationRun, { id: "117-0" }, { method: "POST", path: "/nodes/pve/replication/117-0/schedule_now" });
    expect(found).toEqual({ found: "effect", words: "117-0 has run or is running since it was asked for." });
  }, 60_000);

  test("that fails is told in Proxmox's words", async () => {
    await house.lab.break("replication-fails", "guest/117");
    const facts = await lookCalm(root, replicationRun, { id: "117-0" });
    const sent = await send(root, replicationRun, { id: "117-0" }, facts);
    expect(await ends(root, replicationRun, { id: "117-0" }, sent)).toMatchObject({ ok: false, text: expect.stringContaining("Replication 117-0 failed: ") });
    await house.lab.heal("replication-fails");
  }, 60_000);
});

describe("a running task", () => {
  const backup = async (ctx: typeof root, vmid: number) => {
    const node = vmid === 101 ? "pve" : "Home";
    return ctx.client.post(ctx, `/nodes/${node}/vzdump`, { vmid, storage: "nas", mode: "snapshot" });
  };

  test("of our own is cut off, and is not there to be cut off twice", async () => {
    const upid = await backup(house.ctx, 101);
    const facts = await look(house.ctx, taskCancel, { upid });
    expect(facts).toMatchObject({ carries: ["guest/101"], parent: "node/pve", status: "running", identity: upid });
    expect(facts.lastHumanAct).toBeUndefined();
    expect(facts.target).toMatch(/^task\/pve\/[0-9a-f]{8}\/[0-9a-f]{8}$/);
    expect(ruling(taskCancel, facts, "jarvis")).toBe("runs");
    await send(house.ctx, taskCancel, { upid }, facts);
    const verdict = await until(async () => {
      const seen = await taskCancel.verify?.(house.ctx, { upid }, { preflight: facts }, undefined);
      return seen?.ok ? seen : undefined;
    });
    expect(verdict.words).toStartWith("The task has ended: ");
    expect((await look(house.ctx, taskCancel, { upid })).already).toStartWith("vzdump 101 on pve has ended already (");
  }, 60_000);

  test("of a person is left to persons; the ordinary token may not either", async () => {
    const upid = await backup(root, 108);
    const facts = await look(house.ctx, taskCancel, { upid });
    expect(ruling(taskCancel, facts, "jarvis")).toContain("refused human: A person just worked on task/home/");
    expect(ruling(taskCancel, facts, "operator")).toBe("runs");
    expect(await words(send(house.ctx, taskCancel, { upid }, facts))).toMatch(/^upstream_denied: .*Sys\.Modify/);
    await house.lab.dropReply({ method: "DELETE", path: `/nodes/Home/tasks/${encodeURIComponent(upid)}` });
    const noted = { preflight: facts };
    await send(root, taskCancel, { upid }, facts).catch(() => undefined);
    expect(await until(async () => ((await taskCancel.trace?.(root, { upid }, noted))?.found === "effect" ? true : undefined))).toBe(true);
  }, 60_000);

  test("that moves something is refused, and what is no UPID is bad input", async () => {
    const upid = await root.client.post(root, "/nodes/Home/lxc/108/migrate", { target: "pve", restart: true });
    expect(await words(look(root, taskCancel, { upid }))).toContain("must not be cut off: what it works on could be left half done");
    expect(await words(look(root, taskCancel, { upid: "UPID:nothing" }))).toBe("bad_input: That is no UPID.");
  }, 60_000);
});

describe("a trim", () => {
  test("gives blocks back and leaves the VM well", async () => {
    const { sent, verdict } = await succeeds(root, storageTrim, { vmid: 101 });
    expect(sent.result).toMatchObject({ text: "nextcloud gave back 3.4 GiB from 1 file systems.", data: { vmid: 101, trimmedBytes: 3_650_722_816 } });
    expect(verdict.words).toContain("nextcloud is running");
  }, 60_000);

  test("of a container, of a stopped VM and by a dead agent is refused, each with what to do", async () => {
    expect(await words(look(root, storageTrim, { vmid: 105 }))).toEndWith("On Home run: pct fstrim 105");
    expect(await words(look(root, storageTrim, { vmid: 107 }))).toBe("unavailable: win-lab is stopped; only a running VM can trim its disks.");
    await house.lab.break("agent-dead", "guest/106");
    expect(await words(look(root, storageTrim, { vmid: 106 }))).toContain("The agent of immich does not answer");
    await house.lab.heal("agent-dead");
  }, 60_000);

  test("needs a right that the ordinary token has not, and a lost reply stays unclear", async () => {
    const facts = await lookCalm(house.ctx, storageTrim, { vmid: 101 });
    expect(await words(send(house.ctx, storageTrim, { vmid: 101 }, facts))).toStartWith("upstream_denied: ");
    await house.lab.dropReply({ method: "POST", path: "/nodes/pve/qemu/101/agent/fstrim" });
    expect(await words(send(root, storageTrim, { vmid: 101 }, facts))).toStartWith("upstream");
    expect(await storageTrim.trace?.(root, { vmid: 101 }, {})).toMatchObject({ found: "unclear" });
  }, 60_000);
});
