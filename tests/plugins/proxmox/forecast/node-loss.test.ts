// "What breaks if this node dies now", on paper: quorum and its margin, HA and its rules, local disks, copies, memory, and what is not known.
import { describe, expect, test } from "bun:test";
import { nodeLoss } from "../../../../plugins/proxmox/forecast/node-loss.ts";
import { lossWords } from "../../../../plugins/proxmox/forecast/words.ts";
import { GIB, guest, HA, node, picture } from "./picture.ts";

const fates = (loss: ReturnType<typeof nodeLoss>) => Object.fromEntries(loss.guests.map(({ vmid, fate, to }) => [vmid, to === undefined ? fate : `${fate} ${to}`]));

describe("quorum", () => {
  test("four of four: it holds, and no further node may go", () => {
    expect(nodeLoss(picture(), "a").quorum).toEqual({ votes: 4, of: 4, needed: 3, after: 3, verdict: "stays", survives: true, margin: 0 });
  });

  test("three of four: it is lost, HA moves nothing, and the nodes reset themselves", () => {
    const now = picture({ nodes: [node("a"), node("b"), node("c"), node("d", { online: false })], guests: [guest(1, "a", { ha: HA })] });
    const loss = nodeLoss(now, "a");
    expect(loss.quorum).toMatchObject({ after: 2, survives: false, margin: -1 });
    expect(fates(loss)).toEqual({ 1: "ha-stuck" });
    expect(lossWords(loss)[1]).toStartWith("Quorum is LOST: 2 of 4 votes would stay, 3 are needed.");
    expect(lossWords(loss)[1]).toContain("reset themselves");
  });

  test("one that is away already takes no second vote", () => {
    const loss = nodeLoss(picture({ nodes: [node("a", { online: false }), node("b"), node("c"), node("d")] }), "a");
    expect(loss.quorum).toMatchObject({ votes: 3, after: 3, survives: true });
    expect(lossWords(loss)[0]).toBe("a is away: no running guest is lost.");
  });

  test("a single node is all there is", () => {
    expect(nodeLoss(picture({ nodes: [node("a")] }), "a").quorum).toMatchObject({ after: 0, survives: false });
  });
});

describe("guests under HA", () => {
  test("go to the node with the most memory left, large ones first, and take it up", () => {
    const nodes = [node("a"), node("b", { memoryBytes: 20 * GIB }), node("c", { memoryBytes: 24 * GIB }), node("d", { memoryBytes: 28 * GIB })];
    const loss = nodeLoss(picture({ nodes, guests: [guest(1, "a", { ha: HA, memoryTotalBytes: 2 * GIB }), guest(2, "a", { ha: HA, memoryTotalBytes: 6 * GIB })] }), "a");
    expect(fates(loss)).toEqual({ 1: "recovered c", 2: "recovered b" });
    expect(loss.survivors.find((room) => room.node === "b")).toMatchObject({ usedBytes: 20 * GIB, afterBytes: 26 * GIB, freePercentAfter: 19 });
  });

  test("are told as tight when less than a tenth would stay", () => {
    const nodes = [node("a"), ...["b", "c", "d"].map((name) => node(name, { memoryBytes: 28 * GIB }))];
    const loss = nodeLoss(picture({ nodes, guests: [guest(1, "a", { ha: HA })] }), "a");
    expect(fates(loss)).toEqual({ 1: "recovered-tight b" });
    expect(loss.guests[0]?.words).toContain("0 % of its memory left");
  });

  test("follow their rules: the highest priority first, and nowhere else when it is strict", () => {
    const rule = (nodes: [string, number][], strict: boolean) => ({ vmids: [1], nodes: new Map(nodes), strict });
    const of = (affinity: ReturnType<typeof rule>) => fates(nodeLoss(picture({ affinities: [affinity], guests: [guest(1, "a", { ha: HA })] }), "a"));
    expect(
      of(
        rule(
          [
            ["a", 3],
            ["c", 2],
            ["b", 1],
          ],
          false,
        ),
      ),
    ).toEqual({ 1: "recovered c" });
    expect(of(rule([["a", 1]], true))).toEqual({ 1: "ha-stuck" });
    expect(of(rule([["a", 1]], false))).toEqual({ 1: "recovered b" });
  });

  test("with disks on the lost node alone fail where HA starts them; with a copy they come back there", () => {
    const own = guest(1, "a", { ha: HA, storages: ["lvm"] });
    expect(fates(nodeLoss(picture({ guests: [own] }), "a"))).toEqual({ 1: "ha-fails" });
    const replicas = [{ id: "1-0", vmid: 1, target: "c", lastSyncMs: 1, failing: false }];
    expect(fates(nodeLoss(picture({ guests: [own], replicas }), "a"))).toEqual({ 1: "recovered c" });
  });

  test("are left alone in error, kept stopped when told so, and never sent to a node in maintenance", () => {
    const guests = [guest(1, "a", { ha: { state: "error", wanted: "started" } }), guest(2, "a", { ha: { state: "stopped", wanted: "disabled" } }), guest(3, "a", { ha: HA })];
    const nodes = [node("a"), node("b", { lrm: "maintenance" }), node("c", { lrm: "dead" }), node("d")];
    expect(fates(nodeLoss(picture({ nodes, guests }), "a"))).toEqual({ 1: "ha-stuck", 2: "ha-off", 3: "recovered d" });
  });
});

