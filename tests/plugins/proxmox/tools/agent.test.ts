// The guest agent over the lab: asked, thawed, and one program run through it; silent, absent, frozen, and without the right.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isConfigured } from "../../../../plugins/proxmox/tools/agent-answer.ts";
import { endOf, guestAgentExec } from "../../../../plugins/proxmox/tools/agent-exec.ts";
import { guestAgentGet } from "../../../../plugins/proxmox/tools/agent-look.ts";
import { guestThaw } from "../../../../plugins/proxmox/tools/agent-thaw.ts";
import { type House, openHouse } from "../house.ts";
import { asRoot, ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
let root: House["ctx"];
beforeAll(async () => {
  house = await openHouse(20);
  root = asRoot(house);
}, 60_000);
afterAll(() => house?.stop());

const ask = async (vmid: number) => (await guestAgentGet.run(house.ctx, { vmid }, {})).text;

describe("the agent", () => {
  test("tells its system, file systems and addresses", async () => {
    const { text, data } = await guestAgentGet.run(house.ctx, { guest: "nextcloud" }, {});
    expect(text).toStartWith("The guest agent of nextcloud answers (9.2.0): Debian GNU/Linux 12 (bookworm), kernel 6.1.0-37-amd64, host name nextcloud.");
    expect(text).toContain("/ 41 % of ");
    expect(guestAgentGet.output?.safeParse(data).success).toBe(true);
  });

  test("that a container has not, that is not configured, or that is silent is told as what it is", async () => {
    expect(await ask(105)).toContain("jellyfin is a container: Proxmox has no guest agent and no call to run commands in containers. On Home: pct exec 105 -- COMMAND");
    expect(await ask(107)).toContain("win-lab is stopped; its agent answers only while it runs.");
    await house.lab.break("agent-dead", "guest/101");
    expect(await ask(101)).toContain("QEMU guest agent is not running");
    await house.lab.heal("agent-dead");
    expect([1, "1", "enabled=1,fstrim_cloned_disks=1", "type=virtio,enabled=1", true].map((agent) => isConfigured({ agent }))).toEqual([true, true, true, true, true]);
    expect([0, "0", "enabled=0", undefined, "10"].map((agent) => isConfigured({ agent }))).toEqual([false, false, false, false, false]);
  });
});

describe("a program inside", () => {
  test("gets its arguments as they are, and its output and exit code come back", async () => {
    const { ended, verdict } = await succeeds(root, guestAgentExec, { vmid: 101, command: ["hostname"] });
    expect(ended).toMatchObject({ text: "The command ended with exit code 0.\nIt printed:\nnextcloud\n", data: { exitCode: 0, stdout: "nextcloud\n" } });
    expect(verdict.words).toBe("The command ended well and nextcloud is running.");
    // A list of words is no shell line: what looks like one is a program of that name.
    const facts = await lookCalm(root, guestAgentExec, { vmid: 101, command: ["hostname; reboot"] });
    const sent = await send(root, guestAgentExec, { vmid: 101, command: ["hostname; reboot"] }, facts);
    expect(await ends(root, guestAgentExec, { vmid: 101, command: ["x"] }, sent)).toMatchObject({ ok: false, text: expect.stringContaining("exit code 127") });
    // The agent tells an end once.
    expect(await guestAgentExec.progress?.(root, { vmid: 101, command: ["x"] }, sent)).toMatchObject({
      ended: true,
      ok: false,
      text: expect.stringContaining("the answer was lost"),
    });
  }, 60_000);

  test("is held for Jarvis, asked of the operator, and no token's; its list has no shell string", async () => {
    const facts = await lookCalm(root, guestAgentExec, { vmid: 101, command: ["id"] });
    expect((["jarvis", "operator", "token"] as const).map((who) => ruling(guestAgentExec, facts, who))).toEqual([
      "held destructive",
      "held destructive",
      "refused token_destructive",
    ]);
    for (const command of ["id", [], [""], [1]]) expect(guestAgentExec.input.safeParse({ vmid: 101, command }).success).toBe(false);
  });

  test("is refused where no agent answers, and without the right in Proxmox's words", async () => {
    expect(await words(look(root, guestAgentExec, { vmid: 105, command: ["id"] }))).toContain("no call to run commands in containers");
    const facts = await lookCalm(house.ctx, guestAgentExec, { vmid: 101, command: ["id"] });
    expect(await words(send(house.ctx, guestAgentExec, { vmid: 101, command: ["id"] }, facts))).toContain("VM.GuestAgent.Unrestricted");
    await house.lab.break("agent-dead", "guest/101");
    expect(await words(look(root, guestAgentExec, { vmid: 101, command: ["id"] }))).toContain("QEMU guest agent is not running");
    await house.lab.heal("agent-dead");
  });

  test("whose reply was lost leaves no trace, and the tool claims none", async () => {
    const facts = await lookCalm(root, guestAgentExec, { vmid: 101, command: ["id"] });
    await house.lab.dropReply({ method: "POST", path: "/nodes/pve/qemu/101/agent/exec" });
    expect(await words(send(root, guestAgentExec, { vmid: 101, command: ["id"] }, facts))).toStartWith("upstream");
    expect(guestAgentExec.trace).toBeUndefined();
    expect(endOf({ exited: true, exitcode: undefined, signal: 9, "out-data": "", "err-data": "", "out-truncated": true, "err-truncated": undefined })).toMatchObject({
      ok: false,
      text: "The command ended by signal 9. It printed nothing.",
      warnings: ["the agent cut what it printed"],
    });
  });
});

describe("frozen file systems", () => {
  test("are thawed, and a VM that is not frozen is so already", async () => {
    await house.lab.break("guest-frozen", "guest/106");
    const { verdict } = await succeeds(root, guestThaw, { vmid: 106 });
    expect(verdict.words).toBe("The file systems of immich are thawed.");
    expect((await lookCalm(root, guestThaw, { vmid: 106 })).already).toBe("the file systems of immich are not frozen");
  }, 60_000);

  test("thawed with a lost reply are looked at", async () => {
    await house.lab.break("guest-frozen", "guest/110");
    const { found } = await loses(house, root, guestThaw, { vmid: 110 }, { method: "POST", path: "/nodes/pve/qemu/110/agent/fsfreeze-thaw" });
    expect(found.words).toBe("The file systems of paperless are thawed.");
  }, 60_000);

  test("of a running backup stay frozen: the pipeline refuses", async () => {
    await house.lab.break("backup-freezing", "guest/101", { seconds: 600 });
    const facts = await look(root, guestThaw, { vmid: 101 });
    expect(facts.already).toBeUndefined();
    expect(ruling(guestThaw, facts, "operator")).toMatch(/^refused (locked|busy)/);
    await house.lab.heal("backup-freezing");
    expect(await words(look(root, guestThaw, { vmid: 105 }))).toContain("is a container");
  }, 60_000);
});
