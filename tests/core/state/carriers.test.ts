// What carries a Docker host or another thing that tells only where it runs: one that fits, or none.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { Resource } from "../../../core/contract/resource.ts";
import { carrierOf } from "../../../core/state/carriers.ts";
import { createResources } from "../../../core/state/resources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const guest = (vmid: number, name: string, addresses?: string, more: Partial<Resource> = {}): Resource => ({
  id: `guest/${vmid}`,
  kind: "guest",
  name,
  parent: "node/pve",
  status: "up",
  ...(addresses === undefined ? {} : { labels: { addresses } }),
  ...more,
});
const node = (name: string, addresses: string): Resource => ({ id: `node/${name}`, kind: "node", name, status: "up", labels: { addresses } });
const all: Resource[] = [
  node("pve", "192.168.1.74"),
  node("home", "127.0.0.1"),
  guest(100, "mgmt", "192.168.1.65,fd00:0:0::65/64"),
  guest(101, "Docker", "10.0.0.5/24"),
  guest(102, "twin", "10.0.0.9"),
  guest(103, "twin", "10.0.0.9"),
  guest(104, "golden", "10.0.0.12", { template: true }),
  { id: "service/qdevice", kind: "service", name: "nas", status: "up", labels: { addresses: "10.0.0.20" } },
];

describe("what carries it", () => {
  test.each([
    ["10.0.0.5", "guest/101"],
    ["192.168.1.65", "guest/100"],
    ["fd00::65", "guest/100"],
    ["192.168.1.74", "node/pve"],
    ["docker.lan", "guest/101"],
    ["docker", "guest/101"],
    ["guest/102", "guest/102"],
  ])("%s is %s", (runsOn, id) => {
    expect(carrierOf(runsOn, all, [])).toBe(id);
  });

  test.each([
    ["an address nobody has", "10.0.0.99"],
    ["the beginning of an address", "192.168.1.6"],
    ["an address of two", "10.0.0.9"],
    ["a name of two", "twin"],
    ["a template's address", "10.0.0.12"],
    ["what is no machine", "10.0.0.20"],
    ["loopback, even a node's", "127.0.0.1"],
    ["a name on the internet that begins alike", "docker.example.org"],
    ["an id that is not there", "guest/999"],
    ["a storage's id", "service/qdevice"],
    ["nothing", ""],
  ])("%s (%s) is unclear: none", (_, runsOn) => {
    expect(carrierOf(runsOn, all, ["guest/100"])).toBeUndefined();
  });

  test("self is the guest Jarvis runs on, its node when it is no guest, and unclear with two", () => {
    expect(carrierOf("self", all, ["container/mgmt/jarvis", "guest/100", "node/pve"])).toBe("guest/100");
    expect(carrierOf("self", all, ["node/pve"])).toBe("node/pve");
    expect(carrierOf("self", all, [])).toBeUndefined();
    expect(carrierOf("self", all, ["guest/100", "guest/101", "node/pve"])).toBeUndefined();
  });
});

test("the parent follows what is seen: a guest's address learned later, Jarvis' own place found later; a parent that was told stays", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  let own: string[] = [];
  const resources = createResources({ clock, store, own: () => own });
  const base = { plugin: "p", watchedMs: undefined, everyMs: 1000, deadlineMs: 1000, schema: z.unknown(), read: async () => undefined };
  let guests: Resource[] = [guest(101, "one")];
  const service = (name: string, more: Partial<Resource>): Resource => ({ id: `docker/${name}`, kind: "service", name, status: "up", ...more });
  const hosts = [service("far", { runsOn: "10.0.0.5" }), service("here", { runsOn: "self" }), service("told", { runsOn: "10.0.0.5", parent: "guest/7" })];
  let count = 0;
  const read = (channel: string): void => {
    count += 1;
    store.accept(channel, { count });
  };
  resources.add({ ...base, channel: "p/guests", title: "Guests", resources: () => guests });
  resources.add({ ...base, channel: "p/hosts", title: "Hosts", resources: () => hosts });
  read("p/hosts");
  read("p/guests");
  const parents = () => ["far", "here", "told"].map((name) => resources.get(`docker/${name}`)?.parent);
  expect(parents()).toEqual([undefined, undefined, "guest/7"]);
  guests = [guest(101, "one", "10.0.0.5")];
  read("p/guests");
  expect(parents()).toEqual(["guest/101", undefined, "guest/7"]);
  own = ["guest/101"];
  resources.remark();
  expect(parents()).toEqual(["guest/101", "guest/101", "guest/7"]);
  expect(resources.get("docker/far")).not.toHaveProperty("runsOn");
  expect(resources.get("guest/101")?.self).toBe(true);
});
