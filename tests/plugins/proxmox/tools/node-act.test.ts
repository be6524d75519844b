// Acts on nodes over the lab: a service, a shutdown, a wake-up, a reboot. What they bring about, what they refuse, what Proxmox refuses, and what is found after a lost reply.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { nodeReboot, nodeShutdown } from "../../../../plugins/proxmox/tools/node-power.ts";
import { nodeServiceRestart } from "../../../../plugins/proxmox/tools/node-service.ts";
import { complaintOf, hangs, waitingOf } from "../../../../plugins/proxmox/tools/node-stuck.ts";
import { nodeWake } from "../../../../plugins/proxmox/tools/node-wake.ts";
import { until } from "../../../support/until.ts";
import { fakeApi } from "../fake-api.ts";
import { type House, openHouse } from "../house.ts";
import { asRoot, ends, look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
let root: ReturnType<typeof asRoot>;
beforeAll(async () => {
  house = await openHouse(12);
  root = asRoot(house);
}, 60_000);
afterAll(() => house?.stop());

describe("a node's service", () => {
  test("that failed runs again after a restart, by one task", async () => {
    await house.lab.break("pvestatd-dead", "node/Home");
    const { facts, sent, verdict } = await succeeds(root, nodeServiceRestart, { node: "home", service: "pvestatd" });
    expect(facts).toMatchObject({ target: "node/home", name: "Home", quorate: true });
    expect(sent.result?.upid).toContain(":srvrestart:pvestatd:root@pam:");
    expect(verdict.words).toBe("pvestatd on Home is running.");
    await house.lab.heal("pvestatd-dead");
  }, 60_000);

  test("outside the list is no input at all", () => {
    for (const service of ["corosync", "pve-cluster", "pve-ha-lrm", "pve-ha-crm", "watchdog-mux", "sshd"])
      expect(nodeServiceRestart.input.safeParse({ node: "pve", service }).success).toBe(false);
  });

  test("that is not there is refused", async () => {
    expect(await words(look(root, nodeServiceRestart, { node: "pve", service: "systemd-timesyncd" }))).toBe("unavailable: pve has no systemd-timesyncd.");
  });

  test("is refused in words where processes hang in the kernel", async () => {
    await house.lab.break("storage-hang", "storage/pve/nas");
    const said = await words(look(root, nodeServiceRestart, { node: "pve", service: "pvestatd" }));
    await house.lab.heal("storage-hang");
    expect(said).toContain("Processes hang in the kernel of pve");
  }, 60_000);

  test("is refused in words where the kernel's words cannot be read", async () => {
    const denied = { status: 403, statusText: "Permission check failed (/nodes/pve, Sys.Syslog)", body: { data: null } };
    const { ctx, client } = fakeApi(({ path }) => (path.includes("/journal") ? denied : { body: { data: { loadavg: ["0.1"], cpu: 0.1 } } }));
    expect(await hangs(Object.assign(ctx, { client }), "pve")).toContain("what its kernel says could not be read");
  });

  test("needs a right that the ordinary token has not, and says which", async () => {
    const facts = await look(house.ctx, nodeServiceRestart, { node: "pve", service: "pvestatd" });
    expect(await words(send(house.ctx, nodeServiceRestart, { node: "pve", service: "pvestatd" }, facts))).toMatch(/^upstream_denied: .*Sys\.Modify/);
  });

  test("whose reply was lost is found by its task", async () => {
    const { found } = await loses(house, root, nodeServiceRestart, { node: "pve", service: "chrony" }, { method: "POST", path: "/nodes/pve/services/chrony/restart" });
    expect(found).toMatchObject({ found: "effect", upid: expect.stringContaining(":srvrestart:chrony:") });
  }, 60_000);
});

describe("what shows of hanging processes", () => {
  test("load that no work explains", () => {
    expect(waitingOf({ load1: 14, cpu: 0.05, cpus: 6 })).toBe(14);
    expect(waitingOf({ load1: 22, cpu: 0.95, cpus: 20 })).toBeUndefined();
    expect(waitingOf({ load1: 4, cpu: 0.1, cpus: 2 })).toBeUndefined();
  });

  test("the kernel's words, until it takes them back", () => {
    const hung = "x kernel: INFO: task pvestatd:1204 blocked for more than 120 seconds.";
    const lost = "x kernel: nfs: server 10.0.0.9 not responding, still trying";
    expect(complaintOf(["a", hung])).toBe("task pvestatd:1204 blocked for more than 120 seconds");
    expect(complaintOf([lost, "x kernel: nfs: server 10.0.0.9 OK"])).toBeUndefined();
    expect(complaintOf(["a", "b"])).toBeUndefined();
  });
});

describe("a node going down", () => {
  test("is refused while guests run on it, and names them", async () => {
    expect(await words(look(root, nodeShutdown, { node: "agent" }))).toStartWith(
      "unavailable: 2 guests run on agent: adguard (103), wireguard (116). Move or shut them down first",
    );
  });

  test("carries its guests, so that one protected or Jarvis's own stops it, and a person decides", async () => {
    const facts = await lookCalm(root, nodeShutdown, { node: "agent", withGuests: true });
    expect(facts).toMatchObject({ target: "node/agent", carries: ["guest/103", "guest/116"], facts: { votes: "3 of 4 votes stay" } });
    expect(facts.touches).toBeUndefined();
    expect([ruling(nodeShutdown, facts, "operator"), ruling(nodeShutdown, facts, "jarvis"), ruling(nodeShutdown, facts, "token")]).toEqual([
      "held destructive",
      "held destructive",
      "refused token_destructive",
    ]);
  });

  test("that does not exist, or is the one that quorum hangs on, is refused", async () => {
    expect(await words(look(root, nodeShutdown, { node: "nowhere" }))).toStartWith("not_found: There is no node nowhere in this cluster (");
    await house.lab.break("node-down", "node/Home");
    const said = (node: string, part: string) =>
      until(async () => ((await words(look(root, nodeReboot, { node, withGuests: true }))).includes(part) ? true : undefined), { withinMs: 20_000, what: part });
    await said("agent", "only 2 of 4 votes would stay and 3 are needed: the whole cluster would stop");
    await said("Home", "Home is offline and cannot be rebooted; proxmox_node_wake starts it.");
    await house.lab.heal("node-down");
    await until(async () => (await look(root, nodeWake, { node: "Home" })).already, { withinMs: 30_000, what: "Home being back" });
  }, 60_000);

  test("needs a right that the ordinary token has not", async () => {
    const facts = await lookCalm(house.ctx, nodeShutdown, { node: "agent", withGuests: true });
    expect(await words(send(house.ctx, nodeShutdown, { node: "agent", withGuests: true }, facts))).toMatch(/^upstream_denied: .*Sys\.PowerMgmt/);
  }, 60_000);

  test("stays down, says so the second time; Jarvis does not wake what a person shut down, a person may", async () => {
    const input = { node: "agent", withGuests: true };
    const { sent, ended, verdict } = await succeeds(root, nodeShutdown, input);
    expect(sent.result).toMatchObject({ text: "Told agent to shut down; 2 guests go down with it, 3 of 4 votes stay.", data: { node: "agent", guests: [103, 116] } });
    expect(ended.text).toContain("agent is offline.");
    expect(verdict.words).toBe("agent is offline.");
    expect((await look(root, nodeShutdown, input)).already).toBe("agent is offline already");
    const facts = await look(root, nodeWake, { node: "agent" });
    expect(facts.lastHumanAct).toMatchObject({ stop: true, words: "stopall by root@pam was the last on agent" });
    expect(ruling(nodeWake, facts, "jarvis")).toStartWith("refused human: A person stopped node/agent");
    expect(ruling(nodeWake, facts, "operator")).toBe("runs");
    const woken = await succeeds(root, nodeWake, { node: "agent" });
    expect(woken.verdict.words).toBe("agent is online.");
    expect((await look(root, nodeWake, { node: "agent" })).already).toBe("agent is online already");
  }, 120_000);

  test("for a reboot comes back, and a lost reply is found by what the node does", async () => {
    const input = { node: "agent", withGuests: true };
    const { found, noted } = await loses(house, root, nodeReboot, input, { method: "POST", path: "/nodes/agent/status" });
    expect(found.found).toBe("effect");
    expect(await nodeReboot.verify?.(root, input, noted, undefined)).toMatchObject({ ok: false });
    expect(await ends(root, nodeReboot, input, noted)).toMatchObject({ ok: true, text: expect.stringContaining("agent is online, up for") });
  }, 120_000);
});

describe("a wake-up", () => {
  test("of a node that lost its power brings it back; before anybody watched, Jarvis leaves it", async () => {
    await house.lab.break("node-down", "node/agent1");
    const facts = await until(
      async () => {
        const seen = await look(root, nodeWake, { node: "agent1" });
        return seen.already === undefined && seen.quorate === true ? seen : undefined;
      },
      { withinMs: 20_000, what: "agent1 being away" },
    );
    expect(facts.lastHumanAct).toBeNull();
    expect(ruling(nodeWake, facts, "jarvis")).toStartWith("refused human");
    const seen = { "proxmox/cluster": { value: { nodes: { agent1: { offlineSince: new Date(root.now()).toISOString(), door: "closed" } } }, revision: 1, at: "", stale: false } };
    const watching = { ...root, state: async () => seen };
    const known = await look(watching, nodeWake, { node: "agent1" });
    expect(known.lastHumanAct).toBeUndefined();
    expect(ruling(nodeWake, known, "jarvis")).toBe("runs");
    expect((await succeeds(watching, nodeWake, { node: "agent1" })).verdict.words).toBe("agent1 is online.");
    await house.lab.heal("node-down");
  }, 120_000);

  test("of a node whose own API answers is refused: its network is gone, not its power", async () => {
    await house.lab.break("node-isolated", "node/agent1");
    const seen = { "proxmox/cluster": { value: { nodes: { agent1: { door: "answers" } } }, revision: 1, at: "", stale: false } };
    await until(
      async () =>
        (await words(look({ ...root, state: async () => seen }, nodeWake, { node: "agent1" }))).startsWith("unavailable: agent1 is not off: its own API answers")
          ? true
          : undefined,
      { withinMs: 20_000, what: "the refusal" },
    );
    await house.lab.heal("node-isolated");
  }, 60_000);
});
