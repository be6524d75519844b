// What the lab's Docker engine lets a client change beside starting and stopping: containers, images, networks, volumes, commands inside. Driven by dockerode, and beside a real dockerd where there is one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import Dockerode from "dockerode";
import { realClock } from "../../../plugins/lab/clock.ts";
import { type LabDocker, startDocker } from "../../../plugins/lab/docker/engine.ts";
import { startDockerd } from "../../support/dockerd.ts";

const found = await startDockerd();
const folder = mkdtempSync(join(tmpdir(), "jarvis-lab-"));
const effects: { user: string; method: string; path: string; target: string }[] = [];
let lab: LabDocker;
let docker: Dockerode;

beforeAll(async () => {
  lab = await startDocker({ socketPath: join(folder, "d.sock"), clock: realClock(50), seed: 3, record: (effect) => void effects.push(effect) });
  docker = new Dockerode({ socketPath: lab.socketPath });
  await docker.getImage("grafana/grafana:12.2.0").tag({ repo: "test/busybox", tag: "1" });
  if ("docker" in found) await found.docker.run("grafana", "while :; do sleep 1; done");
}, 60_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
  if ("docker" in found) await found.docker.stop();
}, 60_000);

const call = async (socket: string, method: string, path: string, body?: unknown) => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const answer = await fetch(`http://docker${path}`, { unix: socket, method, ...sent });
  return { status: answer.status, body: (await answer.text()).trim() };
};
const ask = (method: string, path: string, body?: unknown) => call(lab.socketPath, method, path, body);

async function said(name: string, command: string[]) {
  const exec = await docker.getContainer(name).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, err);
  const pieces = { out: "", err: "" };
  out.on("data", (piece: Buffer) => {
    pieces.out += piece.toString();
  });
  err.on("data", (piece: Buffer) => {
    pieces.err += piece.toString();
  });
  await new Promise((done) => stream.on("end", done));
  return { ...pieces, code: (await exec.inspect()).ExitCode };
}

describe("containers", () => {
  test("one is made from an image, runs, is renamed, limited, frozen and removed, each with its event and its line in the book", async () => {
    const since = effects.length;
    const seen: string[] = [];
    const events = await docker.getEvents({ filters: { type: ["container"], label: ["made=by-hand"] } });
    events.on("data", (piece: Buffer) => {
      for (const line of piece.toString().trim().split("\n")) seen.push(JSON.parse(line).Action);
    });
    const box = await docker.createContainer({
      name: "probe",
      Image: "postgres:16-alpine",
      Cmd: ["sleep", "1d"],
      Labels: { made: "by-hand" },
      HostConfig: { Binds: ["scratch:/data"], NetworkMode: "host" },
    });
    expect((await box.inspect()).State).toMatchObject({ Status: "created", Running: false, StartedAt: "0001-01-01T00:00:00Z" });
    await box.start();
    expect((await box.inspect()).HostConfig.NetworkMode).toBe("host");
    expect((await docker.listVolumes()).Volumes.map(({ Name }) => Name)).toContain("scratch");
    await box.rename({ name: "prober" });
    await box.update({ RestartPolicy: { Name: "always" } });
    expect((await docker.getContainer("prober").inspect()).HostConfig.RestartPolicy?.Name).toBe("always");
    await box.pause();
    expect((await docker.listContainers({ filters: { status: ["paused"] } })).map(({ Names, State }) => [Names[0], State])).toEqual([["/prober", "paused"]]);
    expect((await ask("POST", "/containers/prober/pause")).status).toBe(409);
    await box.unpause();
    expect((await box.top()).Processes[0]).toContain("sleep 1d");
    const gone = box.wait();
    expect((await ask("DELETE", "/containers/prober")).status).toBe(409);
    await box.kill();
    expect(await gone).toEqual({ StatusCode: 137 });
    await box.remove();
    expect((await ask("GET", "/containers/prober/json")).status).toBe(404);
    expect(lab.truth().some(({ name }) => name.startsWith("probe"))).toBe(false);
    await Bun.sleep(20);
    expect(seen).toEqual(["create", "start", "rename", "update", "pause", "unpause", "kill", "die", "destroy"]);
    expect(effects.slice(since).map(({ method, path, target }) => `${method} ${path} ${target}`)).toEqual([
      "POST /containers/create container/mgmt/probe",
      "POST /containers/probe/start container/mgmt/probe",
      "POST /containers/probe/rename container/mgmt/probe",
      "POST /containers/prober/update container/mgmt/prober",
      "POST /containers/prober/pause container/mgmt/prober",
      "POST /containers/prober/unpause container/mgmt/prober",
      "POST /containers/prober/kill container/mgmt/prober",
      "DELETE /containers/prober container/mgmt/prober",
    ]);
    events.removeAllListeners();
  });

  test("what is stopped is pruned, and a forced removal takes what runs", async () => {
    const made = await docker.createContainer({ name: "left", Image: "grafana/grafana:12.2.0" });
    expect((await docker.pruneContainers()).ContainersDeleted).toEqual([made.id]);
    const runs = await docker.createContainer({ name: "runs", Image: "grafana/grafana:12.2.0" });
    await runs.start();
    await runs.remove({ force: true });
    expect((await docker.listContainers({ all: true })).length).toBe(16);
  });

  test("commands run inside one, with both streams and an exit code; docker's own way over a bare connection too", async () => {
    expect(await said("grafana", ["echo", "hello", "there"])).toEqual({ out: "hello there\n", err: "", code: 0 });
    expect(await said("grafana", ["sh", "-c", "echo 'a b' && false; echo no >&2; nosuch"])).toEqual({ out: "a b\n", err: "no\nsh: nosuch: not found\n", code: 127 });
    const exec = await docker.getContainer("grafana").exec({ Cmd: ["hostname"], Tty: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: false });
    let text = "";
    stream.on("data", (piece: Buffer) => {
      text += piece.toString();
    });
    await new Promise((done) => stream.on("end", done));
    expect(text).toMatch(/^[0-9a-f]{12}\r\n$/);
    expect((await ask("POST", `/exec/${exec.id}/start`, {})).status).toBe(409);
  });
});

