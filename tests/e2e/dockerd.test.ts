// A real dockerd: a crashing process in a real container is started again, checked and told, exactly once by dockerd's own events; what a person stopped is left alone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { type Dockerd, startDockerd } from "../support/dockerd.ts";
import { eyesOn } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const HOST = "real";
const DEFAULT_SOCKET = "/var/run/docker.sock";
/** Runs until the file /crash appears, then ends as told; a new start finds the file gone. */
const untilCrash = (end: string): string => `rm -f /crash; while [ ! -e /crash ]; do sleep 1; done; rm -f /crash; ${end}`;
const STEADY = "rm -f /sick; while :; do sleep 1; done";

const CONTAINERS = {
  "exits-1": [untilCrash("exit 1"), {}],
  segfaults: [untilCrash("sh -c 'kill -SEGV $$'; exit $?"), {}],
  "stopped-by-hand": [STEADY, { stopSeconds: 1 }],
  "killed-by-hand": [STEADY, {}],
  unhealthy: [STEADY, { health: "test ! -e /sick", stopSeconds: 1 }],
  "kept-by-dockerd": [untilCrash("exit 1"), { restart: { Name: "always" } }],
} as const;

/** With this plugin's engine replaced by the real one; the clock runs as dockerd's own does. */
const withEngine = (socket: string) => (text: string) => {
  const written = z.looseObject({ plugins: z.record(z.string(), z.unknown()) }).parse(parse(text));
  return stringify({ ...written, plugins: { ...written.plugins, docker: { hosts: { [HOST]: { socket } } } } });
};

const Event = z.object({ Action: z.string(), time: z.number() });
/** What dockerd itself says was done to a container, oldest first. */
const actionsOf = async (docker: Dockerd, id: string, sinceSeconds: number): Promise<string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ type: ["container"], container: [id] }));
  const { body } = await docker.call("GET", `/events?since=${sinceSeconds}&until=${Math.ceil(Date.now() / 1000)}&filters=${filters}`);
  const events = body.split("\n").flatMap((line) => (line.trim() === "" ? [] : [Event.parse(JSON.parse(line))]));
  return events.map(({ Action }) => Action).filter((action) => /^(?:start|stop|kill|die|restart|health_status: unhealthy)$/.test(action));
};

const found = await startDockerd();
const docker = "docker" in found ? found.docker : undefined;

