// One of several Docker hosts is lost: it is told once and once over, its containers stay as last seen, and nothing is done to what cannot be seen. Over two of the lab's engines.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Alert } from "../../../core/contract/resource.ts";
import { createClock } from "../../../core/lib/clock.ts";
import type { State } from "../../../plugins/docker/monitor/state.ts";
import plugin from "../../../plugins/docker/plugin.ts";
import { realClock } from "../../../plugins/lab/clock.ts";
import { startDocker } from "../../../plugins/lab/docker/engine.ts";
import { testContext } from "../../support/context.ts";
import { until } from "../../support/until.ts";

const RATE = 20;
const folder = mkdtempSync(join(tmpdir(), "jarvis-hosts-"));
const clock = realClock(RATE);
const sockets = { mgmt: join(folder, "mgmt.sock"), nas: join(folder, "nas.sock") };
const engine = (name: keyof typeof sockets) => startDocker({ socketPath: sockets[name], clock, seed: 7, record: () => undefined });
const running: Partial<Record<keyof typeof sockets, Awaited<ReturnType<typeof engine>>>> = {};
const stops: (() => void)[] = [];

/** A Jarvis that knows both; `kept`: what the channel showed when the one before it ended. */
const jarvis = (kept?: State) => {
  const config = plugin.config.parse({ hosts: { mgmt: { socket: sockets.mgmt }, nas: { socket: sockets.nas } } });
  const reading = { value: kept, at: "2026-03-01T10:00:00.000Z", revision: 1, stale: false };
  const host = testContext({
    config,
    plugin: "docker",
    clock: createClock(RATE, clock.anchorMs),
    state: () => (kept === undefined ? {} : { "docker/containers": reading }),
  });
  stops.push(host.stop);
  const client = plugin.connect?.(host.bare);
  const { monitors, tools } = plugin;
  if (client === undefined || monitors === undefined || tools === undefined) throw new Error("a part is missing");
  const ctx = host.withClient(client);
  const monitor = monitors.containers;
  const alertsOf = (state: State, open: readonly Alert[] = []) => monitor.alerts?.(state, { before: undefined, open }).map((alert) => Alert.parse(alert)) ?? [];
  const of = (state: State, name: string) => (monitor.resources?.(state) ?? []).filter(({ id }) => id.startsWith(`container/${name}/`));
  return { host, client, ctx, monitor, tools, alertsOf, of, read: async () => monitor.read(ctx) };
};
type Jarvis = ReturnType<typeof jarvis>;

const isHost = ({ key }: Alert): boolean => key === "docker-host-lost";
const well = async (one: Jarvis): Promise<State> =>
  until(
    async () => {
      const state = await one.read();
      return state.hosts.mgmt?.reachable && state.hosts.nas?.reachable ? state : undefined;
    },
    { what: "both hosts" },
  );

