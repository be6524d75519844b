// Containers of the simulated engine: one that crashed is started, an unhealthy one restarted, both checked and told; one that a person stopped is left alone, and said so.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eyesOn } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";

const SPEED = 20;
const TICK_MS = 10_000 / SPEED;
let house: House;
let eyes: ReturnType<typeof eyesOn>;
beforeAll(async () => {
  house = await startHouse({ speed: SPEED });
  eyes = eyesOn(house);
  await eyes.within("the containers to be seen", async () => (await eyes.resource("container/mgmt/grafana"))?.status === "up");
}, 90_000);
afterAll(async () => house?.stop());

const posts = async (target: string) => (await eyes.ownEffects(target)).map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
const kinds = async (resource: string) => (await eyes.feed(resource)).map(({ kind }) => kind).toReversed();

describe("a container that crashed", () => {
  test.each([
    ["container/mgmt/grafana", {}, "crash"],
    ["container/mgmt/dozzle", { exit: 139 }, "crash"],
    ["container/mgmt/open-webui", { oom: "yes" }, "oom"],
  ])(
    "%s with %p is started once, checked and reported as %s",
    async (target, how, kind) => {
      await house.lab.break("container-crash", target, how);
      const incident = await eyes.incidentIn(target, "resolved");
      expect(incident.cause).toMatchObject({ kind, verdict: "fault" });
      expect(incident.cause.evidence.length).toBeGreaterThan(0);
      const [call, ...others] = await eyes.calls(target);
      expect(others).toEqual([]);
      expect(call).toMatchObject({ tool: "docker_container_start", state: "succeeded", caller: { kind: "remedy" }, incident: incident.id });
      expect(await posts(target)).toEqual(["POST start"]);
      expect(await kinds(target)).toEqual(["found", "acting", "fixed"]);
      const { timeline, scene } = await house.rpc("incidents.get", { id: incident.id });
      expect(timeline.map(({ step }) => step)).toEqual(["detected", "diagnosed", "acted", "verifying", "report"]);
      expect(scene.log?.length).toBeGreaterThan(0);
      // Two more ticks: it stays well and nothing is done twice.
      await Bun.sleep(2 * TICK_MS);
      expect(await posts(target)).toEqual(["POST start"]);
    },
    60_000,
  );
});

describe("an unhealthy container", () => {
  test("is restarted once, checked and reported", async () => {
    const target = "container/mgmt/prometheus";
    await house.lab.break("container-unhealthy", target);
    const incident = await eyes.incidentIn(target, "resolved");
    expect(incident.cause).toMatchObject({ kind: "unhealthy", verdict: "fault" });
    expect(incident.cause.evidence[0]?.what).toContain("failed checks in a row");
    expect((await eyes.calls(target)).map(({ tool, state }) => [tool, state])).toEqual([["docker_container_restart", "succeeded"]]);
    expect(await posts(target)).toEqual(["POST restart"]);
    expect(await kinds(target)).toEqual(["found", "acting", "fixed"]);
  }, 90_000);
});

describe("a container that a person stopped", () => {
  test("is left alone, said so with the engine's own proof, and may be started by the person", async () => {
    const target = "container/mgmt/uptime-kuma";
    await house.lab.break("container-user-stop", target);
    const word = await eyes.toldOf(target, "left-alone");
    expect(word).toMatchObject({ cause: { kind: "user" } });
    expect(word.cause?.evidence.some(({ what }) => /event (kill|stop)/.test(what))).toBe(true);
    await Bun.sleep(3 * TICK_MS);
    expect(await eyes.calls(target)).toEqual([]);
    expect(await eyes.incident(target)).toBeUndefined();
    expect(await kinds(target)).toEqual(["left-alone"]);
    await house.lab.heal("container-user-stop");
    await eyes.within("it to run again", async () => (await eyes.resource(target))?.status === "up");
    expect(await eyes.calls(target)).toEqual([]);
  }, 60_000);

  test("one stopped through Jarvis is Jarvis' own doing and not undone", async () => {
    const target = "container/mgmt/ntfy";
    expect(await house.rpc("tools.call", { name: "docker_container_stop", arguments: { container: "ntfy" }, waitSeconds: 30 })).toMatchObject({ state: "succeeded" });
    expect(await eyes.toldOf(target, "left-alone")).toMatchObject({ cause: { kind: "jarvis" } });
    await Bun.sleep(2 * TICK_MS);
    expect(await posts(target)).toEqual(["POST stop"]);
  }, 60_000);
});
