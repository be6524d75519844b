// Reset, suspend and resume over the lab: what they bring about, what they refuse, what fails in the task, and what is found after a lost reply.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { against, guestReset, guestResume, guestSuspend } from "../../../../plugins/proxmox/tools/guest-pause.ts";
import { type House, openHouse } from "../house.ts";
import { ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(10);
}, 60_000);
afterAll(() => house?.stop());

describe("a VM's processors", () => {
  test("a suspend holds, says so the second time, and a resume ends it", async () => {
    const { verdict, facts } = await succeeds(house.ctx, guestSuspend, { vmid: 101 });
    expect(verdict.words).toBe("nextcloud is paused.");
    expect(facts).toMatchObject({ target: "guest/101", parent: "node/pve", status: "running" });
    expect((await lookCalm(house.ctx, guestSuspend, { vmid: 101 })).already).toBe("nextcloud is paused already");
    const up = await succeeds(house.ctx, guestResume, { guest: "nextcloud" });
    expect(up.verdict.words).toContain("nextcloud is running");
    expect((await lookCalm(house.ctx, guestResume, { vmid: 101 })).already).toBe("nextcloud runs already");
  }, 60_000);

  test("a reset is one task and leaves it running", async () => {
    const { sent, verdict } = await succeeds(house.ctx, guestReset, { vmid: 110 });
    expect(sent.result?.upid).toContain(":qmreset:110:jarvis@pve!operate:");
    expect(verdict.words).toContain("paperless is running");
  }, 60_000);

  test("a reset whose reply was lost is found again by its task", async () => {
    const { said, found } = await loses(house, house.ctx, guestReset, { vmid: 106 }, { method: "POST", path: "/nodes/agent1/qemu/106/status/reset" });
    expect(said).toStartWith("upstream");
    expect(found).toMatchObject({ upid: expect.stringContaining(":qmreset:106:") });
  }, 60_000);

  test("a resume that Proxmox fails is told in its words", async () => {
    await house.lab.break("guest-io-error", "guest/106");
    const facts = await lookCalm(house.ctx, guestResume, { vmid: 106 });
    expect(facts.status).toBe("io-error");
    const sent = await send(house.ctx, guestResume, { vmid: 106 }, facts);
    expect(await ends(house.ctx, guestResume, { vmid: 106 }, sent)).toMatchObject({ ok: false, text: expect.stringContaining("No space left on device") });
    await house.lab.heal("guest-io-error");
  }, 60_000);
});

describe("what is refused before anything is sent", () => {
  test("a container, a stopped VM, and a state that the verb does not lead out of", async () => {
    expect(await words(look(house.ctx, guestSuspend, { vmid: 105 }))).toBe(
      "unavailable: jellyfin is a container, which has no suspend: freezing a container is experimental in Proxmox and can hang its file systems; use proxmox_guest_shutdown.",
    );
    expect(await words(look(house.ctx, guestReset, { vmid: 107 }))).toBe("unavailable: win-lab is stopped: there is nothing to reset. Use proxmox_guest_start.");
    expect(against("resume", "x", "internal-error")).toContain("needs proxmox_guest_reset");
    expect(against("suspend", "x", "io-error")).toBe("x is io-error; only a running guest can be suspended.");
  });

  test("HA's guest is not reset behind HA's back, and a template is nobody's", async () => {
    expect(ruling(guestReset, await look(house.ctx, guestReset, { vmid: 104 }), "operator")).toStartWith("refused ha: HA keeps guest/104");
    expect(await words(look(house.ctx, guestReset, { vmid: 900 }))).toContain("is stopped");
  });

  test("one that a task works on, or that is locked, is refused by the pipeline in words", async () => {
    await house.lab.break("guest-lock-stale", "guest/101");
    expect(ruling(guestReset, await look(house.ctx, guestReset, { vmid: 101 }), "operator")).toBe("refused locked: guest/101 is locked (backup).");
    await house.lab.heal("guest-lock-stale");
  });
});
