// The lab's Docker engine against a real one: the same fields of the same kinds, the same refusals, the same order of events; and a client of other people understands it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import Dockerode from "dockerode";
import { realClock } from "../../../plugins/lab/clock.ts";
import { type LabDocker, startDocker } from "../../../plugins/lab/docker/engine.ts";
import { startDockerd } from "../../support/dockerd.ts";
import { until } from "../../support/until.ts";

const LIFE = "echo hello; echo bad >&2; trap 'exit 0' TERM; while [ ! -e /crash ]; do sleep 0.1 & wait $!; done; exit 3";
const RATE = 20;
const found = await startDockerd();
const folder = mkdtempSync(join(tmpdir(), "jarvis-lab-"));
const effects: { user: string; method: string; path: string; target: string }[] = [];
let fate: "drop-before" | "drop-after" | undefined;
let lab: LabDocker;

beforeAll(async () => {
  lab = await startDocker({ socketPath: join(folder, "d.sock"), clock: realClock(RATE), seed: 3, record: (effect) => void effects.push(effect), requests: () => fate });
  if (!("docker" in found)) return;
  await found.docker.run("grafana", LIFE, { health: "true", restart: { Name: "on-failure", MaximumRetryCount: 1 }, labels: { "com.docker.compose.project": "x" } });
}, 60_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
  if ("docker" in found) await found.docker.stop();
}, 60_000);

const ask = async (socket: string, method: string, path: string) => {
  const answer = await fetch(`http://docker${path}`, { unix: socket, method });
  return { status: answer.status, headers: answer.headers, bytes: new Uint8Array(await answer.arrayBuffer()) };
};
const text = async (socket: string, method: string, path: string) => {
  const { status, bytes } = await ask(socket, method, path);
  return { status, body: new TextDecoder().decode(bytes) };
};
const json = async (socket: string, path: string): Promise<unknown> => JSON.parse((await text(socket, "GET", path)).body);

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
/** Keys that are data, not fields: label names, network names, ports. */
const FREE = ["Labels", "Networks", "Ports", "PortBindings", "stats", "Details"];

/** Paths of fields in `mine` that `real` has not, or has of another kind; null fits any, an empty list says nothing of its elements. */
const strangers = (mine: unknown, real: unknown, path = ""): string[] => {
  const [kind, realKind] = [kindOf(mine), kindOf(real)];
  if (kind === "null" || realKind === "null") return [];
  if (kind !== realKind) return [`${path}: ${kind}, not ${realKind}`];
  if (Array.isArray(mine) && Array.isArray(real)) return mine.length === 0 || real.length === 0 ? [] : strangers(mine[0], real[0], `${path}[]`);
  if (typeof mine !== "object" || typeof real !== "object" || mine === null || real === null) return [];
  const known = new Map(Object.entries(real));
  return Object.entries(mine).flatMap(([key, value]) => {
    if (FREE.includes(path.split(".").at(-1) ?? "")) return [];
    return known.has(key) ? strangers(value, known.get(key), `${path}.${key}`) : [`${path}.${key}: unknown to the real one`];
  });
};

/** The actions on a container while `act` runs, health checks aside. */
const actionsDuring = async (socket: string, act: () => Promise<unknown>, last: string): Promise<{ action: string; whole: Record<string, unknown> }[]> => {
  const end = new AbortController();
  const filters = encodeURIComponent(JSON.stringify({ type: ["container"], event: ["start", "kill", "die", "oom", "stop", "restart"] }));
  const answer = await fetch(`http://docker/events?filters=${filters}`, { unix: socket, signal: end.signal });
  const seen: { action: string; whole: Record<string, unknown> }[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const piece of answer.body ?? []) {
      const lines = (rest + new TextDecoder().decode(piece)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const whole = JSON.parse(line);
        seen.push({ action: whole.Action, whole });
      }
    }
  })().catch(() => undefined);
  await act();
  await until(() => seen.at(-1)?.action === last, { what: `the event ${last}` });
  end.abort();
  await reading;
  return seen;
};

