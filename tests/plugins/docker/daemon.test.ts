// A real dockerd that is restarted while it is followed: what happened meanwhile is not missed, and what its lost events could have told is called unknown, not a crash.
import { afterAll, describe, expect, test } from "bun:test";
import { Probe } from "../../../plugins/docker/monitor/probe.ts";
import { startDockerd } from "../../support/dockerd.ts";
import { until } from "../../support/until.ts";
import { connect, following, parts } from "./world.ts";

const found = await startDockerd();
afterAll(async () => {
  if ("docker" in found) await found.docker.stop();
}, 60_000);

describe.skipIf(!("docker" in found))("a dockerd that is restarted", () => {
  test("the stream ends, the next one begins with a list, and a stop whose events are lost is unknown", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    const { docker } = found;
    await docker.run("kept", "trap 'exit 0' TERM; while true; do sleep 0.1 & wait $!; done", { restart: { Name: "unless-stopped" } });
    await docker.run("lost", "trap 'exit 0' TERM; while true; do sleep 0.1 & wait $!; done");
    const plugged = connect(docker.socket, 1);
    const first = following(plugged);
    await until(() => first.latest(), { what: "the first stream" });
    await docker.restart();
    await first.running;
    const second = following(plugged);
    const state = await until(() => second.latest(), { what: "the second stream" });
    expect(state.containers["mgmt/kept"]?.status).toBe("up");
    expect(state.containers["mgmt/lost"]).toMatchObject({ state: "exited" });
    const other = connect(docker.socket, 1);
    const facts = Probe.parse(
      await parts(other, "container_start").probe(other.ctx, {
        resource: "container/mgmt/lost",
        alert: { key: "container-died", resource: "container/mgmt/lost", severity: "critical", title: "" },
      }),
    );
    expect(facts).toMatchObject({ covered: false, stop: { kind: "unknown" } });
    await second.end();
    plugged.stop();
    other.stop();
  }, 60_000);

  test("a start that ends again at once is final where nothing brings it back, and waited for where Docker tries again", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    const { docker } = found;
    await docker.run("brief", "exit 3");
    await docker.run("tried", "exit 3", { restart: { Name: "on-failure", MaximumRetryCount: 50 } });
    const plugged = connect(docker.socket, 1);
    const { preflight, run, verify } = parts(plugged, "container_start");
    const which = { container: "brief" };
    const before = await until(
      async () => {
        const facts = await preflight(plugged.ctx, which);
        return facts.status === "exited" ? facts : undefined;
      },
      { what: "its first end" },
    );
    const result = await run(plugged.ctx, which, { preflight: before });
    const verdict = await until(
      async () => {
        const seen = await verify(plugged.ctx, which, { preflight: before, result }, undefined);
        return seen.ok ? undefined : seen;
      },
      { what: "its second end" },
    );
    expect(verdict).toMatchObject({ ok: false, final: true, words: "It started and is exited again (exit code 3); its restart policy does not bring it back." });
    const facts = { startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:00Z", id: (await preflight(plugged.ctx, { container: "tried" })).facts?.id ?? "" };
    expect((await verify(plugged.ctx, { container: "tried" }, { preflight: { target: "container/mgmt/tried", facts } }, undefined)).final).toBeUndefined();
    plugged.stop();
  }, 30_000);

  test("a container with a terminal has its log as it is", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    await found.docker.run("tty", "echo 'one two'; sleep 60", { tty: true });
    const plugged = connect(found.docker.socket, 1);
    const { text } = await until(
      async () => {
        const told = await plugged.tools.container_logs.run(plugged.ctx, { container: "tty", lines: 5 }, {});
        return told.text.includes("one two") ? told : undefined;
      },
      { what: "the line" },
    );
    expect(text).not.toContain("\r");
    plugged.stop();
  });

  test("a container in another's network is named by the preflight of a stop and in the warning", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    await found.docker.run("vpn", "sleep 600", { stopSeconds: 1 });
    await found.docker.run("behind", "sleep 600", { network: "container:vpn" });
    const plugged = connect(found.docker.socket, 1);
    const { preflight, run } = parts(plugged, "container_restart");
    const before = await preflight(plugged.ctx, { container: "vpn" });
    expect(before.touches).toEqual(["container/mgmt/behind"]);
    expect((await parts(plugged, "container_start").preflight(plugged.ctx, { container: "vpn" })).touches).toBeUndefined();
    expect((await run(plugged.ctx, { container: "vpn" }, { preflight: before })).warnings?.[0]).toContain("container/mgmt/behind");
    plugged.stop();
  }, 20_000);

  test("one killed for memory is told as that", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    await found.docker.run("hog", "x=a; while true; do x=$x$x; done", { memoryBytes: 16 * 1024 * 1024 });
    const plugged = connect(found.docker.socket, 1);
    await until(async () => (await plugged.monitor.read(plugged.ctx)).containers["mgmt/hog"]?.state === "exited", { what: "its end" });
    const facts = Probe.parse(
      await parts(plugged, "container_start").probe(plugged.ctx, {
        resource: "container/mgmt/hog",
        alert: { key: "container-died", resource: "container/mgmt/hog", severity: "critical", title: "" },
      }),
    );
    expect(["oom", "crash"]).toContain(facts.stop.kind);
    expect(facts.exitCode).not.toBe(0);
    plugged.stop();
  });

  test("one that keeps dying while Docker restarts it is looping", async () => {
    if (!("docker" in found)) throw new Error(found.why);
    const plugged = connect(found.docker.socket, 1);
    const stream = following(plugged);
    await until(() => stream.latest(), { what: "the stream" });
    await found.docker.run("flaky", "sleep 0.2; exit 3", { restart: { Name: "always" } });
    const { alerts } = parts(plugged, "container_start");
    const keys = () =>
      alerts(stream.latest() ?? { hosts: {}, containers: {} }, { before: undefined, open: [] })
        .filter((alert) => alert.resource === "container/mgmt/flaky")
        .map((alert) => alert.key);
    await until(() => keys().includes("container-looping"), { withinMs: 20_000, what: "the loop" });
    expect(keys()).toEqual(["container-looping"]);
    await stream.end();
    plugged.stop();
  }, 30_000);
});
