// The two engines the same tests run over: the lab's and a real dockerd, each with a plain container, one with a health check, and ways to break them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../../core/lib/clock.ts";
import plugin from "../../../plugins/docker/plugin.ts";
import { realClock } from "../../../plugins/lab/clock.ts";
import { startDocker } from "../../../plugins/lab/docker/engine.ts";
import { testContext } from "../../support/context.ts";
import type { Dockerd } from "../../support/dockerd.ts";

export interface World {
  readonly name: string;
  readonly socket: string;
  /** How much faster than the wall its time runs. */
  readonly rate: number;
  /** When its time and the wall agreed: whoever watches it must count from there too. */
  readonly anchorMs?: number;
  readonly plain: string;
  readonly checked: string;
  /** A word of the plain container's log. */
  readonly said: string;
  crash(name: string): Promise<void>;
  sicken(name: string): Promise<void>;
  userStop(name: string): Promise<void>;
  stop(): Promise<void>;
}

const LAB_RATE = 20;

export const labWorld = async (): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-lab-docker-"));
  const clock = realClock(LAB_RATE);
  const lab = await startDocker({ socketPath: join(folder, "d.sock"), clock, seed: 7, record: () => undefined });
  const breaks = (fault: string) => async (name: string) => lab.faults.find((one) => one.name === fault)?.break(`container/mgmt/${name}`, {});
  return {
    name: "the lab's engine",
    socket: lab.socketPath,
    rate: LAB_RATE,
    anchorMs: clock.anchorMs,
    plain: "dozzle",
    checked: "grafana",
    said: "Accepting connections",
    crash: breaks("container-crash"),
    sicken: breaks("container-unhealthy"),
    userStop: breaks("container-user-stop"),
    stop: async () => {
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const LIFE = "rm -f /crash /bad; trap 'exit 0' TERM; echo hello; while [ ! -e /crash ]; do sleep 0.1 & wait $!; done; echo boom >&2; exit 3";

export const realWorld = async (docker: Dockerd): Promise<World> => {
  await docker.run("Plain", LIFE, { env: ["DB_PASSWORD=hunter2"], labels: { "com.docker.compose.project": "shop" } });
  await docker.run("checked", LIFE, { health: "test ! -e /bad" });
  return {
    name: "a real dockerd",
    socket: docker.socket,
    rate: 1,
    plain: "Plain",
    checked: "checked",
    said: "hello",
    crash: (name) => docker.exec(name, "touch /crash"),
    sicken: (name) => docker.exec(name, "touch /bad"),
    userStop: async (name) => void (await docker.call("POST", `/containers/${name}/stop?t=5`)),
    stop: async () => undefined,
  };
};

/** The plugin, connected to one engine as the host `mgmt`. */
export const connect = (socket: string, rate: number, anchorMs?: number) => {
  const config = plugin.config.parse({ hosts: { mgmt: { socket } } });
  const host = testContext({ config, plugin: "docker", clock: createClock(rate, anchorMs) });
  const client = plugin.connect?.(host.bare);
  if (client === undefined || plugin.monitors === undefined || plugin.tools === undefined) throw new Error("the plugin lost a part");
  return { ...host, client, ctx: host.withClient(client), monitor: plugin.monitors.containers, tools: plugin.tools };
};
export type Connected = ReturnType<typeof connect>;
type State = Awaited<ReturnType<Connected["monitor"]["read"]>>;

/** Follows the event stream as the core does; `latest` is the newest whole state. */
export const following = (plugged: Connected) => {
  const end = new AbortController();
  const emitted: State[] = [];
  const { monitor } = plugged;
  const running = plugged
    .within({ client: plugged.client, signal: end.signal }, async (ctx) => monitor.watch?.(ctx, (value) => void emitted.push(value)))
    .catch((thrown: unknown) => thrown);
  const stop = (): Promise<unknown> => {
    end.abort();
    return running;
  };
  return { emitted, latest: () => emitted.at(-1), running, end: stop };
};

/** All parts of the contract that are optional and that this plugin has. */
export const parts = ({ monitor, tools }: Connected, tool: "container_start" | "container_stop" | "container_restart") => {
  const { preflight, run, verify, trace } = tools[tool];
  if (!preflight || !verify || !trace || !monitor.alerts || !monitor.probe || !monitor.scene || !monitor.resources) throw new Error("a part is missing");
  return { preflight, run, verify, trace, alerts: monitor.alerts, probe: monitor.probe, scene: monitor.scene, resources: monitor.resources };
};