describe("images, networks and volumes", () => {
  test("an image is pulled step by step, tagged, and removed when nothing uses it", async () => {
    const stream: NodeJS.ReadableStream = await docker.pull("redis:8");
    const steps = await new Promise<{ status: string }[]>((done, fail) => docker.modem.followProgress(stream, (error, out) => (error ? fail(error) : done(out))));
    expect(steps.map(({ status }) => status)).toEqual(expect.arrayContaining(["Pulling from library/redis", "Downloading", "Status: Downloaded newer image for redis:8"]));
    const image = docker.getImage("redis:8");
    await image.tag({ repo: "mine/redis", tag: "kept" });
    expect((await image.inspect()).RepoTags).toEqual(["redis:8", "mine/redis:kept"]);
    expect((await image.history()).length).toBeGreaterThan(0);
    expect(await image.remove()).toEqual([{ Untagged: "redis:8" }]);
    await docker.getImage("mine/redis:kept").remove();
    expect((await docker.listImages()).length).toBe(16);
    expect((await ask("POST", "/images/create?fromImage=nobody/has-this&tag=1")).status).toBe(404);
    expect((await ask("DELETE", "/images/prom/prometheus:v3.6.0")).status).toBe(409);
  });

  test("containers of one stack share its network; one joins another and leaves it", async () => {
    const ids = await Promise.all(
      ["grafana", "prometheus"].map(async (name) => (await docker.getContainer(name).inspect()).NetworkSettings.Networks.monitoring_default?.NetworkID),
    );
    expect(new Set(ids).size).toBe(1);
    const network = await docker.createNetwork({ Name: "extra" });
    await network.connect({ Container: "grafana" });
    expect(Object.values((await network.inspect()).Containers ?? {})).toMatchObject([{ Name: "grafana" }]);
    expect((await ask("DELETE", "/networks/extra")).status).toBe(403);
    await network.disconnect({ Container: "grafana" });
    await network.remove();
    expect((await ask("DELETE", "/networks/bridge")).status).toBe(403);
  });

  test("a volume in use stays, one that is not goes, and the room all take is added up", async () => {
    await docker.createVolume({ Name: "idle" });
    const used = await ask("DELETE", "/volumes/monitoring_grafana");
    expect([used.status, used.body.includes("volume is in use")]).toEqual([409, true]);
    await docker.getVolume("idle").remove();
    const usage: { LayersSize: number; Volumes: { Name: string; UsageData: { RefCount: number } }[] } = await docker.df();
    expect(usage.LayersSize).toBeGreaterThan(0);
    expect(usage.Volumes.find(({ Name }) => Name === "monitoring_grafana")?.UsageData.RefCount).toBe(1);
  });
});

describe.skipIf(!("docker" in found))("beside a real dockerd", () => {
  const real = () => ("docker" in found ? found.docker.socket : "");
  /** Both have it: the real one its test image, which is tagged so in the lab as well. */
  const IMAGE = "test/busybox:1";
  const refusals: { method: string; path: string; body?: unknown }[] = [
    { method: "GET", path: "/networks/nope" },
    { method: "GET", path: "/volumes/nope" },
    { method: "GET", path: "/exec/nope/json" },
    { method: "DELETE", path: "/containers/nope" },
    { method: "DELETE", path: "/networks/host" },
    { method: "DELETE", path: "/volumes/nope" },
    { method: "POST", path: "/containers/create?name=grafana-2", body: { Image: "nope" } },
    { method: "POST", path: "/containers/create?name=-x", body: { Image: "nope" } },
    { method: "POST", path: "/networks/create", body: { Name: "host" } },
    { method: "POST", path: "/containers/nope/exec", body: { Cmd: ["true"] } },
    { method: "POST", path: "/containers/create?name=grafana", body: { Image: IMAGE, Cmd: ["true"] } },
    { method: "DELETE", path: "/networks/none" },
    { method: "POST", path: "/networks/none/connect", body: { Container: "nope" } },
    { method: "POST", path: "/containers/grafana/rename?name=" },
    { method: "POST", path: "/containers/grafana/rename?name=grafana" },
    { method: "POST", path: "/containers/grafana/exec", body: { Cmd: [] } },
    { method: "POST", path: "/containers/grafana/unpause" },
    { method: "GET", path: "/services" },
  ];
  test.each(refusals)("$method $path is refused with the same status and words", async ({ method, path, body }) => {
    const plain = (text: string) => text.replaceAll(/[0-9a-f]{64}/g, "ID");
    const [mine, theirs] = [await ask(method, path, body), await call(real(), method, path, body)];
    expect({ status: mine.status, body: plain(mine.body) }).toEqual({ status: theirs.status, body: plain(theirs.body) });
  });
});