describe.skipIf(!("docker" in found))("beside a real dockerd", () => {
  const real = () => ("docker" in found ? found.docker.socket : "");
  const paths = [
    "/version",
    "/info",
    "/containers/json?all=1",
    "/containers/grafana/json",
    "/containers/grafana/stats?stream=false",
    "/v1.41/containers/json?all=1",
    "/images/json",
    "/networks",
    "/networks/none",
    "/volumes",
    "/system/df",
    "/containers/grafana/top",
  ];
  for (const path of paths)
    test(`every field of ${path} is the real one's, of the same kind`, async () => {
      expect(strangers(await json(lab.socketPath, path), await json(real(), path))).toEqual([]);
    });

  test("refusals have the same status and the same words", async () => {
    const asks: [string, string][] = [
      ["GET", "/nothing"],
      ["GET", "/containers/nope/json"],
      ["POST", "/containers/nope/start"],
      ["GET", "/containers/grafana/logs"],
      ["GET", "/containers/json?limit=abc"],
      ["GET", "/containers/json?filters=xx"],
      ["GET", `/containers/json?filters=${encodeURIComponent('{"bad":["x"]}')}`],
      ["POST", "/containers/grafana/stop?t=abc"],
      ["POST", "/containers/grafana/kill?signal=FOO"],
      ["POST", "/containers/grafana/start"],
    ];
    for (const [method, path] of asks) {
      const [mine, theirs] = [await text(lab.socketPath, method, path), await text(real(), method, path)];
      // The engine ends some messages with a newline and some without.
      expect({ path, status: mine.status, body: mine.body.trim() }).toEqual({ path, status: theirs.status, body: theirs.body.trim() });
    }
  });

  test("the headers of an answer name the API and the server", async () => {
    const [mine, theirs] = [await ask(lab.socketPath, "GET", "/_ping"), await ask(real(), "GET", "/_ping")];
    for (const name of ["api-version", "server", "ostype", "docker-experimental", "cache-control", "content-type"])
      expect([name, mine.headers.has(name)]).toEqual([name, theirs.headers.has(name)]);
    expect(new TextDecoder().decode(mine.bytes)).toBe("OK");
  });

  const orders: [string, string, string][] = [
    ["stop", "/containers/grafana/stop?t=5", "stop"],
    ["start", "/containers/grafana/start", "start"],
    ["restart", "/containers/grafana/restart?t=5", "restart"],
    ["kill", "/containers/grafana/kill", "die"],
  ];
  for (const [words, path, last] of orders)
    test(`the events of a ${words} come in the real one's order with its fields`, async () => {
      for (const socket of words === "start" ? [lab.socketPath, real()] : []) await text(socket, "POST", "/containers/grafana/stop?t=5");
      const [mine, theirs] = [
        await actionsDuring(lab.socketPath, () => text(lab.socketPath, "POST", path), last),
        await actionsDuring(real(), () => text(real(), "POST", path), last),
      ];
      expect(mine.map((event) => event.action)).toEqual(theirs.map((event) => event.action));
      expect(strangers(mine[0]?.whole, { ...theirs[0]?.whole, Actor: { ID: "", Attributes: null } })).toEqual([]);
      await text(lab.socketPath, "POST", "/containers/grafana/start");
      await text(real(), "POST", "/containers/grafana/start");
    });

  test("stopping what is stopped is 304 and killing it 409, as with the real one", async () => {
    for (const socket of [lab.socketPath, real()]) {
      await text(socket, "POST", "/containers/grafana/stop?t=3");
      expect((await text(socket, "POST", "/containers/grafana/stop?t=3")).status).toBe(304);
      const killed = await text(socket, "POST", "/containers/grafana/kill");
      expect(killed.status).toBe(409);
      expect(killed.body).toMatch(/^\{"message":"Cannot kill container: grafana: Container [0-9a-f]{64} is not running"\}\s*$/i);
      await text(socket, "POST", "/containers/grafana/start");
    }
  });
});

