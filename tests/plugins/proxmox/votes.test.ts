// How votes are counted: a QDevice is one that votes, a node may have more than one, and what could not be read is said instead of guessed.
import { describe, expect, test } from "bun:test";
import { deviceAlerts } from "../../../plugins/proxmox/alerts/cluster-device.ts";
import { quorumAlerts } from "../../../plugins/proxmox/alerts/cluster-quorum.ts";
import { maintenanceCheck } from "../../../plugins/proxmox/forecast/maintenance.ts";
import { nodeLoss } from "../../../plugins/proxmox/forecast/node-loss.ts";
import { ballotKept } from "../../../plugins/proxmox/monitors/ballot.ts";
import { cluster } from "../../../plugins/proxmox/monitors/cluster.ts";
import { nodeReboot, nodeShutdown } from "../../../plugins/proxmox/tools/node-power.ts";
import { fakeApi } from "./fake-api.ts";
import { node, picture } from "./forecast/picture.ts";
import { look, words } from "./tools/act.ts";

const MINUTE = 60_000;
const DEVICE = { Model: "Net", Algorithm: "Fifty-Fifty split", State: "Connected", "QNetd host": "10.0.0.9:5403" };
const REFUSED = { status: 403, statusText: "Permission check failed (/, Sys.Audit)", body: { data: null } };

interface Scene {
  online: readonly string[];
  all: readonly string[];
  weights?: Record<string, string>;
  device?: object;
  lacks?: boolean;
  quorate?: number;
}

const scene = (first: Scene) => {
  let now = first;
  const api = fakeApi(({ path }) => {
    const { online, all, weights = {}, device = {}, lacks = false, quorate = 1 } = now;
    const members = all.map((name) => ({ type: "node", name, online: online.includes(name) ? 1 : 0 }));
    if (path === "/cluster/status") return { body: { data: all.length === 1 ? members : [{ type: "cluster", name: "c", quorate, nodes: all.length }, ...members] } };
    if (path.startsWith("/cluster/config/") && lacks) return REFUSED;
    if (path === "/cluster/config/nodes") return { body: { data: all.map((name) => ({ node: name, name, quorum_votes: weights[name] ?? "1" })) } };
    if (path === "/cluster/config/qdevice") return { body: { data: device } };
    if (/^\/nodes\/[^/]+\/status$/.test(path)) return { body: { data: { uptime: 5000 } } };
    return { body: { data: [] } };
  });
  const answered = () => api.client.memory.answered({ at: api.ctx.now(), entries: [] });
  answered();
  const forward = (ms: number): void => {
    api.forward(ms);
    answered();
  };
  const readings = () => api.asked.filter(({ path }) => path.startsWith("/cluster/config/")).length;
  const turn = (next: Partial<Scene>): void => {
    now = { ...now, ...next };
  };
  return { ...api, forward, readings, turn };
};

const FOUR = ["a", "b", "c", "d"];

describe("the count", () => {
  test("two nodes and a QDevice are three votes, so one node may go", async () => {
    const { ctx } = scene({ all: ["a", "b"], online: ["a", "b"], device: DEVICE });
    expect((await cluster.read(ctx)).quorum).toEqual({ votes: 3, of: 3, needed: 2, margin: 1, quorate: true });
    const facts = await look(ctx, nodeShutdown, { node: "a" });
    expect(facts.facts?.votes).toBe("2 of 3 votes stay");
  });

  test("four nodes and a QDevice with one node away: one more may go, and nothing else is told", async () => {
    const { ctx } = scene({ all: FOUR, online: ["a", "b", "c"], device: DEVICE });
    const now = await cluster.read(ctx);
    expect(now.quorum).toMatchObject({ votes: 4, of: 5, needed: 3, margin: 1 });
    expect(quorumAlerts(now)).toEqual([]);
    expect(cluster.resources?.(now)).toContainEqual(expect.objectContaining({ id: "service/proxmox/qdevice", status: "up" }));
  });

  test("with LMS the QDevice votes as often as all nodes but one", async () => {
    const { ctx } = scene({ all: ["a", "b", "c"], online: ["a"], device: { ...DEVICE, Algorithm: "LMS" } });
    expect((await cluster.read(ctx)).quorum).toEqual({ votes: 3, of: 5, needed: 3, margin: 0, quorate: true });
  });

  test("a node with more votes than one counts as many, and it is named as the one that must not go", async () => {
    const { ctx } = scene({ all: ["a", "b", "c"], online: ["a", "b"], weights: { a: "3" } });
    const now = await cluster.read(ctx);
    expect(now.quorum).toMatchObject({ votes: 4, of: 5, needed: 3, margin: 1 });
    expect(quorumAlerts(now).map(({ title }) => title)).toEqual(["Without a c stops"]);
    expect(await words(look(ctx, nodeReboot, { node: "a" }))).toContain("Without a only 1 of 5 votes would stay and 3 are needed");
  });

  test("a QDevice that is with the other half gives no quorum", async () => {
    const { ctx } = scene({ all: ["a", "b"], online: ["a"], device: DEVICE, quorate: 0 });
    expect((await cluster.read(ctx)).quorum).toEqual({ votes: 1, of: 3, needed: 2, margin: -1, quorate: false });
  });
});

