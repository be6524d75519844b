// Grants: Deno's grain, config filled in, deny beats allow.
import { expect, test } from "bun:test";
import { isTouchy } from "../../../core/host/address.ts";
import { allows, allowsAddress, createGrant, destinations } from "../../../core/host/grant.ts";

const net = (rules: readonly string[], asked: string, denied: readonly string[] = []): boolean => allows(createGrant({ net: rules }, {}, { net: denied }), "net", asked);

test("absent is denied", () => {
  const grant = createGrant({}, {});
  for (const name of ["net", "run", "read", "write", "env", "tool", "state"] as const) expect(allows(grant, name, "anything")).toBe(false);
});

test.each<[string[], string, boolean]>([
  [["nas.lan"], "nas.lan:80", true],
  [["nas.lan:80"], "nas.lan:80", true],
  [["nas.lan:80"], "nas.lan:81", false],
  [["nas.lan:80"], "nas.lan", false],
  [["NAS.lan."], "nas.lan:80", true],
  [["nas.lan"], "evil-nas.lan:80", false],
  [["nas.lan"], "nas.lan.evil.org:80", false],
  [["127.0.0.1"], "127.1:80", true],
  [["[::1]:80"], "[::1]:80", true],
  [["[::1]"], "[::1]:443", true],
  [["unix:/run/docker.sock"], "/run/docker.sock", false],
  [["*"], "nas.lan:80", false],
])("net %p takes in %p: %p", (rules, asked, granted) => expect(net(rules, asked)).toBe(granted));

test("deny beats allow, whichever is the narrower", () => {
  expect(net(["nas.lan"], "nas.lan:80", ["nas.lan:80"])).toBe(false);
  expect(net(["nas.lan"], "nas.lan:81", ["nas.lan:80"])).toBe(true);
  expect(net(["nas.lan:80"], "nas.lan:80", ["nas.lan"])).toBe(false);
  expect(createGrant({ net: ["nas.lan:80"] }, {}, { net: ["nas.lan"] }).wishes.net).toEqual([{ value: "nas.lan:80", granted: false }]);
});

test("a program is granted by its exact name", () => {
  const grant = createGrant({ run: ["upsc"] }, {});
  expect(allows(grant, "run", "upsc")).toBe(true);
  for (const other of ["upsc2", "/usr/bin/upsc", "ups", "upsc -h"]) expect(allows(grant, "run", other)).toBe(false);
});

test.each<[string, string, boolean]>([
  ["proxmox_guest_*", "proxmox_guest_start", true],
  ["proxmox_guest_*", "proxmox_node_list", false],
  ["proxmox_guest_start", "proxmox_guest_start_all", false],
  ["p.oxmox_*", "proxmox_guest_start", false],
])("tool %p takes in %p: %p", (rule, tool, granted) => expect(allows(createGrant({ tool: [rule] }, {}), "tool", tool)).toBe(granted));

test.each<[string, string, boolean]>([
  ["docker/*", "docker/containers", true],
  ["docker/*", "docker/a/b", false],
  ["docker/**", "docker/a/b", true],
  ["**", "proxmox/guests", true],
  ["docker/*", "dockerx/a", false],
])("state %p takes in %p: %p", (rule, channel, granted) => expect(allows(createGrant({ state: [rule] }, {}), "state", channel)).toBe(granted));

test("config wishes become what the configuration holds: URLs, sockets, hosts with ports", () => {
  const config = {
    endpoints: ["https://10.0.0.1:8006", "https://pve.lan"],
    hosts: { a: { socket: "/run/a.sock" }, b: { url: "https://b.lan:2376", ca: "-----BEGIN CERTIFICATE-----\nMII" }, c: { host: "c.lan", port: 22 } },
    socket: "/run/one.sock",
    bridge: "nut.lan:3493",
  };
  const found = (key: string): string[] => createGrant({ net: [`config:${key}`] }, config).wishes.net.map(({ value }) => value);
  expect(found("endpoints")).toEqual(["10.0.0.1:8006", "pve.lan:443"]);
  expect(found("hosts")).toEqual(["unix:/run/a.sock", "b.lan:2376", "c.lan:22"]);
  expect(found("socket")).toEqual(["unix:/run/one.sock"]);
  expect(found("bridge")).toEqual(["nut.lan:3493"]);
  expect(found("nothing.there")).toEqual([]);
  expect(found("__proto__.constructor")).toEqual([]);
});

test("the author's reason stays with the wish, and every granted destination is told", () => {
  const grant = createGrant({ net: [{ value: "config:url", why: "The bridge" }, "unix:/run/x.sock"] }, { url: "http://127.0.0.1:9" }, { net: ["unix:/run/x.sock"] });
  expect(grant.wishes.net[0]).toEqual({ value: "127.0.0.1:9", why: "The bridge", granted: true });
  expect(destinations(grant)).toEqual({ net: ["127.0.0.1:9"], sockets: [] });
});

test("link-local and metadata addresses are reached only when the address itself is granted", () => {
  for (const address of ["169.254.169.254", "0.0.0.0", "fe80::1", "::ffff:169.254.1.1", "::ffff:a9fe:a9fe", "224.0.0.1", "100.100.100.200", "fd00:ec2::254"]) {
    expect([address, isTouchy(address)]).toEqual([address, true]);
    expect(allowsAddress(createGrant({ net: ["sneaky.lan"] }, {}), address, 80)).toBe(false);
  }
  expect(allowsAddress(createGrant({ net: ["169.254.169.254"] }, {}), "169.254.169.254", 80)).toBe(true);
  expect(allowsAddress(createGrant({ net: ["nas.lan"] }, {}), "10.0.0.4", 80)).toBe(true);
});
