// What is drawn where there is more than anybody can see at once: nodes in place of guests, the foremost of a list, and how many more there are.
import { describe, expect, test } from "bun:test";
import { foremost, ofKind } from "../../ui/src/lib/resource/order.ts";
import { cellsOf, foldOf, MOST_GUESTS, MOST_NODES, tagOf } from "../../ui/src/lib/scene/fold.ts";
import { fleetHouse } from "../support/ui-fleet.ts";

const fleet = (nodes: number, guests: number) => {
  const { drawn } = fleetHouse(0, { nodes, guests });
  const all = ofKind(drawn, "guest");
  return { drawn, nodes: ofKind(drawn, "node"), homes: Map.groupBy(all, (guest) => guest.parent ?? "") };
};

describe("the stage's fold", () => {
  test("few nodes stand with their guests, each in its place", () => {
    const { nodes, homes } = fleet(4, 22);
    const { folded, groups } = foldOf(nodes, homes);
    expect(folded).toBe(false);
    expect(groups.map(({ id, guests }) => [id, guests.length])).toEqual([
      ["node/node1", 6],
      ["node/node2", 6],
      ["node/node3", 5],
      ["node/node4", 5],
    ]);
  });

  test("many nodes are the cells themselves, by name in four groups that say from where to where and how many guests", () => {
    const { nodes, homes } = fleet(100, 10_000);
    const { folded, groups } = foldOf(nodes.toReversed(), homes);
    expect(folded).toBe(true);
    expect(groups.map(({ guests }) => guests.length)).toEqual([25, 25, 25, 25]);
    expect(groups[0]).toMatchObject({ title: "node1 – node25", note: "2,500 guests" });
    expect(groups.every(({ ordered }) => ordered)).toBe(true);
    expect(groups.flatMap(({ guests }) => guests)[99]).toBe("node/node100");
  });

  test("too many guests on few nodes fold as well, and nothing is lost at the edge", () => {
    expect(foldOf(fleet(4, MOST_GUESTS).nodes, fleet(4, MOST_GUESTS).homes).folded).toBe(false);
    const more = fleet(4, MOST_GUESTS + 1);
    expect(foldOf(more.nodes, more.homes).groups.map(({ guests }) => guests)).toEqual([["node/node1"], ["node/node2"], ["node/node3"], ["node/node4"]]);
    expect(foldOf(fleet(MOST_NODES + 1, 50).nodes, new Map()).folded).toBe(true);
  });

  test("a folded node looks as its worst: a guest's fault is not hidden in it, a guest that is off is none", () => {
    const { nodes, homes } = fleet(30, 90);
    const [guest] = homes.get("node/node3") ?? [];
    if (guest) guest.mark = "incident";
    const cells = cellsOf(foldOf(nodes, homes), nodes, homes);
    expect(cells.get("node/node3")?.condition).toBe("crit");
    expect(cells.get("node/node1")).toEqual({ condition: "ok", level: 0.21 });
    expect(cells.size).toBe(30);
  });

  test("a cell carries as much of the name as tells it apart", () => {
    expect(["node45", "pve", "hypervisor-0173", "management"].map(tagOf)).toEqual(["node45", "pve", "0173", "manag"]);
  });
});

describe("the foremost of a list", () => {
  test("what wants an eye comes first, then the hottest, whatever is left out", () => {
    const { drawn } = fleet(10, 5000);
    const bad = drawn.resources["guest/1011"];
    const resources = { ...drawn.resources, ...(bad ? { "guest/1011": { ...bad, mark: "incident" as const } } : {}) };
    const shown = foremost(ofKind({ resources }, "guest"), 100);
    expect(shown).toHaveLength(100);
    expect(shown[0]?.id).toBe("guest/1011");
    expect(shown.slice(1).every(({ cpu }) => (cpu ?? 0) >= 58)).toBe(true);
  });

  test("a list that fits keeps its order", () => {
    const { drawn } = fleet(2, 30);
    expect(
      foremost(ofKind(drawn, "guest"), 100)
        .map(({ status }) => status)
        .lastIndexOf("up"),
    ).toBe(26);
  });
});