beforeAll(async () => {
  [running.mgmt, running.nas] = await Promise.all([engine("mgmt"), engine("nas")]);
}, 30_000);
afterEach(async () => {
  running.nas ??= await engine("nas");
});
afterAll(async () => {
  for (const stop of stops) stop();
  await Promise.all([running.mgmt?.stop(), running.nas?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});
const lose = async (): Promise<void> => {
  await running.nas?.stop();
  delete running.nas;
};

describe("a host that is lost beside others", () => {
  test("is one alert with its proof, once it has stayed away, and none when it is back", async () => {
    const one = jarvis();
    expect(one.alertsOf(await well(one)).filter(isHost)).toEqual([]);
    await lose();
    const state = await one.read();
    const [alert, ...more] = one.alertsOf(state).filter(isHost);
    const count = one.of(state, "nas").length;
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ resource: "docker/nas", severity: "warning", title: "The Docker host nas does not answer", afterSeconds: 30 });
    expect(alert?.why).toContain(`its ${count} containers are shown as last seen`);
    expect(alert?.evidence?.[0]?.what).toContain(sockets.nas);
    const again = await one.read();
    expect(again.hosts).toEqual(state.hosts);
    const hosts = (one.monitor.resources?.(again) ?? []).filter(({ id }) => id.startsWith("docker/"));
    expect(hosts.map(({ id, status, runsOn }) => [id, status, runsOn])).toEqual([
      ["docker/mgmt", "up", "self"],
      ["docker/nas", "unknown", "self"],
    ]);
    expect(one.of(again, "nas").every(({ parent }) => parent === "docker/nas")).toBe(true);
    expect(one.alertsOf(again, alert ? [alert] : []).filter(isHost)).toHaveLength(1);
    running.nas = await engine("nas");
    expect(one.alertsOf(await well(one), alert ? [alert] : []).filter(isHost)).toEqual([]);
  }, 30_000);

  test("keeps its containers as last seen and since when, while the other's are fresh; none counts as dead or gone", async () => {
    const one = jarvis();
    const before = await well(one);
    await lose();
    const state = await one.read();
    expect(one.of(state, "nas").length).toBe(one.of(before, "nas").length);
    expect(one.of(state, "nas").map(({ id, status }) => [id, status])).toEqual(one.of(before, "nas").map(({ id, status }) => [id, status]));
    const since = state.hosts.nas?.since;
    expect(since).toMatch(/^\d{4}-/);
    expect(new Set(one.of(state, "nas").map(({ unseenSince }) => unseenSince))).toEqual(new Set([since]));
    expect(new Set(one.of(state, "mgmt").map(({ unseenSince }) => unseenSince))).toEqual(new Set([undefined]));
    expect(Object.keys(state.containers).length).toBe(Object.keys(before.containers).length);
    expect(one.alertsOf(state).filter(({ resource }) => resource.startsWith("container/nas/"))).toEqual([]);
  }, 30_000);

  test("keeps them over a restart of Jarvis, in what is read and in what the streams tell", async () => {
    const first = jarvis();
    const before = await well(first);
    await lose();
    const second = jarvis(before);
    const end = new AbortController();
    const told: State[] = [];
    const following = second.host
      .within({ client: second.client, signal: end.signal }, async (ctx) => second.monitor.watch?.(ctx, (state) => void told.push(state)))
      .catch((thrown: unknown) => thrown);
    await until(() => told.length > 0, { what: "a state of the streams" });
    for (const state of [...told, await second.read()]) {
      expect(second.of(state, "nas").map(({ id }) => id)).toEqual(second.of(before, "nas").map(({ id }) => id));
      expect(second.of(state, "nas").every(({ unseenSince }) => unseenSince !== undefined)).toBe(true);
    }
    end.abort();
    await following;
    running.nas = await engine("nas");
    expect(second.of(await well(second), "nas").every(({ unseenSince }) => unseenSince === undefined)).toBe(true);
  }, 30_000);

  test("has nothing done to its containers, and a name that it may have too is not taken for the other's", async () => {
    const one = jarvis();
    await well(one);
    await lose();
    await one.read();
    const { preflight } = one.tools.container_restart;
    const asked = async (which: { container: string; host?: string }) => Promise.resolve(preflight?.(one.ctx, which)).then(({ target } = { target: "" }) => target, String);
    for (const which of [{ container: "container/nas/grafana" }, { container: "grafana", host: "nas" }]) expect(await asked(which)).toContain(`No Docker at ${sockets.nas}`);
    expect(await asked({ container: "grafana" })).toContain("container/nas/grafana");
    expect(await asked({ container: "grafana" })).toContain("say which");
    expect(await asked({ container: "container/mgmt/grafana" })).toBe("container/mgmt/grafana");
    const { warnings } = await one.tools.container_list.run(one.ctx, {}, {});
    expect(warnings?.[0]).toStartWith(`nas: No Docker at ${sockets.nas}`);
  }, 30_000);
});
