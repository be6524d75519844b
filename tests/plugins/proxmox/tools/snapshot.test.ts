// Snapshots over the lab: taken, listed, rolled back to, deleted; refused, failed, and found again after a lost reply.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { snapshotList } from "../../../../plugins/proxmox/tools/snapshot-look.ts";
import { snapshotCreate, snapshotDelete } from "../../../../plugins/proxmox/tools/snapshot-make.ts";
import { snapshotRollback } from "../../../../plugins/proxmox/tools/snapshot-rollback.ts";
import { ageWords } from "../../../../plugins/proxmox/tools/snapshots.ts";
import { type House, openHouse } from "../house.ts";
import { ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(10);
}, 60_000);
afterAll(() => house?.stop());

const list = async (vmid: number) => (await snapshotList.run(house.ctx, { vmid }, {})).text;

describe("a snapshot", () => {
  test("is taken under a name of ours, listed with its age, rolled back to, and deleted", async () => {
    const made = await succeeds(house.ctx, snapshotCreate, { vmid: 110 });
    const name = made.facts.facts?.snapshot ?? "";
    expect(name).toMatch(/^jarvis-\d{8}-\d{6}$/);
    expect(await list(110)).toContain(`${name}: `);
    expect(await list(110)).toContain("the guest stands on it");

    const back = await succeeds(house.ctx, snapshotRollback, { vmid: 110, snapshot: name, start: true });
    expect(back.facts.facts?.loses).toStartWith(`everything written since snapshot ${name}, `);
    expect(back.verdict.words).toBe(`paperless stands on ${name} and is running.`);

    const gone = await succeeds(house.ctx, snapshotDelete, { vmid: 110, snapshot: name });
    expect(gone.verdict.words).toBe(`Snapshot ${name} is gone.`);
    expect(await list(110)).toBe("paperless has no snapshots.");
  }, 120_000);

  test("of a container is left stopped by a rollback that does not say start", async () => {
    await succeeds(house.ctx, snapshotCreate, { vmid: 119, snapshot: "before-move", description: "by hand" });
    expect((await succeeds(house.ctx, snapshotRollback, { vmid: 119, snapshot: "before-move" })).verdict.words).toBe("calibre stands on before-move and is stopped.");
  }, 60_000);

  test("whose reply was lost is found by its task and its name", async () => {
    const { said, found } = await loses(house, house.ctx, snapshotCreate, { vmid: 102, snapshot: "lost-one" }, { method: "POST", path: "/nodes/pve/lxc/102/snapshot" });
    expect(said).toStartWith("upstream");
    expect(found).toMatchObject({ upid: expect.stringContaining(":vzsnapshot:102:jarvis@pve!operate:") });
    const gone = await loses(house, house.ctx, snapshotDelete, { vmid: 102, snapshot: "lost-one" }, { method: "DELETE", path: "/nodes/pve/lxc/102/snapshot/lost-one" });
    expect(gone.found).toMatchObject({ upid: expect.stringContaining(":vzdelsnapshot:102:") });
    const later = { ...gone.noted, serverTimeMs: house.client.serverTime(house.ctx) + 60_000 };
    expect(await snapshotDelete.trace?.(house.ctx, { vmid: 102, snapshot: "lost-one" }, later)).toMatchObject({ found: "absence" });
  }, 90_000);

  test("that Proxmox fails is told in its words", async () => {
    // Containers on a folder of an NFS share have no snapshots; here the name is taken between the look and the request.
    const facts = await lookCalm(house.ctx, snapshotCreate, { vmid: 114, snapshot: "twice" });
    await succeeds(house.ctx, snapshotCreate, { vmid: 114, snapshot: "twice" });
    const sent = await send(house.ctx, snapshotCreate, { vmid: 114, snapshot: "twice" }, facts);
    expect(await ends(house.ctx, snapshotCreate, { vmid: 114 }, sent)).toMatchObject({ ok: false, text: expect.stringContaining("snapshot name 'twice' already used") });
  }, 60_000);
});

describe("what is refused before anything is sent", () => {
  test("a name that is taken, and one that is not there", async () => {
    expect(await words(look(house.ctx, snapshotCreate, { vmid: 114, snapshot: "twice" }))).toBe("unavailable: web1 has a snapshot twice already; give another name.");
    expect(await words(look(house.ctx, snapshotRollback, { vmid: 114, snapshot: "never" }))).toBe("unavailable: web1 has no snapshot never (twice).");
    expect(await words(look(house.ctx, snapshotDelete, { vmid: 115, snapshot: "never" }))).toBe("unavailable: web2 has no snapshot never (it has none).");
    expect(snapshotCreate.input.safeParse({ vmid: 114, snapshot: "a b; rm" }).success).toBe(false);
    expect(snapshotCreate.input.safeParse({ vmid: 114, snapshot: "current" }).success).toBe(false);
  });

  test("a thin pool that is nearly full", async () => {
    await house.lab.break("guest-io-error", "guest/100");
    expect(await words(look(house.ctx, snapshotCreate, { vmid: 106 }))).toContain("Thin storage local-lvm on agent1 is 100 % full");
    await house.lab.heal("guest-io-error");
  });

  test("rollback and delete are held for Jarvis and asked of the operator, and no token has them", async () => {
    for (const tool of [snapshotRollback, snapshotDelete]) {
      const facts = await lookCalm(house.ctx, tool, { vmid: 114, snapshot: "twice" });
      expect([ruling(tool, facts, "jarvis"), ruling(tool, facts, "operator"), ruling(tool, facts, "token")]).toEqual([
        "held destructive",
        "held destructive",
        "refused token_destructive",
      ]);
      expect(ruling(tool, { ...facts, protection: true }, "operator")).toContain("refused protection");
    }
  });
});

test("an age is told in the unit that says enough", () => {
  expect([90, 3700, 9000, 3 * 86_400].map(ageWords)).toEqual(["90 seconds", "61 minutes", "2 hours", "3 days"]);
});
