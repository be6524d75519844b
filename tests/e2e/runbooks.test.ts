// Runbooks in a living house, from the fault to the word that it is over: one that acts by itself, one that asks and is approved, one that only reports. Signed in as root, since only root takes a lock off.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { wasSent } from "../../core/contract/call.ts";
import type { Incident } from "../../core/contract/incident.ts";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";

const SPEED = 12;
const PATIENCE_MS = 150_000;
const Written = z.looseObject({ plugins: z.looseObject({ proxmox: z.record(z.string(), z.unknown()) }) });

/** The same house with a login instead of the two tokens. */
const asRoot = (text: string, password: string): string => {
  const { plugins, ...rest } = Written.parse(parse(text));
  const { token: _, actToken: __, ...proxmox } = plugins.proxmox;
  return stringify({ ...rest, plugins: { ...plugins, proxmox: { ...proxmox, user: "root@pam", password } } });
};

let house: House;
let eyes: ReturnType<typeof eyesOn>;

beforeAll(async () => {
  house = await startHouse({ speed: SPEED, seed: 44, config: without("lab"), labArgs: ["--dialect", "9.1"], withoutCore: true });
  const { config, pve } = house.lab.line;
  const root = pve.users.find(({ userid }) => userid === "root@pam");
  writeFileSync(config, asRoot(readFileSync(config, "utf8"), root?.password ?? ""));
  await house.startCore();
  eyes = eyesOn(house);
  await eyes.guestsSeen();
  await eyes.within("Jarvis to know what it runs on", async () => (await house.rpc("status.get")).self.state !== "unknown");
}, 120_000);
afterAll(async () => house?.stop());

const read = (channel: string) => house.rpc("state.refresh", { channel }).catch(() => undefined);
/** The incident of one kind once it is as wished, its channels read meanwhile. */
const incidentOf = async (key: string, resource: string, channels: readonly string[], wished: (incident: Incident) => boolean): Promise<Incident> => {
  const endsAt = performance.now() + PATIENCE_MS;
  let last: Incident | undefined;
  while (performance.now() < endsAt) {
    for (const channel of channels) await read(channel);
    const all = (await house.rpc("incidents.list", { limit: 500 })).incidents;
    last = all.find((one) => one.alert.endsWith(`#${key}#${resource}`));
    if (last !== undefined && wished(last)) return last;
    await Bun.sleep(200);
  }
  const calls = (await eyes.calls(resource)).map(({ tool, state, rule, text }) => [tool, state, rule, text]);
  throw new Error(`${key} of ${resource}: ${JSON.stringify({ last, calls }, undefined, 1)} ${house.errors().slice(-3000)}`);
};
const acts = async (target: string, incident: string) => (await eyes.calls(target)).filter((call) => call.incident === incident && call.effect !== "read");

test(
  "class A: a status daemon that died is restarted by the runbook, bound to its incident, and fixed",
  async () => {
    await house.lab.break("pvestatd-dead", "node/agent");
    const { id, words } = await incidentOf("service-down-pvestatd", "node/agent", ["proxmox/services"], ({ status }) => status === "resolved");
    expect(words).toContain("I checked twice");
    const sent = (await acts("node/agent", id)).filter(({ state }) => wasSent(state));
    expect(sent.map(({ state }) => state)).toEqual(["succeeded"]);
    expect(sent[0]).toMatchObject({
      tool: "proxmox_node_service_restart",
      state: "succeeded",
      decision: "allow",
      caller: { kind: "runbook", id: "remediation/service-pvestatd" },
      arguments: { node: "agent", service: "pvestatd" },
    });
    const told = (await eyes.feed("node/agent")).filter(({ incident, kind }) => incident === id && kind !== "notice");
    expect(told.map(({ kind }) => kind)).toEqual(["fixed", "acting", "found"]);
    expect(told[1]?.words).toBe("I restart pvestatd on agent: the numbers of agent stand still.");
  },
  2 * PATIENCE_MS,
);

test(
  "class Q: a stale lock is asked about, with the proof looked up first, and taken off once a person says so",
  async () => {
    await house.lab.break("guest-lock-stale", "guest/101");
    const channels = ["proxmox/tasks", "proxmox/guests"];
    const { id } = await incidentOf("guest-lock-stale", "guest/101", channels, ({ callIds }) => callIds.length > 0);
    const ask = await eyes.within("the ask", async () => (await house.rpc("asks.list")).asks.find(({ incident }) => incident === id));
    expect(ask).toMatchObject({ tool: "proxmox_guest_unlock", effect: "destructive", target: "guest/101", caller: { kind: "runbook", id: "remediation/guest-lock-stale" } });
    await expect(house.rpc("asks.decide", { id: ask.id, decision: "approve", hash: ask.hash })).rejects.toThrow("bad_input");
    await house.rpc("asks.decide", { id: ask.id, decision: "approve", hash: ask.hash, confirm: "guest/101" });
    const ended = await incidentOf("guest-lock-stale", "guest/101", channels, ({ status }) => status === "resolved");
    expect(ended.words).toContain("I checked twice");
    const sent = (await acts("guest/101", id)).filter(({ state }) => wasSent(state));
    expect(sent.map(({ state }) => state)).toEqual(["succeeded"]);
    const incident = await house.rpc("incidents.get", { id });
    expect(incident.timeline.map(({ words }) => words).join("\n")).toContain("proxmox_guest_explain tells:");
  },
  2 * PATIENCE_MS,
);

test(
  "class R: lost redundancy of a pool is reported with its plan, said once, and nothing is offered to run",
  async () => {
    await house.lab.break("zfs-degraded", "node/pve");
    const { id, words } = await incidentOf("zfs-degraded", "storage/pve/tank", ["proxmox/arrays"], (one) => one.status === "escalated" && one.words?.includes("serial") === true);
    expect(words).toContain("Find the disk by the serial");
    expect(await acts("storage/pve/tank", id)).toEqual([]);
    const said = (await eyes.feed("storage/pve/tank")).filter(({ incident, kind }) => incident === id && kind === "notice");
    expect(said.map((entry) => entry.words)).toEqual([expect.stringContaining("which disk, and what to do in which order")]);
    await house.lab.heal();
    await incidentOf("zfs-degraded", "storage/pve/tank", ["proxmox/arrays"], ({ status }) => status === "resolved");
  },
  2 * PATIENCE_MS,
);
