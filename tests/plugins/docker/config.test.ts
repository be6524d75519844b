// The plugin's configuration says in words what it does not take, and its permissions follow from it; two engines are kept apart.
import { afterAll, describe, expect, test } from "bun:test";
import { createGrant } from "../../../core/host/grant.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { createClient } from "../../../plugins/docker/engine/client.ts";
import { runsOnOf } from "../../../plugins/docker/engine/runs-on.ts";
import plugin from "../../../plugins/docker/plugin.ts";
import { testContext } from "../../support/context.ts";
import { until } from "../../support/until.ts";
import { following, labWorld } from "./world.ts";

const problems = (hosts: unknown): string => {
  const parsed = plugin.config.safeParse({ hosts });
  return parsed.success ? "" : JSON.stringify(parsed.error.issues);
};

describe("the configuration", () => {
  test("a socket, a URL with TLS and plain http to loopback are taken", () => {
    expect(
      problems({
        mgmt: { socket: "/var/run/docker.sock" },
        nas: { url: "https://192.168.1.74:2376", ca: "/c.pem", cert: "/a.pem", key: "/k.pem" },
        here: { url: "http://127.0.0.1:2375" },
      }),
    ).toBe("");
    expect(problems({ nas: { url: "tcp://192.168.1.74:2376", ca: "/c.pem" } })).toBe("");
    expect(problems({ nas: { url: "https://192.168.1.74:2376", on: "guest/101" }, here: { socket: "/d.sock", on: "self" } })).toBe("");
    expect(problems({ nas: { socket: "/d.sock", on: "Docker VM" } })).toContain("guest/NUMBER");
  });
  test("no engine at all is no configuration: the plugin stays off instead of watching nothing", () => {
    expect(plugin.config.safeParse({}).success).toBe(false);
    expect(problems({})).toContain("expected 1 to 20 hosts, such as {mgmt:");
  });
  test("ssh is refused, saying that it is not there yet and what works", () => {
    expect(problems({ home: { ssh: "home" } })).toContain("not there yet; what works: {socket");
  });
  test("plain http beyond loopback, a lone key, a relative socket and a capital in the name are refused", () => {
    expect(problems({ nas: { url: "http://192.168.1.74:2375" } })).toContain("plain http");
    expect(problems({ nas: { url: "tcp://192.168.1.74:2375" } })).toContain("plain http");
    expect(problems({ nas: { url: "https://192.168.1.74:2376", key: "/k.pem" } })).toContain("together");
    expect(problems({ mgmt: { socket: "docker.sock" } })).not.toBe("");
    expect(problems({ Mgmt: { socket: "/d.sock" } })).toContain("lower case");
  });
  test("the grant is the sockets, addresses and PEM files named there, and nothing else", () => {
    const config = plugin.config.parse({
      hosts: { mgmt: { socket: "/run/d.sock" }, nas: { url: "https://192.168.1.74:2376", ca: "/etc/ca.pem" }, old: { url: "tcp://127.0.0.1:2375", on: "node/pve" } },
    });
    const { wishes } = createGrant(plugin.permissions ?? {}, config);
    expect(wishes.net.map((wish) => wish.value).sort()).toEqual(["127.0.0.1:2375", "192.168.1.74:2376", "unix:/run/d.sock"]);
    expect(wishes.read.map((wish) => wish.value)).toContain("/etc/ca.pem");
    expect(wishes.run).toEqual([]);
  });
});

describe("what carries a host", () => {
  test.each([
    ["the machine of Jarvis for a socket", { socket: "/var/run/docker.sock" }, "self"],
    ["the address of a URL", { url: "https://192.168.1.74:2376" }, "192.168.1.74"],
    ["its name", { url: "tcp://NAS.lan:2376", ca: "/c.pem" }, "nas.lan"],
    ["its IPv6 address", { url: "https://[fd00::65]:2376" }, "fd00::65"],
    ["the host of an ssh word", { ssh: "root@10.0.0.5:22" }, "10.0.0.5"],
    ["what the configuration says", { socket: "/run/forwarded.sock", on: "guest/101" }, "guest/101"],
  ])("is %s", (_, host, runsOn) => expect(runsOnOf(host)).toBe(runsOn));
  test("is not known of a port on loopback: it may be forwarded from anywhere", () => {
    for (const url of ["http://127.0.0.1:2375", "http://localhost:2375", "http://[::1]:2375"]) expect(runsOnOf({ url })).toBeUndefined();
  });
});

describe("two engines", () => {
  const ends: (() => Promise<void> | void)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });
  const both = async () => {
    const [one, two] = [await labWorld(), await labWorld()];
    const config = plugin.config.parse({ hosts: { mgmt: { socket: one.socket }, nas: { socket: two.socket } } });
    const host = testContext({ config, plugin: "docker", clock: createClock(one.rate) });
    const client = createClient(config);
    const { monitors, tools } = plugin;
    if (!monitors || !tools) throw new Error("the plugin lost a part");
    ends.push(host.stop, one.stop, two.stop);
    return { one, two, plugged: { ...host, client, ctx: host.withClient(client), monitor: monitors.containers, tools } };
  };

  test("a name on both is ambiguous and names the candidates; the host decides", async () => {
    const { plugged } = await both();
    const get = (input: { container: string; host?: string }) => Promise.resolve(plugged.tools.container_get.run(plugged.ctx, input, {}));
    expect(get({ container: "grafana" })).rejects.toMatchObject({ type: "ambiguous", message: expect.stringContaining("container/nas/grafana") });
    expect((await get({ container: "grafana", host: "nas" })).text).toContain("container/nas/grafana");
    expect((await get({ container: "container/mgmt/grafana" })).text).toContain("container/mgmt/grafana");
  });

  test("when one goes away its containers become unknown and the other is still followed", async () => {
    const { two, one, plugged } = await both();
    const stream = following(plugged);
    await until(() => Object.keys(stream.latest()?.containers ?? {}).length === 32, { what: "both engines" });
    await two.stop();
    await until(async () => (await plugged.monitor.read(plugged.ctx)).hosts.nas?.reachable === false, { what: "the loss" });
    const state = await plugged.monitor.read(plugged.ctx);
    expect(state.containers["nas/grafana"]).toMatchObject({ status: "unknown", state: "running" });
    expect(state.containers["mgmt/grafana"]).toMatchObject({ status: "up" });
    await one.crash("grafana");
    await until(() => stream.latest()?.containers["mgmt/grafana"]?.status === "down", { what: "the crash on the other" });
    const listed = await plugged.tools.container_list.run(plugged.ctx, {}, {});
    expect(listed.warnings?.[0]).toContain("nas");
    expect(Promise.resolve(plugged.tools.container_get.run(plugged.ctx, { container: "only-on-nas" }, {}))).rejects.toMatchObject({ type: "upstream_refused" });
    await stream.end();
  });
});
