// Settings, disk sizes, copies and locks over the lab, as a person with every right and as the token that has few.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guestClone } from "../../../../plugins/proxmox/tools/clone.ts";
import { changesOf, forbidden, guestConfigSet } from "../../../../plugins/proxmox/tools/guest-config.ts";
import { guestDiskResize, wrongSize } from "../../../../plugins/proxmox/tools/resize.ts";
import { guestUnlock } from "../../../../plugins/proxmox/tools/unlock.ts";
import { ownerOf } from "../../../../plugins/proxmox/tools/unlock-proof.ts";
import { type House, openHouse } from "../house.ts";
import { asRoot, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
let root: House["ctx"];
beforeAll(async () => {
  house = await openHouse(20);
  root = asRoot(house);
}, 60_000);
afterAll(() => house?.stop());

const DENIED = "upstream_denied";

describe("settings", () => {
  test("are written under the digest, checked, and said to be so the second time", async () => {
    const input = { vmid: 110, set: { tags: "files;kept", description: "papers", onboot: true, startup: "order=3,up=30" } };
    const { facts, verdict } = await succeeds(root, guestConfigSet, input);
    expect(facts.facts?.digest).toMatch(/^[0-9a-f]{40}$/);
    expect(verdict.words).toBe("paperless has the settings.");
    expect((await lookCalm(root, guestConfigSet, input)).already).toBe("paperless has these settings already");
    expect((await succeeds(root, guestConfigSet, { vmid: 110, set: { description: "" } })).verdict.ok).toBe(true);
  }, 60_000);

  test("that wait for the next start are told as waiting", async () => {
    const { verdict, facts } = await succeeds(root, guestConfigSet, { vmid: 110, set: { cores: 3, memory: 5120 } });
    expect(verdict.words).toBe("paperless has the settings; memory, cores takes effect at its next start.");
    expect(facts.memoryFreeAfter).toBeGreaterThan(0);
  }, 60_000);

  test("changed by somebody else since the look are left as they are", async () => {
    const input = { vmid: 105, set: { description: "ours" } };
    const facts = await lookCalm(root, guestConfigSet, input);
    await house.lab.as("root@pam", "PUT", "/nodes/Home/lxc/105/config", { description: "theirs" });
    expect(await words(send(root, guestConfigSet, input, facts))).toContain("Somebody else changed it since it was read; nothing was written");
  });

  test("whose reply was lost are read back; an unchanged digest proves that nothing was written", async () => {
    const { said, found, noted } = await loses(house, root, guestConfigSet, { vmid: 115, set: { tags: "web;lost" } }, { method: "PUT", path: "/nodes/pve/lxc/115/config" });
    expect(said).toStartWith("upstream");
    expect(found.words).toBe("The configuration of web2 says so now.");
    const facts = await lookCalm(root, guestConfigSet, { vmid: 115, set: { tags: "other" } });
    expect(await guestConfigSet.trace?.(root, { vmid: 115, set: { tags: "other" } }, { preflight: facts })).toMatchObject({ found: "absence" });
    expect(await guestConfigSet.trace?.(root, { vmid: 115, set: { tags: "other" } }, noted)).toMatchObject({ found: "unclear" });
  });

  test("that are not on the list, or take memory from a running guest, are refused", async () => {
    for (const set of [{ protection: false }, { args: "-x" }, { hookscript: "local:x" }, { net0: "x" }, {}, { startup: "order=1;rm" }, { tags: "a b" }])
      expect(guestConfigSet.input.safeParse({ vmid: 110, set }).success).toBe(false);
    expect(await words(look(root, guestConfigSet, { vmid: 102, set: { memory: 1024 } }))).toContain("postgres runs with 4096 MiB; taking memory from a running guest can kill");
    expect(await words(look(root, guestConfigSet, { vmid: 102, set: { balloon: 0 } }))).toBe("unavailable: balloon is no setting of a container.");
    expect(forbidden({ balloon: 4096 }, { memory: "2048" }, { name: "x", sort: "qemu", running: false })).toContain("cannot be more than its memory (2048 MiB)");
    expect(changesOf({ tags: "b;a", onboot: false, memory: 512, description: "x" }, { tags: "a;b", memory: "512", description: "x\n" })).toEqual([]);
  });

  test("that would leave the node no memory are refused by the pipeline", async () => {
    const facts = await lookCalm(root, guestConfigSet, { vmid: 107, set: { memory: 1_000_000 } });
    expect(ruling(guestConfigSet, facts, "operator")).toStartWith("refused capacity");
  });

  test("without the right are refused by Proxmox, who names it", async () => {
    const facts = await lookCalm(house.ctx, guestConfigSet, { vmid: 114, set: { tags: "x" } });
    const said = await words(send(house.ctx, guestConfigSet, { vmid: 114, set: { tags: "x" } }, facts));
    expect(said).toStartWith(DENIED);
    expect(said).toContain("VM.Config");
  });
});

describe("a disk", () => {
  test("grows to a size in all, and is as large already the second time", async () => {
    const { verdict, facts } = await succeeds(root, guestDiskResize, { vmid: 110, disk: "scsi0", sizeGib: 42 });
    expect(facts.facts).toMatchObject({ from: "40 GiB", to: "42 GiB" });
    expect(verdict.words).toBe("scsi0 of paperless has 42 GiB.");
    expect((await lookCalm(root, guestDiskResize, { vmid: 110, disk: "scsi0", sizeGib: 42 })).already).toBe("scsi0 of paperless has 42 GiB already");
  }, 60_000);

  test("whose reply was lost is measured", async () => {
    const { found } = await loses(house, root, guestDiskResize, { vmid: 114, disk: "rootfs", sizeGib: 30 }, { method: "PUT", path: "/nodes/pve/lxc/114/resize" });
    expect(found.found).toBe("effect");
  }, 60_000);

  test("is never made smaller, and not larger than its storage bears", async () => {
    expect(await words(look(root, guestDiskResize, { vmid: 101, disk: "scsi0", sizeGib: 60 }))).toContain("scsi0 has 120 GiB; a disk is never made smaller");
    expect(await words(look(root, guestDiskResize, { vmid: 101, disk: "scsi0", sizeGib: 5000 }))).toContain("and 10 % must stay");
    expect(await words(look(root, guestDiskResize, { vmid: 101, disk: "scsi9", sizeGib: 60 }))).toBe("unavailable: nextcloud has no disk scsi9 (scsi0).");
    expect(wrongSize({ key: "scsi0", bytes: undefined }, 5)).toContain("is not known");
  });

  test("is held for Jarvis, asked of the operator, and no token's", async () => {
    const facts = await lookCalm(root, guestDiskResize, { vmid: 101, disk: "scsi0", sizeGib: 121 });
    expect((["jarvis", "operator", "token"] as const).map((who) => ruling(guestDiskResize, facts, who))).toEqual([
      "held destructive",
      "held destructive",
      "refused token_destructive",
    ]);
  });

  test("of a guest the token may not change is refused by Proxmox, who names the right", async () => {
    const facts = await lookCalm(house.ctx, guestDiskResize, { vmid: 115, disk: "rootfs", sizeGib: 30 });
    expect(await words(send(house.ctx, guestDiskResize, { vmid: 115, disk: "rootfs", sizeGib: 30 }, facts))).toContain("VM.Config.Disk");
  });
});

describe("a copy", () => {
  test("of a template, linked, stands stopped under the next number", async () => {
    const { facts, verdict, sent } = await succeeds(root, guestClone, { vmid: 900, name: "fresh", linked: true });
    expect(verdict.words).toBe(`Guest ${facts.facts?.newVmid} (fresh) is there and stopped.`);
    expect(sent.result?.data).toMatchObject({ newVmid: Number(facts.facts?.newVmid) });
  }, 60_000);

  test("whose reply was lost is found by its task", async () => {
    const { found } = await loses(house, root, guestClone, { vmid: 119, name: "lost", newVmid: 950 }, { method: "POST", path: "/nodes/Home/lxc/119/clone" });
    expect(found).toMatchObject({ upid: expect.stringContaining(":vzclone:119:root@pam:") });
  }, 60_000);

  test("under a taken number, linked of no template, of a running container, or without room is refused", async () => {
    expect(await words(look(root, guestClone, { vmid: 900, name: "x", newVmid: 101 }))).toBe("unavailable: 101 is taken by nextcloud on pve; give another newVmid.");
    expect(await words(look(root, guestClone, { vmid: 110, name: "x", linked: true }))).toContain("paperless is no template");
    expect(await words(look(root, guestClone, { vmid: 102, name: "x" }))).toContain("postgres is a running container: copy one of its snapshots");
    expect(await words(look(root, guestClone, { vmid: 900, name: "x", storage: "floppy" }))).toBe("unavailable: There is no storage floppy on pve.");
    expect(guestClone.input.safeParse({ vmid: 900, name: "a b" }).success).toBe(false);
  });

  test("that the token may not make is refused by Proxmox, who names the right", async () => {
    const facts = await lookCalm(house.ctx, guestClone, { vmid: 900, name: "x", linked: true });
    expect(await words(send(house.ctx, guestClone, { vmid: 900, name: "x", linked: true }, facts))).toContain("VM.Clone");
  });
});

describe("a stale lock", () => {
  test("is taken off with proof, by root only; a token is told the proof and the command", async () => {
    await house.lab.break("guest-lock-stale", "guest/101", { hours: 5 });
    expect(await words(look(house.ctx, guestUnlock, { vmid: 101 }))).toBe(
      "unavailable: The lock backup of nextcloud is stale (no task on any node has touched nextcloud for 60 minutes), but Proxmox lets only root@pam take it off. On pve run: qm unlock 101",
    );
    const facts = await look(root, guestUnlock, { vmid: 101 });
    expect(facts.lock).toBeUndefined();
    expect(facts.facts).toMatchObject({ lock: "backup", proof: "no task on any node has touched nextcloud for 60 minutes" });
    expect((["jarvis", "operator", "token"] as const).map((who) => ruling(guestUnlock, facts, who))).toEqual(["held destructive", "held destructive", "refused token_destructive"]);
    const { verdict } = await succeeds(root, guestUnlock, { vmid: 101 });
    expect(verdict.words).toBe("nextcloud has no lock.");
    expect((await look(root, guestUnlock, { vmid: 101 })).already).toBe("nextcloud is not locked");
  }, 60_000);

  test("of a container is never sent, whoever asks: Proxmox has no call for it, so the proof and the command are told", async () => {
    await house.lab.break("guest-lock-stale", "guest/105", { hours: 5 });
    for (const ctx of [root, house.ctx])
      expect(await words(look(ctx, guestUnlock, { vmid: 105 }))).toMatch(
        /^unavailable: The lock backup of \S+ is stale \(no task on any node has touched \S+ for 60 minutes\), but Proxmox takes it off a container at the node's own shell only, for root too\. On Home run: pct unlock 105$/,
      );
  }, 60_000);

  test("whose removal's reply was lost is looked for in the configuration", async () => {
    await house.lab.break("guest-lock-stale", "guest/106", { hours: 5 });
    const { found, noted } = await loses(house, root, guestUnlock, { vmid: 106 }, { method: "PUT", path: "/nodes/agent1/qemu/106/config" });
    expect(found.words).toBe("immich has no lock any more.");
    await house.lab.break("guest-lock-stale", "guest/106", { hours: 5 }).catch(() => undefined);
    expect(await guestUnlock.trace?.(root, { vmid: 106 }, noted)).toHaveProperty("found");
  }, 60_000);

  test("that is young, owned, or of a move is left alone", async () => {
    await house.lab.break("guest-lock-stale", "guest/102", { hours: 0.2 });
    expect(await words(look(root, guestUnlock, { vmid: 102 }))).toContain("may still have its owner: vzdump on pve is too young");
    await house.lab.break("guest-lock-stale", "guest/103", { hours: 5, lock: "migrate" });
    expect(await words(look(root, guestUnlock, { vmid: 103 }))).toContain("has the lock migrate: what it was taken for may be half done");
    const upid = (type: string, id: string, rest: object) => ({ upid: "U", node: "n", type, id, user: "root@pam", startedAt: 0, ...rest });
    const about = { vmid: 101, lock: "backup", sinceMs: 1000 };
    expect(ownerOf([upid("vzdump", "", {})], about)).toContain("vzdump still runs on n");
    expect(ownerOf([upid("vzdump", "", { endedAt: 2000, exit: "OK" })], about)).toContain("too young");
    expect(ownerOf([upid("vzdump", "102", {}), upid("vzdump", "", { endedAt: 900, exit: "OK" })], about)).toBeUndefined();
  }, 60_000);

  test("is not judged while a node is away whose tasks cannot be seen", async () => {
    await house.lab.break("guest-lock-stale", "guest/108", { hours: 5 });
    await house.lab.break("node-down", "node/agent");
    expect(await words(look(root, guestUnlock, { vmid: 108 }))).toContain("node agent is offline, and a task there cannot be ruled out");
  }, 60_000);
});
