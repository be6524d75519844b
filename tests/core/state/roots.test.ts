// One root for many alerts, over parents and needs.
import { describe, expect, test } from "bun:test";
import type { Alert } from "../../../core/contract/resource.ts";
import { rootOf, victimsOf } from "../../../core/state/roots.ts";

const all = [
  { id: "node/pve" },
  { id: "storage/pve/tank", parent: "node/pve" },
  { id: "storage/shared/nas", parent: undefined },
  { id: "guest/101", parent: "node/pve", needs: ["storage/pve/tank"] },
  { id: "guest/102", parent: "node/pve", needs: ["storage/shared/nas"] },
  { id: "container/mgmt/grafana", parent: "guest/101" },
  { id: "node/home" },
  { id: "guest/104", parent: "node/home", needs: ["storage/shared/nas"] },
];
const find = (id: string) => all.find((one) => one.id === id);
const alert = (resource: string, key: string, explains: Alert["explains"] = false): Alert => ({
  resource,
  key,
  severity: "critical",
  title: key,
  ...(explains ? { explains } : {}),
});

describe("the root of an alert", () => {
  const stopped = alert("guest/101", "guest-stopped");

  test("is none when nothing below it explains", () => {
    expect(rootOf(stopped, [stopped, alert("node/pve", "clock-drift")], find)).toBeUndefined();
  });

  test("is the node under the guest, and the node under the storage under the guest", () => {
    const node = alert("node/pve", "node-offline", true);
    const storage = alert("storage/pve/tank", "storage-offline", true);
    expect(rootOf(stopped, [stopped, storage], find)).toBe(storage);
    expect(rootOf(stopped, [stopped, node, storage], find)).toBe(node);
    expect(rootOf(storage, [storage, node], find)).toBe(node);
    expect(rootOf(node, [storage, node], find)).toBeUndefined();
    expect(rootOf(alert("container/mgmt/grafana", "died"), [node], find)).toBe(node);
  });

  test("is another alert of the same thing when that explains and this does not", () => {
    const node = alert("node/pve", "node-offline", true);
    const drift = alert("node/pve", "clock-drift");
    expect(rootOf(drift, [drift, node], find)).toBe(node);
    expect(rootOf(node, [drift, node], find)).toBeUndefined();
  });

  test("is another alert of the same thing only when that explains more than what is below", () => {
    const crashed = alert("guest/101", "guest-stopped", "below");
    const old = alert("guest/101", "snapshot-old");
    const died = alert("container/mgmt/grafana", "died");
    expect(rootOf(old, [old, crashed], find)).toBeUndefined();
    expect(rootOf(died, [died, crashed], find)).toBe(crashed);
    expect(rootOf(crashed, [crashed, alert("node/pve", "node-offline", true)], find)?.resource).toBe("node/pve");
  });

  test("is not another guest's storage", () => {
    const nas = alert("storage/shared/nas", "storage-offline", true);
    expect(rootOf(stopped, [nas], find)).toBeUndefined();
    expect(rootOf(alert("guest/104", "io-error"), [nas], find)).toBe(nas);
  });

  test("is found in things that need each other in a circle, and things nobody knows", () => {
    const ring = [
      { id: "a", parent: "b" },
      { id: "b", parent: "a" },
    ];
    expect(rootOf(alert("guest/999", "x"), [alert("node/pve", "node-offline", true)], find)).toBeUndefined();
    expect(victimsOf("a", ring)).toEqual(["b"]);
  });
});

describe("the victims", () => {
  test("of a node are its storages, its guests and what runs in them; of a shared storage the guests that need it", () => {
    expect(victimsOf("node/pve", all)).toEqual(["storage/pve/tank", "guest/101", "guest/102", "container/mgmt/grafana"]);
    expect(victimsOf("storage/shared/nas", all)).toEqual(["guest/102", "guest/104"]);
    expect(victimsOf("guest/104", all)).toEqual([]);
  });
});