describe("the lab's engine", () => {
  const statusOf = (name: string) => lab.truth().find((one) => one.name === name)?.status;
  const fault = (name: string) => {
    const one = lab.faults.find((each) => each.name === name);
    if (!one) throw new Error(`no fault ${name}`);
    return one;
  };

  test("it has the sixteen containers, each of a real image and a compose project", async () => {
    const list = await json(lab.socketPath, "/containers/json?all=1");
    expect(list).toHaveLength(16);
    for (const one of Array.isArray(list) ? list : []) expect(one.Labels["com.docker.compose.project"]).toBeTruthy();
    expect(lab.truth().map((one) => one.name)).toContain("open-webui");
  });

  test("a crash is die alone, and what a client then does is in the book once", async () => {
    const seen = await actionsDuring(lab.socketPath, async () => fault("container-crash").break("container/mgmt/prometheus", { exit: "2" }), "die");
    expect(seen.map((event) => event.action)).toEqual(["die"]);
    const before = effects.length;
    await text(lab.socketPath, "POST", "/containers/prometheus/start");
    expect(effects.slice(before)).toEqual([{ user: "docker", method: "POST", path: "/containers/prometheus/start", target: "container/mgmt/prometheus" }]);
  });

  test("killed for memory is oom, then die with 137", async () => {
    const seen = await actionsDuring(lab.socketPath, async () => fault("container-crash").break("container/mgmt/prometheus", { oom: "yes" }), "die");
    expect(seen.map((event) => event.action)).toEqual(["oom", "die"]);
    expect(await json(lab.socketPath, "/containers/prometheus/json")).toMatchObject({ State: { OOMKilled: true, ExitCode: 137 } });
    fault("container-crash").heal();
    expect(statusOf("prometheus")).toBe("running");
  });

  test("one with a restart policy is brought back until its tries are used up, then stays down", async () => {
    fault("container-crash").break("container/mgmt/homepage", {});
    await until(() => statusOf("homepage") === "exited", { what: "the end of its tries" });
    expect(await json(lab.socketPath, "/containers/homepage/json")).toMatchObject({ RestartCount: 3, State: { Status: "exited" } });
    await text(lab.socketPath, "POST", "/containers/homepage/start");
    expect(await json(lab.socketPath, "/containers/homepage/json")).toMatchObject({ RestartCount: 0, State: { Status: "running" } });
  });

  test("a person's stop is kill, die, stop, and is in the book under the person's name", async () => {
    const seen = await actionsDuring(lab.socketPath, async () => fault("container-user-stop").break("container/mgmt/ntfy", {}), "stop");
    expect(seen.map((event) => event.action)).toEqual(["kill", "die", "stop"]);
    expect(effects.at(-1)).toMatchObject({ user: "root", path: "/containers/ntfy/stop" });
    fault("container-user-stop").heal();
    expect(statusOf("ntfy")).toBe("running");
  });

  test("a reply can be lost before and after the act", async () => {
    fate = "drop-before";
    await text(lab.socketPath, "POST", "/containers/dozzle/stop").catch(() => undefined);
    expect(statusOf("dozzle")).toBe("running");
    fate = "drop-after";
    await text(lab.socketPath, "POST", "/containers/dozzle/stop").catch(() => undefined);
    fate = undefined;
    await until(() => statusOf("dozzle") === "exited", { what: "the act whose reply was lost" });
    await text(lab.socketPath, "POST", "/containers/dozzle/start");
  });

  test("a version too new or too old is refused with words", async () => {
    expect((await text(lab.socketPath, "GET", "/v1.99/containers/json")).body).toContain("client version 1.99 is too new. Maximum supported API version is 1.47");
    expect((await text(lab.socketPath, "GET", "/v1.10/containers/json")).status).toBe(400);
  });

  test("the share of a processor comes out as docker stats reckons it", async () => {
    const { cpu_stats: now, precpu_stats: before } = await new Dockerode({ socketPath: lab.socketPath }).getContainer("prometheus").stats({ stream: false });
    const share = (now.cpu_usage.total_usage - before.cpu_usage.total_usage) / (now.system_cpu_usage - before.system_cpu_usage);
    expect(share * now.online_cpus * 100).toBeGreaterThan(0.5);
    expect(share * now.online_cpus * 100).toBeLessThan(50);
  });

  test("the same seed makes the same containers", async () => {
    const again = await startDocker({ socketPath: join(folder, "again.sock"), clock: realClock(), seed: 3, record: () => undefined });
    expect(again.truth().map((one) => one.id)).toEqual(lab.truth().map((one) => one.id));
    await again.stop();
  });

  test("a client of other people lists, inspects, restarts, follows events and tells the log's streams apart", async () => {
    const docker = new Dockerode({ socketPath: lab.socketPath });
    expect(await docker.listContainers({ all: true })).toHaveLength(16);
    const grafana = docker.getContainer("grafana");
    const before = await grafana.inspect();
    const events = await docker.getEvents({ filters: { event: ["restart"] } });
    const told = new Promise<string>((resolve) => events.once("data", (piece: Uint8Array) => resolve(new TextDecoder().decode(piece))));
    await grafana.restart();
    expect(await told).toContain('"Action":"restart"');
    expect((await grafana.inspect()).State.StartedAt).not.toBe(before.State.StartedAt);
    const log = await grafana.logs({ stdout: true, stderr: true, follow: true, tail: 50 });
    const pieces = { out: "", err: "" };
    const sink = (key: "out" | "err") =>
      new Writable({
        write(piece: Uint8Array, _encoding, done) {
          pieces[key] += new TextDecoder().decode(piece);
          done();
        },
      });
    docker.modem.demuxStream(log, sink("out"), sink("err"));
    await until(() => pieces.out.includes("Starting Grafana") && pieces.err.includes("SIGTERM"), { what: "both streams" });
  });
});