describe.skipIf(docker === undefined)("a real dockerd", () => {
  let house: House;
  let eyes: ReturnType<typeof eyesOn>;
  let since = 0;
  const ids = new Map<string, string>();
  const idOf = (name: string): string => ids.get(name) ?? "";
  const target = (name: string): string => `container/${HOST}/${name}`;
  const engine = (): Dockerd => {
    if (!docker) throw new Error("no dockerd");
    return docker;
  };
  const actions = (name: string) => actionsOf(engine(), idOf(name), since);
  const count = async (name: string, action: string): Promise<number> => (await actions(name)).filter((one) => one === action).length;
  const kinds = async (name: string) => (await eyes.feed(target(name))).map(({ kind }) => kind).toReversed();

  beforeAll(async () => {
    for (const [name, [command, options]] of Object.entries(CONTAINERS)) ids.set(name, await engine().run(name, command, options));
    house = await startHouse({ speed: 1, config: withEngine(engine().socket) });
    eyes = eyesOn(house);
    for (const name of ids.keys()) await eyes.within(`${name} to be seen`, async () => (await eyes.resource(target(name)))?.status === "up");
    // Events carry whole seconds here: what came before is not counted.
    await Bun.sleep(1100);
    since = Math.floor(Date.now() / 1000);
  }, 240_000);
  afterAll(async () => {
    await house?.stop();
    await docker?.stop();
  }, 60_000);

  test.each([
    ["exits-1", 1],
    ["segfaults", 139],
  ])(
    "%s (exit code %p): started exactly once, checked, reported",
    async (name, code) => {
      await engine().exec(idOf(name), "touch /crash");
      const incident = await eyes.incidentIn(target(name), "resolved");
      expect(incident.cause).toMatchObject({ kind: "crash", verdict: "fault" });
      expect(incident.cause.words).toContain(`exit code ${code}`);
      expect(await kinds(name)).toEqual(["found", "acting", "fixed"]);
      expect((await eyes.calls(target(name))).map(({ tool, state, caller }) => [tool, state, caller.kind])).toEqual([["docker_container_start", "succeeded", "remedy"]]);
      expect(await actions(name)).toEqual(["die", "start"]);
    },
    60_000,
  );

  test.each([
    ["stopped-by-hand", "docker stop", "stop"],
    ["killed-by-hand", "docker kill -s 9", "kill?signal=SIGKILL"],
  ])(
    "%s (%s by a person): left alone, and said so",
    async (name, _, path) => {
      expect((await engine().call("POST", `/containers/${idOf(name)}/${path}`)).status).toBe(204);
      const word = await eyes.toldOf(target(name), "left-alone");
      expect(word).toMatchObject({ cause: { kind: "user" } });
      expect(word.words).toContain("That was meant");
      expect(await eyes.calls(target(name))).toEqual([]);
      expect(await count(name, "start")).toBe(0);
      const why = await house.rpc("chat.send", { text: `why did ${name} stop?` });
      expect("text" in why ? why.text : "").toContain("Docker was told to");
    },
    60_000,
  );

  test("unhealthy until a restart: restarted once, checked, reported", async () => {
    await engine().exec(idOf("unhealthy"), "touch /sick");
    const incident = await eyes.incidentIn(target("unhealthy"), "resolved");
    expect(incident.cause).toMatchObject({ kind: "unhealthy", verdict: "fault" });
    expect(await kinds("unhealthy")).toEqual(["found", "acting", "fixed"]);
    expect([await count("unhealthy", "start"), await count("unhealthy", "restart")]).toEqual([1, 1]);
  }, 90_000);

  test("a policy `always` brings its container back by itself: dockerd's work, not ours", async () => {
    await engine().exec(idOf("kept-by-dockerd"), "touch /crash");
    await until(async () => (await count("kept-by-dockerd", "start")) === 1, { withinMs: 20_000, what: "dockerd's own restart" });
    await eyes.within("it to be seen running", async () => (await eyes.resource(target("kept-by-dockerd")))?.status === "up");
    expect(await eyes.calls(target("kept-by-dockerd"))).toEqual([]);
    expect(await count("kept-by-dockerd", "start")).toBe(1);
  }, 60_000);

  test("what was left alone is still down after all that, and nothing was done twice", async () => {
    for (const name of ["stopped-by-hand", "killed-by-hand"]) expect([name, await count(name, "start")]).toEqual([name, 0]);
    for (const name of ["exits-1", "segfaults", "unhealthy", "kept-by-dockerd"]) expect([name, await count(name, "start")]).toEqual([name, 1]);
  });
});

const taken = existsSync(DEFAULT_SOCKET);
const mayListen = process.getuid?.() === 0 && !taken;
if (!mayListen) console.warn(`skipped: the watcher at ${DEFAULT_SOCKET}: ${taken ? "a Docker of this machine is there" : "only root may put one there"}`);

describe.skipIf(!mayListen)("the machine's own Docker", () => {
  test("sees no connection while the simulated house lives, crashes and repairs", async () => {
    let connections = 0;
    const watcher = Bun.listen({
      unix: DEFAULT_SOCKET,
      socket: {
        open: (socket) => {
          connections += 1;
          socket.end();
        },
        data: () => undefined,
      },
    });
    const house = await startHouse({ speed: 20 });
    try {
      const eyes = eyesOn(house);
      await eyes.within("the containers to be seen", async () => (await eyes.resource("container/mgmt/grafana"))?.status === "up");
      await house.lab.break("container-crash", "container/mgmt/grafana");
      await eyes.incidentIn("container/mgmt/grafana", "resolved");
      expect(connections).toBe(0);
    } finally {
      await house.stop();
      watcher.stop(true);
      rmSync(DEFAULT_SOCKET, { force: true });
    }
  }, 90_000);
});
