// Links that no single source tells: who serves a network storage, and what the operator declared; and what is to be said of a declared link nothing fits.
import { describe, expect, test } from "bun:test";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { circlesIn, strangersIn } from "../../../core/state/declared.ts";
import { link } from "../../../core/state/links.ts";

const live = (id: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  kind: "guest",
  name: id.split("/").at(-1) ?? id,
  status: "up",
  stale: false,
  at: "2026-01-01T00:00:00Z",
  plugin: "farm",
  ...more,
});
const house = (): Map<string, LiveResource> =>
  new Map(
    [
      live("node/pve", { kind: "node", labels: { addresses: "192.168.1.74" } }),
      live("guest/105", { name: "nas", labels: { addresses: "10.0.0.5/24" } }),
      live("guest/106", { needs: ["storage/shared/nas"] }),
      live("storage/shared/nas", { kind: "storage" }),
    ].map((one) => [one.id, one]),
  );
const storage = { id: "storage/shared/nas", kind: "storage" as const, name: "nas", status: "up" as const };

describe("a network storage", () => {
  test.each([
    ["a guest's address", "10.0.0.5", ["guest/105"]],
    ["a guest's name", "nas.lan", ["guest/105"]],
    ["a node's address", "192.168.1.74", ["node/pve"]],
    ["an address nobody here has", "10.9.9.9", undefined],
  ])("served from %s needs that machine", (_, servedBy, needs) => {
    const byId = house();
    link(byId, { hints: [{ ...storage, servedBy }], declared: {}, own: [] });
    expect(byId.get("storage/shared/nas")?.needs).toEqual(needs);
  });
});

test("what the operator declared is added to what is told, once, never to itself; a name nothing has is no thing", () => {
  const byId = house();
  link(byId, { hints: [], declared: { "guest/106": ["guest/105", "storage/shared/nas", "guest/106"], "guest/999": ["node/pve"] }, own: [] });
  expect(byId.get("guest/106")?.needs).toEqual(["storage/shared/nas", "guest/105"]);
  expect(byId.has("guest/999")).toBe(false);
});

describe("of declared links is told", () => {
  const known = ["guest/105", "storage/shared/nas", "container/mgmt/db"];
  test("nothing where all are seen", () => {
    expect(strangersIn({ "container/mgmt/db": ["storage/shared/nas"] }, known)).toEqual([]);
  });
  test("each name that nothing has, with its place and the nearest", () => {
    expect(strangersIn({ "guest/105": ["storage/shared/nas", "container/mgmt/bd"], "guest/9999999": ["guest/105"] }, known)).toEqual([
      { path: ["depends", "guest/105", 1], words: "nothing seen is named container/mgmt/bd, so this link is without effect. Did you mean container/mgmt/db?" },
      { path: ["depends", "guest/9999999"], words: "nothing seen is named guest/9999999, so this link is without effect." },
    ]);
  });
  test("a circle, once, with its way", () => {
    const declared = { "guest/105": ["storage/shared/nas"], "storage/shared/nas": ["container/mgmt/db"], "container/mgmt/db": ["guest/105"] };
    expect(circlesIn(declared).map(({ words }) => words)).toEqual([
      "these need each other in a circle (guest/105 needs storage/shared/nas needs container/mgmt/db needs guest/105); of several that fail, the first is taken for the root.",
    ]);
  });
});
