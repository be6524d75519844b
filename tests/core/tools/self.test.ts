// Jarvis finds the machine it runs on among what it sees, and says so when it cannot.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compareSelf, type Identity, readIdentity } from "../../../core/tools/self.ts";

const own: Identity = { productUuid: "AAAA-1", macs: ["BC:24:11:00:00:01"], addresses: ["192.168.1.65", "127.0.0.1"] };
const vm = (id: string, uuid: string, mac: string, more: object = {}) => ({
  id,
  kind: "guest" as const,
  guestKind: "vm" as const,
  name: `name of ${id}`,
  parent: "node/agent1",
  identity: `smbios:${uuid}`,
  labels: { macs: mac },
  ...more,
});
const ct = (id: string, mac: string) => ({ id, kind: "guest" as const, guestKind: "ct" as const, name: id, parent: "node/pve", identity: `ct:${mac}`, labels: { macs: mac } });
const node = (id: string, addresses = "192.168.1.61") => ({ id, kind: "node" as const, name: id, labels: { addresses } });
const mine = vm("guest/100", "aaaa-1", "bc:24:11:00:00:01");
const other = vm("guest/101", "bbbb-2", "bc:24:11:00:00:02");

describe("the comparison", () => {
  test("one sign that matches is self, with what carries it", () => {
    const nodes = [node("node/agent1"), node("node/pve", "192.168.1.74")];
    expect(compareSelf("auto", own, [mine, other, ...nodes])).toMatchObject({ state: "guest", resources: ["guest/100", "node/agent1"] });
    expect(compareSelf("auto", own, [vm("guest/100", "zzzz", "bc:24:11:00:00:01"), other]).resources).toContain("guest/100");
    expect(compareSelf("auto", own, [vm("guest/100", "zzzz", "ff:ff", { labels: { macs: "ff:ff", addresses: "10.0.0.1, 192.168.1.65" } })]).resources).toContain("guest/100");
    expect(compareSelf("auto", own, [other, node("node/home", "192.168.1.65")])).toMatchObject({ state: "guest", resources: ["node/home"] });
  });
  test("addresses everybody has are no sign", () => {
    expect(compareSelf("auto", own, [vm("guest/101", "bbbb", "ff:ff", { labels: { macs: "ff:ff", addresses: "127.0.0.1" } })]).state).toBe("outside");
  });
  test("uuid and MAC readable and different everywhere is outside", () => {
    expect(compareSelf("auto", own, [other, ct("guest/103", "bc:24:11:00:00:03"), node("node/pve")]).state).toBe("outside");
  });
  test("storages and services, which have no signs, leave nothing open", () => {
    const more = [
      { id: "storage/shared/nas", kind: "storage" as const, name: "nas" },
      { id: "docker/mgmt", kind: "service" as const, name: "Docker host mgmt" },
    ];
    expect(compareSelf("auto", own, [other, ct("guest/103", "bc:24:11:00:00:03"), node("node/pve"), ...more]).state).toBe("outside");
  });
  test("anything less is unknown", () => {
    expect(compareSelf("auto", own, []).state).toBe("unknown");
    expect(
      compareSelf(
        "auto",
        own,
        [other, { ...other, id: "guest/102", identity: undefined }].map(({ identity, ...rest }) => ({ ...rest, ...(identity === undefined ? {} : { identity }) })),
      ).state,
    ).toBe("unknown");
    expect(compareSelf("auto", { macs: [], addresses: [] }, [other]).state).toBe("unknown");
    expect(compareSelf("auto", { productUuid: "x", macs: [], addresses: [] }, [other]).state).toBe("unknown");
  });
  test("the configuration's word is taken", () => {
    expect(compareSelf("outside", own, [mine]).state).toBe("outside");
    expect(compareSelf("guest/101", own, [mine, other])).toMatchObject({ state: "guest", resources: ["guest/101", "node/agent1"] });
  });
  test("the container Jarvis runs in is self, with its host and node", () => {
    const container = { id: "container/mgmt/jarvis", kind: "container" as const, name: "jarvis", parent: "docker/mgmt", identity: "container:abc" };
    const host = { id: "docker/mgmt", kind: "service" as const, name: "Docker host mgmt", parent: "guest/100" };
    const view = compareSelf("auto", { containerId: "abc", macs: [], addresses: [] }, [container, host, mine]);
    expect(view.resources).toEqual(["container/mgmt/jarvis", "docker/mgmt", "guest/100", "node/agent1"]);
  });
});

describe("the reader", () => {
  const root = mkdtempSync(join(tmpdir(), "jarvis-self-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  test("takes the machine id only where there is no firmware, and MACs of solid interfaces and the default route", () => {
    put("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    put("sys/class/net/ens18/device/x", "");
    put("sys/class/net/ens18/address", "bc:24:11:00:00:01\n");
    put("sys/class/net/docker0/address", "02:42:00:00:00:00\n");
    put("sys/class/net/vmbr0/address", "bc:24:11:00:00:09\n");
    put("proc/net/route", "Iface\tDestination\tGateway\nvmbr0\t00000000\t0101A8C0\n");
    expect(readIdentity({ root })).toMatchObject({ machineId: "01234567-89ab-cdef-0123-456789abcdef", macs: ["bc:24:11:00:00:01", "bc:24:11:00:00:09"] });
    put("sys/class/dmi/id/product_uuid", "AAAA-1\n");
    expect(readIdentity({ root })).toMatchObject({ productUuid: "AAAA-1" });
    expect(readIdentity({ root })).not.toHaveProperty("machineId");
  });
  test("takes the cheapest default route's gateway, and whom the forwarder of systemd asks", () => {
    put(
      "proc/net/route",
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nwlan0\t00000000\t0201A8C0\t3\t0\t0\t600\t0\nvmbr0\t00000000\t0101A8C0\t3\t0\t0\t100\t0\n",
    );
    expect(readIdentity({ root })).toMatchObject({ gateway: "192.168.1.1", nameServers: [] });
    put("etc/resolv.conf", "# by hand\nnameserver 192.168.1.83\nsearch lan\nnameserver 9.9.9.9\n");
    expect(readIdentity({ root }).nameServers).toEqual(["192.168.1.83", "9.9.9.9"]);
    put("etc/resolv.conf", "nameserver 127.0.0.53\n");
    expect(readIdentity({ root }).nameServers).toEqual(["127.0.0.53"]);
    put("run/systemd/resolve/resolv.conf", "nameserver 192.168.1.83\n");
    expect(readIdentity({ root }).nameServers).toEqual(["192.168.1.83"]);
  });
  test("takes a file instead, and refuses one that makes no sense", () => {
    put("identity.json", JSON.stringify({ productUuid: "u", macs: ["m"] }));
    expect(readIdentity({ file: join(root, "identity.json") })).toEqual({ productUuid: "u", macs: ["m"], addresses: [] });
    put("bad.json", "{");
    expect(() => readIdentity({ file: join(root, "bad.json") })).toThrow("cannot be read as JSON");
    expect(() => readIdentity({ file: join(root, "missing.json") })).toThrow("cannot be read");
  });
  test("reads this machine without failing", () => expect(readIdentity()).toHaveProperty("macs"));
});
