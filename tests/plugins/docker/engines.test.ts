// The plugin over the lab's engine and over a real dockerd: the same sentences must hold for both.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Probe } from "../../../plugins/docker/monitor/probe.ts";
import { startDockerd } from "../../support/dockerd.ts";
import { until } from "../../support/until.ts";
import { type Connected, connect, following, labWorld, parts, realWorld, type World } from "./world.ts";

const found = await startDockerd();
const worlds: { name: string; make: () => Promise<World>; absent: boolean }[] = [
  { name: "the lab's engine", make: labWorld, absent: false },
  { name: "a real dockerd", make: async () => ("docker" in found ? realWorld(found.docker) : Promise.reject(new Error(found.why))), absent: !("docker" in found) },
];
afterAll(async () => {
  if ("docker" in found) await found.docker.stop();
}, 60_000);

for (const { name, make, absent } of worlds) {
  describe.skipIf(absent)(name, () => {
    let world: World;
    let plugged: Connected;
    const key = (container: string) => `mgmt/${container.toLowerCase()}`;
    const about = (container: string) => ({
      resource: `container/${key(container)}`,
      alert: { key: "container-died", resource: `container/${key(container)}`, severity: "critical" as const, title: "" },
    });
    const isUp = async (container: string) => (await plugged.monitor.read(plugged.ctx)).containers[key(container)]?.status === "up";
    const stateOf = async (container: string) => (await plugged.monitor.read(plugged.ctx)).containers[key(container)]?.state;
    const isWell = async () => (await plugged.monitor.read(plugged.ctx)).containers[key(world.checked)]?.health === "healthy";
    beforeAll(async () => {
      world = await make();
      plugged = connect(world.socket, world.rate, world.anchorMs);
      await until(isWell, { what: "a healthy container" });
    }, 60_000);
    afterAll(async () => {
      plugged.stop();
      await world.stop();
    });

    test("a reading names every container with its state, its identity and no moving span of time", async () => {
      const state = await plugged.monitor.read(plugged.ctx);
      const plain = state.containers[key(world.plain)];
      expect(plain).toMatchObject({ name: world.plain, host: "mgmt", state: "running", status: "up", restartCount: 0, looping: false });
      expect(state.hosts.mgmt).toMatchObject({ reachable: true });
      const resource = parts(plugged, "container_start")
        .resources(state)
        .find((one) => one.id === `container/${key(world.plain)}`);
      expect(resource).toMatchObject({ kind: "container", name: world.plain, status: "up", identity: `container:${plain?.id}` });
      expect(await plugged.monitor.read(plugged.ctx)).toEqual(state);
    });

    test("a crash shows at once from the event stream, raises one suspicion, and the probe proves it", async () => {
      const stream = following(plugged);
      await until(() => stream.latest(), { what: "the first state of the stream" });
      await world.crash(world.plain);
      await until(() => stream.latest()?.containers[key(world.plain)]?.state === "exited", { withinMs: 3_000, what: "the crash in the state" });
      const state = stream.latest();
      if (state === undefined) throw new Error("no state");
      const { alerts, probe } = parts(plugged, "container_start");
      expect(alerts(state, { before: undefined, open: [] })).toMatchObject([{ key: "container-died", resource: about(world.plain).resource, suspect: true }]);
      const facts = Probe.parse(await probe(plugged.ctx, about(world.plain)));
      expect(facts).toMatchObject({ running: false, oomKilled: false, covered: true, stop: { kind: "crash", asked: null } });
      expect(facts.events.filter((event) => event.action === "kill" || event.action === "stop")).toEqual([]);
      expect(facts.logs?.join("\n")).toContain(world.said);
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      expect(plugged.published.some(({ channel, data }) => channel === "docker/events" && JSON.stringify(data).includes('"die"'))).toBe(true);
      await stream.end();
    });

    test("the scene keeps log, inspect and events, and no value of the environment", async () => {
      const pieces = await parts(plugged, "container_start").scene(plugged.ctx, about(world.plain));
      expect(Object.keys(pieces).sort()).toEqual(["events", "inspect", "log"]);
      expect(pieces.log).toContain(world.said);
      expect(pieces.events).toContain("die exit");
      expect(pieces.inspect).not.toContain("hunter2");
    });

    test("start brings a dead container up, is verified twice as the same process, and is found by its trace", async () => {
      const which = { container: world.plain };
      const { preflight, run, verify, trace } = parts(plugged, "container_start");
      const before = await preflight(plugged.ctx, which);
      expect(before).toMatchObject({ target: about(world.plain).resource, status: "exited", identity: expect.stringMatching(/^container:[0-9a-f]{64}$/) });
      expect((await trace(plugged.ctx, which, { preflight: before })).found).toBe("unclear");
      const late = { ...before, serverTimeMs: (before.serverTimeMs ?? 0) - 120_000 };
      expect((await trace(plugged.ctx, which, { preflight: late })).found).toBe("absence");
      const result = await run(plugged.ctx, which, { preflight: before });
      expect(result.warnings).toBeUndefined();
      const first = await verify(plugged.ctx, which, { preflight: before, result }, undefined);
      expect(first).toMatchObject({ ok: true });
      expect(await verify(plugged.ctx, which, { preflight: before, result }, first)).toMatchObject({ ok: true, seen: first.seen });
      expect((await trace(plugged.ctx, which, { preflight: before })).found).toBe("effect");
    });

    test("starting what runs is a success with a warning", async () => {
      const which = { container: world.plain };
      const { preflight, run, verify } = parts(plugged, "container_start");
      const before = await preflight(plugged.ctx, which);
      expect(before.already).toMatch(/runs already$/);
      expect((await parts(plugged, "container_restart").preflight(plugged.ctx, which)).already).toBeUndefined();
      const result = await run(plugged.ctx, which, { preflight: before });
      expect(result.warnings).toEqual(["It was running already."]);
      expect((await verify(plugged.ctx, which, { preflight: before, result }, undefined)).ok).toBe(true);
    });

    test("restart replaces the process, and a second one within the same call would be seen", async () => {
      const which = { container: about(world.plain).resource };
      const { preflight, run, verify, trace } = parts(plugged, "container_restart");
      const before = await preflight(plugged.ctx, which);
      const result = await run(plugged.ctx, which, { preflight: before });
      const first = await verify(plugged.ctx, which, { preflight: before, result }, undefined);
      expect(first.ok).toBe(true);
      expect((await trace(plugged.ctx, which, { preflight: before })).found).toBe("effect");
      await run(plugged.ctx, which, { preflight: before });
      expect((await verify(plugged.ctx, which, { preflight: before, result }, first)).words).toContain("does not stay up");
    });

    test("a person's stop is proved by the engine's own events", async () => {
      await until(() => isUp(world.plain), { what: "the end of the restart before" });
      await world.userStop(world.plain);
      await until(async () => (await stateOf(world.plain)) === "exited", { what: "the stop" });
      const facts = Probe.parse(await parts(plugged, "container_stop").probe(plugged.ctx, about(world.plain)));
      expect(facts.stop).toMatchObject({ kind: "asked", asked: { by: "stop", signal: 15 } });
      await plugged.tools.container_start.run(plugged.ctx, { container: world.plain }, {});
    });

    test("stop is verified and found; stopping it again is a success with a warning", async () => {
      const which = { container: world.plain, host: "mgmt" };
      const { preflight, run, verify, trace } = parts(plugged, "container_stop");
      const before = await preflight(plugged.ctx, which);
      const result = await run(plugged.ctx, which, { preflight: before });
      expect((await verify(plugged.ctx, which, { preflight: before, result }, undefined)).ok).toBe(true);
      expect((await trace(plugged.ctx, which, { preflight: before })).found).toBe("effect");
      expect((await run(plugged.ctx, which, {})).warnings).toEqual(["It was stopped already."]);
      await plugged.tools.container_start.run(plugged.ctx, which, {});
    });

    test("failing health checks raise a suspicion that a restart ends", async () => {
      const { alerts, run, preflight, verify } = parts(plugged, "container_restart");
      await world.sicken(world.checked);
      const sick = await until(
        async () => {
          const state = await plugged.monitor.read(plugged.ctx);
          return alerts(state, { before: undefined, open: [] }).find((alert) => alert.key === "container-unhealthy");
        },
        { withinMs: 20_000, what: "the suspicion" },
      );
      expect(sick).toMatchObject({ resource: about(world.checked).resource, suspect: true });
      const which = { container: world.checked };
      const before = await preflight(plugged.ctx, which);
      const result = await run(plugged.ctx, which, { preflight: before });
      const starting = await plugged.monitor.read(plugged.ctx);
      expect(alerts(starting, { before: undefined, open: [sick] })).toHaveLength(1);
      await until(async () => (await verify(plugged.ctx, which, { preflight: before, result }, undefined)).ok, { withinMs: 20_000, what: "a well container" });
      expect(alerts(await plugged.monitor.read(plugged.ctx), { before: undefined, open: [sick] })).toEqual([]);
    }, 60_000);

    test("the log is told apart by stream, newest lines only", async () => {
      const { text, data } = await plugged.tools.container_logs.run(plugged.ctx, { container: world.plain, lines: 2 }, {});
      expect(text.split("\n").length).toBeLessThanOrEqual(2);
      expect(JSON.stringify(data)).toContain("text");
    });

    test("the list and one container are told in words and in data, without a value of the environment", async () => {
      const list = await plugged.tools.container_list.run(plugged.ctx, { status: "up" }, {});
      expect(list.text).toContain(about(world.checked).resource);
      const one = await plugged.tools.container_get.run(plugged.ctx, { container: world.checked }, {});
      expect(one.data).toMatchObject({ resource: about(world.checked).resource, running: true, stop: { kind: "none" } });
      expect(JSON.stringify(one)).not.toContain("hunter2");
    });

    test("the start of an id names a container, a wrong name is not found, a wrong host is told the right ones", async () => {
      const state = await plugged.monitor.read(plugged.ctx);
      const id = state.containers[key(world.checked)]?.id.slice(0, 12) ?? "";
      expect((await plugged.tools.container_get.run(plugged.ctx, { container: id }, {})).text).toContain(about(world.checked).resource);
      expect(plugged.tools.container_get.run(plugged.ctx, { container: "no-such-thing" }, {})).rejects.toMatchObject({ type: "not_found" });
      expect(plugged.tools.container_get.run(plugged.ctx, { container: world.checked, host: "nowhere" }, {})).rejects.toThrow("there are: mgmt");
    });

    test("a stream that was cut tells again from its last event and misses nothing", async () => {
      const first = following(plugged);
      await until(() => first.latest(), { what: "the first stream" });
      await first.end();
      const seen = plugged.published.length;
      await world.crash(world.plain);
      await until(async () => !(await isUp(world.plain)), { what: "the crash" });
      const second = following(plugged);
      await until(() => plugged.published.slice(seen).some(({ data }) => JSON.stringify(data).includes('"die"')), { what: "the missed event" });
      await until(() => second.latest()?.containers[key(world.plain)]?.state === "exited", { what: "the state after it" });
      const keys = plugged.published.map(({ data }) => JSON.stringify(data));
      expect(new Set(keys).size).toBe(keys.length);
      await second.end();
      await plugged.tools.container_start.run(plugged.ctx, { container: world.plain }, {});
    });
  });
}