describe("a QDevice that is silent", () => {
  test("is a warning with what is to spare without it, and its vote is not counted", async () => {
    const { ctx } = scene({ all: FOUR, online: ["a", "b", "c"], device: { ...DEVICE, State: "Connect failed" } });
    const now = await cluster.read(ctx);
    expect(now.quorum).toMatchObject({ votes: 3, of: 5, margin: 0 });
    const [alert] = deviceAlerts(now);
    expect(alert).toMatchObject({ key: "qdevice-silent", severity: "warning", resource: "service/proxmox/qdevice", cause: "quorum" });
    expect(alert?.why).toContain('its state is "Connect failed", so its vote is missing: 3 of 5 votes are there, 3 are needed. One more node and c stops.');
    expect(quorumAlerts(now).map(({ key }) => key)).toEqual(["quorum-margin"]);
    expect(await words(look(ctx, nodeShutdown, { node: "a" }))).toContain("Without a only 2 of 5 votes would stay and 3 are needed");
  });

  test("is one whose daemon is gone from the node that was asked, for a day; then it is forgotten as removed", async () => {
    const house = scene({ all: ["a", "b"], online: ["a", "b"], device: DEVICE });
    await cluster.read(house.ctx);
    house.turn({ device: {} });
    house.forward(11 * MINUTE);
    const now = await cluster.read(house.ctx);
    expect([now.device?.answers, now.quorum.votes, deviceAlerts(now).length]).toEqual([false, 2, 1]);
    house.forward(25 * 60 * MINUTE);
    expect((await cluster.read(house.ctx)).quorum).toEqual({ votes: 2, of: 2, needed: 2, margin: 0, quorate: true });
  });
});

describe("votes that cannot be read", () => {
  test("are counted as one each and that is said; what would be refused by them says what it lacks", async () => {
    const { ctx } = scene({ all: ["a", "b"], online: ["a", "b"], lacks: true });
    const now = await cluster.read(ctx);
    expect(now.quorum).toMatchObject({ votes: 2, of: 2, margin: 0 });
    expect(now.doubt).toStartWith("votes are counted as one each, as /cluster/config/nodes could not be read: ");
    const said = await words(look(ctx, nodeShutdown, { node: "a" }));
    expect(said).toStartWith("unavailable: Whether the cluster would go on without a is not known: 1 of 2 votes would stay and 2 are needed, but votes are counted as one each");
    expect(said).toContain("it needs Sys.Audit on /");
  });

  test("refuse nothing that holds by one vote each, and are sure where no other node is left", async () => {
    const { ctx, turn } = scene({ all: FOUR, online: FOUR, lacks: true });
    expect((await look(ctx, nodeShutdown, { node: "a" })).facts?.votes).toStartWith("3 of 4 votes stay (votes are counted as one each, as ");
    turn({ online: ["a"] });
    expect(await words(look(ctx, nodeShutdown, { node: "a" }))).toContain("the whole cluster would stop");
  });

  test("stay as they were read last, with their age; a QDevice's vote of then decides nothing by itself", async () => {
    const house = scene({ all: ["a", "b"], online: ["a", "b"], device: DEVICE });
    await cluster.read(house.ctx);
    house.turn({ lacks: true });
    house.forward(20 * MINUTE);
    const now = await cluster.read(house.ctx);
    expect(now.quorum).toMatchObject({ votes: 3, of: 3 });
    expect(now.doubt).toStartWith("votes are counted as they were 20 minutes ago, as ");
    expect(await words(look(house.ctx, nodeShutdown, { node: "a" }))).toContain("is not known: 2 of 3 votes would stay");
  });
});

test("votes are read once an hour, every ten minutes with a QDevice, and when a node comes or goes", async () => {
  const nodes = ["a", "b"].map((name) => ({ name, online: true }));
  const counts = async (device: object) => {
    const { ctx, forward, readings } = scene({ all: ["a", "b"], online: ["a", "b"], device });
    for (let minute = 0; minute < 120; minute += 1) {
      await ballotKept(ctx, nodes);
      forward(MINUTE);
    }
    const before = readings();
    await ballotKept(ctx, [...nodes.slice(1), { name: "a", online: false }]);
    return [before, readings() - before];
  };
  expect(await counts({})).toEqual([4, 2]);
  expect(await counts(DEVICE)).toEqual([24, 2]);
});

describe("the only node of a house", () => {
  test("may reboot, which takes nobody's quorum; a shutdown is refused, as nothing could start it again", async () => {
    const { ctx, readings } = scene({ all: ["a"], online: ["a"] });
    expect((await look(ctx, nodeReboot, { node: "a" })).facts?.votes).toBe("the whole house with it until it is back");
    expect(await words(look(ctx, nodeShutdown, { node: "a" }))).toContain("a is the only node");
    expect(readings()).toBe(0);
  });

  test("is no quorum that is lost in a forecast", () => {
    expect(maintenanceCheck(picture({ nodes: [node("a")] }), "a", [])).toMatchObject({ ready: true, quorum: { verdict: "alone" } });
    expect(nodeLoss(picture({ nodes: [node("a")] }), "a").quorum).toMatchObject({ verdict: "alone" });
  });
});

test("forecasts count a QDevice", () => {
  const ballot = { weights: {}, device: { host: undefined, state: "Connected", answers: true, votes: 1 }, doubt: undefined };
  const two = picture({ nodes: [node("a"), node("b")], ballot });
  expect(nodeLoss(two, "a").quorum).toMatchObject({ after: 2, of: 3, survives: true, margin: 0 });
  expect(maintenanceCheck(two, "a", []).blockers).toEqual([]);
});
