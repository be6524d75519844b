// What must be moved or stopped before a node goes down, on paper.
import { expect, test } from "bun:test";
import { maintenanceCheck, maintenanceWords } from "../../../../plugins/proxmox/forecast/maintenance.ts";
import { GIB, guest, HA, node, picture } from "./picture.ts";

test("an empty node may go, and the words say by how many votes", () => {
  const check = maintenanceCheck(picture(), "a", []);
  expect(check).toMatchObject({ ready: true, blockers: [], steps: [] });
  expect(maintenanceWords(check)).toEqual(["a can go down: nothing runs on it, and 3 of 4 votes stay (3 needed)."]);
});

test("HA moves its own, shared guests move, tied ones are shut down", () => {
  const guests = [guest(1, "a", { ha: HA }), guest(2, "a", { kind: "ct" }), guest(3, "a", { storages: ["lvm"], ha: HA }), guest(4, "b"), guest(5, "a", { running: false })];
  const { steps, ready } = maintenanceCheck(picture({ guests }), "a", []);
  expect(ready).toBe(false);
  expect(steps.map(({ vmid, way, words }) => `${vmid} ${way}: ${words}`)).toEqual([
    "1 ha: HA moves it when the node goes into maintenance; b has room",
    "2 move: move it to c; a container restarts on the way",
    "3 stop: shut it down (its disks are on lvm of a alone)",
  ]);
});

test("memory is taken up guest by guest, and the last one has to stop", () => {
  const nodes = [node("a"), ...["b", "c", "d"].map((name) => node(name, { memoryBytes: 24 * GIB }))];
  const { steps } = maintenanceCheck(picture({ nodes, guests: [1, 2, 3, 4].map((vmid) => guest(vmid, "a")) }), "a", []);
  expect(steps.map(({ way, to }) => to ?? way)).toEqual(["b", "c", "d", "stop"]);
  expect(steps[3]?.words).toBe("shut it down (no node that stays has memory for it)");
});

test("quorum, another node in maintenance, and running tasks forbid it; an unread list does too", () => {
  const away = picture({ nodes: [node("a"), node("b", { lrm: "maintenance" }), node("c"), node("d", { online: false })] });
  expect(maintenanceCheck(away, "a", [{ what: "vzdump 101", id: "UPID:x" }]).blockers).toEqual([
    "only 2 of 4 votes would stay, and 3 are needed: the cluster would stop",
    "b is in maintenance already",
    "vzdump 101 is running on it (UPID:x)",
  ]);
  expect(maintenanceCheck(picture(), "a", undefined).blockers).toEqual(["which tasks run on it could not be read"]);
  expect(maintenanceCheck(picture({ quorate: false }), "a", []).blockers).toEqual(["the cluster has no quorum now"]);
});

test("a storage that a stopped guest serves and copies that have nowhere to go are told", () => {
  const guests = [guest(1, "a", { storages: ["lvm"], addresses: ["10.0.0.9"] })];
  const { breaks } = maintenanceCheck(picture({ guests, replicas: [{ id: "9-0", vmid: 9, target: "a", lastSyncMs: 1, failing: false }] }), "a", []);
  expect(breaks).toEqual(["storage nas, which g1 serves, is gone for every node while it is stopped", "replication 9-0 cannot copy to a"]);
});
