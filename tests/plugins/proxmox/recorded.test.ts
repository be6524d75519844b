// The shapes over bodies that real servers sent. That data is not part of this repository: without it these tests skip, saying so.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { failureOf } from "../../../plugins/proxmox/client/failure.ts";
import { guestIds } from "../../../plugins/proxmox/monitors/resources-answer.ts";
import { storagesOf } from "../../../plugins/proxmox/monitors/store-state.ts";
import { ClusterRows, membershipOf } from "../../../plugins/proxmox/shapes/cluster.ts";
import { Current, factsOf, GuestConfig } from "../../../plugins/proxmox/shapes/guest.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { TaskLog, TaskStatus, Tasks } from "../../../plugins/proxmox/shapes/task.ts";
import { sharedPath } from "../../support/shared.ts";

const Recorded = z.looseObject({ status: z.number(), body: z.unknown() });
const bodyOf = (name: string) => Recorded.parse(JSON.parse(readFileSync(sharedPath(`pve/recorded/${name}.json`) ?? "", "utf8")));
const dataOf = (name: string): unknown => z.looseObject({ data: z.unknown() }).parse(bodyOf(name).body).data;

const here = sharedPath("pve/recorded/index.json") !== undefined;
if (!here) console.warn("skipped: the recorded bodies are not on this machine");

describe.skipIf(!here)("recorded bodies", () => {
  test.each(["cluster-resources", "cluster-resources-3nodes-9.1.1", "cluster-resources-vm-ha-migrating-9.2"])("%s", (name) => {
    const entries = Entries.parse(dataOf(name));
    expect(guestIds(entries).size + entries.filter((entry) => entry.type === "node").length).toBeGreaterThan(0);
    expect(entries.filter((entry) => entry.vmid !== undefined).every((entry) => entry.node !== undefined && entry.status !== undefined)).toBe(true);
    expect(() => storagesOf(entries)).not.toThrow();
  });

  test("cluster-status-4nodes", () => expect(membershipOf(ClusterRows.parse(dataOf("cluster-status-4nodes")))).toMatchObject({ quorate: true, online: 4, of: 4 }));

  test.each(["cluster-tasks", "node-tasks-9.0.6", "node-tasks-vzdump-9"])("%s", (name) => {
    const tasks = Tasks.parse(dataOf(name));
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks.every((task) => task.startedAt > 1e12 && task.user.includes("@"))).toBe(true);
  });

  test.each([
    "qemu-status-current-7",
    "qemu-status-current-9.0.6",
    "qemu-status-current-running-9.1",
    "qemu-status-current-template-9.1",
    "lxc-status-current-9.0.6",
    "lxc-status-current-stopped-7",
  ])("%s", (name) => {
    expect(Current.parse(dataOf(name)).status).toMatch(/^(running|stopped)$/);
  });

  test.each(["task-status-failed", "task-status-ok-9.2", "task-status-running-9.2", "task-status-running"])("%s", (name) => {
    expect(TaskStatus.parse(dataOf(name)).status).toMatch(/^(running|stopped)$/);
  });

  test("task-log", () => expect(TaskLog.parse(dataOf("task-log")).length).toBeGreaterThan(0));

  test("configurations give an identity", () => {
    expect(factsOf("qemu", GuestConfig.parse(dataOf("qemu-config-9")))).toMatchObject({ identity: "vm:bc:24:11:2e:c5:4a", addresses: ["192.168.1.10"] });
    expect(factsOf("lxc", GuestConfig.parse(dataOf("lxc-config-7")))).toMatchObject({ identity: "ct:5d:cf:bd:b2:c5:39", onboot: true });
  });

  const ASKED = { origin: "https://10.0.0.1:8006", method: "GET", path: "/x", who: "jarvis@pve!observe", by: "token" } as const;
  test("errors are called by their names", () => {
    const missing = bodyOf("error-vm-not-found-9.1");
    expect(failureOf({ status: missing.status, statusText: "", headers: {}, body: JSON.stringify(missing.body) }, ASKED).type).toBe("not_found");
    expect(failureOf({ status: bodyOf("error-401-token").status, statusText: "Authentication failed!", headers: {}, body: "" }, ASKED).type).toBe("upstream_auth");
    const bad = bodyOf("error-param-400");
    expect(failureOf({ status: bad.status, statusText: "", headers: {}, body: JSON.stringify(bad.body) }, ASKED).message).toContain("vmid: property is missing");
  });
});