describe("guests that HA does not keep", () => {
  test("stay down on local disks and devices, and could be brought up elsewhere on shared ones", () => {
    const guests = [guest(1, "a", { storages: ["lvm"] }), guest(2, "a", { bound: ["hostpci0"] }), guest(3, "a"), guest(4, "a", { storages: undefined })];
    const loss = nodeLoss(picture({ guests }), "a");
    expect(fates(loss)).toEqual({ 1: "down-stuck", 2: "down-stuck", 3: "down-movable b", 4: "down-stuck" });
    expect(loss.guests.map(({ words }) => words)).toEqual([
      "down until the node is back: its disks are on lvm of a alone",
      "down until the node is back: it uses hostpci0 of a",
      "down, and HA does not keep it; its disks are shared, so it could be brought up on b, c, d once this node is surely off",
      "down until the node is back: its configuration could not be read, so where its disks are is not known",
    ]);
  });

  test("with a copy by replication: its age is what would be lost", () => {
    const now = picture({ guests: [guest(1, "a", { storages: ["tank"] })] });
    const loss = nodeLoss({ ...now, replicas: [{ id: "1-0", vmid: 1, target: "b", lastSyncMs: now.atMs - 14 * 60_000, failing: true }] }, "a");
    expect(loss.guests[0]).toMatchObject({ fate: "down-movable", to: "b", words: "down; b has a copy 14 minutes old, and what came after it would be lost" });
    expect(loss.replication).toEqual(["1-0 stops; its copy on b stays as it is, and it was failing already"]);
  });

  test("that are stopped or templates are no loss, only counted", () => {
    expect(nodeLoss(picture({ guests: [guest(1, "a", { running: false }), guest(2, "a", { template: true, running: false })] }), "a")).toMatchObject({ guests: [], stopped: 1 });
  });
});

describe("what else goes", () => {
  test("storages of the node, a storage that one of its guests serves, and copies that were to be written there", () => {
    const replicas = [{ id: "7-0", vmid: 7, target: "a", lastSyncMs: 1, failing: false }];
    const loss = nodeLoss(picture({ guests: [guest(1, "a", { addresses: ["10.0.0.9"] })], replicas }), "a");
    expect(loss).toMatchObject({ storages: ["tank"], served: [{ storage: "nas", guest: "g1 (1)" }], replication: ["7-0 has nowhere to copy to"] });
    expect(lossWords(loss)).toContain("Storage nas is served by g1 (1) and goes with it, for every node.");
  });

  test("what could not be read is told as such", () => {
    expect(lossWords(nodeLoss(picture({ unread: ["what HA keeps could not be read (403)"] }), "a")).at(-1)).toBe("Not known: what HA keeps could not be read (403).");
  });
});
