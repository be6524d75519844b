// One root for many alerts, over parents and needs.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Alert } from "../../../core/contract/resource.ts";
import { isInside, neededBy, rootOf, victimsOf } from "../../../core/state/roots.ts";

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

describe("things that need each other in a circle", () => {
  const ids = ["a", "b", "c", "d", "e"].map((name) => `service/${name}`);
  const ring = ids.map((id, at) => ({ id, needs: [ids[(at + 1) % ids.length] ?? ""] }));
  const inRing = (id: string) => ring.find((one) => one.id === id);

  test("have one root: the alert that was raised first", () => {
    const open = [ids[2], ids[0], ids[4]].map((id = "") => alert(id, "down", "below"));
    expect(open.map((one) => rootOf(one, open, inRing)?.resource)).toEqual([undefined, ids[2], ids[2]]);
  });

  test("leave an alert to itself when it is the only one", () => {
    const open = [alert(ids[1] ?? "", "down", "below")];
    expect(open.map((one) => rootOf(one, open, inRing))).toEqual([undefined]);
  });
});

describe("whatever needs whatever", () => {
  const at = fc.integer({ min: 0, max: 11 });
  const world = fc.record({
    links: fc.array(fc.tuple(at, at), { maxLength: 40 }),
    open: fc.uniqueArray(fc.record({ at, explains: fc.constantFrom<Alert["explains"]>(true, "below", false) }), { maxLength: 12, selector: (one) => one.at }),
  });

  test("every alert has a root that has none itself, so none waits for ever and none is lost", () => {
    fc.assert(
      fc.property(world, ({ links, open }) => {
        const things = Array.from({ length: 12 }, (_, index) => ({ id: `service/${index}`, needs: links.filter(([from]) => from === index).map(([, to]) => `service/${to}`) }));
        const look = (id: string) => things.find((one) => one.id === id);
        const alerts = open.map((one) => alert(`service/${one.at}`, "down", one.explains));
        for (const one of alerts) {
          const root = rootOf(one, alerts, look);
          if (root !== undefined) expect(rootOf(root, alerts, look)).toBeUndefined();
        }
        if (alerts.length > 0) expect(alerts.some((one) => rootOf(one, alerts, look) === undefined)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a place among others", () => {
  test("what lies inside a thing has it among its parents; what only needs it does not", () => {
    expect(isInside("container/mgmt/grafana", "node/pve", find)).toBe(true);
    expect(isInside("guest/101", "storage/pve/tank", find)).toBe(false);
    expect(isInside("guest/999", "node/pve", find)).toBe(false);
  });

  test("what is given up speaks for no other", () => {
    const node = alert("node/pve", "node-offline", true);
    const stopped = alert("guest/101", "guest-stopped");
    expect(rootOf(stopped, [stopped, node], find, () => false)).toBeUndefined();
  });

  test("who cannot do without a machine are those it serves too, and what lies on those", () => {
    const served = [...all, { id: "guest/105", parent: "node/pve" }, { id: "storage/shared/media", needs: ["guest/105"] }, { id: "guest/107", needs: ["storage/shared/media"] }];
    expect(neededBy("guest/105", served)).toEqual(["storage/shared/media", "guest/107"]);
    expect(neededBy("node/pve", served)).toEqual([]);
  });

  test("a chain of any length has its end", () => {
    const chain = Array.from({ length: 40 }, (_, index) => ({ id: `service/${index}`, needs: [`service/${index + 1}`] }));
    const look = (id: string) => chain.find((one) => one.id === id);
    const last = alert("service/40", "down", true);
    expect(rootOf(alert("service/0", "down"), [last], look)).toBe(last);
    expect(victimsOf("service/40", chain)).toHaveLength(40);
  });
});
