// What nodes' journals say of links, heat, power and the world outside: counted in a window of time, so that it is the same however often they are read.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { type Heard, linkAlerts } from "../../../../plugins/proxmox/alerts/cluster-links.ts";
import { outsideAlerts } from "../../../../plugins/proxmox/alerts/cluster-outside.ts";
import { bodyAlerts } from "../../../../plugins/proxmox/alerts/node-body.ts";
import { corosync } from "../../../../plugins/proxmox/monitors/corosync.ts";
import { isOutside } from "../../../../plugins/proxmox/shapes/outside.ts";
import { eventsOf, upsOf, wordsOf } from "../../../../plugins/proxmox/shapes/words.ts";

const AT = "2026-06-01T12:00:00.000Z";
type Line = { at: number; from: string; text: string };
const line = (from: string, text: string): Line => ({ at: 0, from, text });
const heardBy = (name: string, lines: readonly Line[], { busy = false, fresh = lines }: { busy?: boolean; fresh?: readonly Line[] } = {}): Heard => ({
  name,
  at: AT,
  words: wordsOf(eventsOf(lines, 0)),
  fresh: wordsOf(eventsOf(fresh, 0)),
  busy,
});
const heard = (lines: readonly Line[], more = {}): Heard[] => [heardBy("Home", lines, more)];
const keys = (alerts: readonly Alert[]): string[] => alerts.map((alert) => Alert.parse(alert).key);
const standing = (key: string, resource: string): Alert[] => [{ key, resource, severity: "warning", title: key }];
const times = (count: number, one: Line): Line[] => Array.from({ length: count }, () => one);

describe("links", () => {
  const down = line("corosync[901]", "  [KNET  ] link: host: 2 link: 0 is down");
  const again = line("corosync[901]", "  [TOTEM ] Retransmit List: 5a10");

  test("a link that went down twice is a cable that was moved; more and it flaps", () => {
    expect(linkAlerts(heard(times(2, down)), { 2: "pve" }, [])).toEqual([]);
    expect(linkAlerts(heard(times(3, down)), { 2: "pve" }, []).map(({ key, resource }) => [key, resource])).toEqual([["cluster-link-flapping", "node/pve"]]);
  });

  test("it is kept while it still goes down, and over once it has been up for the last minutes", () => {
    const open = standing("cluster-link-flapping", "node/pve");
    expect(keys(linkAlerts(heard(times(3, down), { fresh: [down] }), { 2: "pve" }, open))).toEqual(["cluster-link-flapping"]);
    expect(keys(linkAlerts(heard(times(3, down), { fresh: [] }), { 2: "pve" }, open))).toEqual([]);
    // What is over is not told anew for having been.
    expect(keys(linkAlerts(heard(times(3, down), { fresh: [] }), { 2: "pve" }, []))).toEqual([]);
  });

  test("retransmits while a backup fills the wire are none", () => {
    expect(linkAlerts(heard(times(12, again), { busy: true }), {}, [])).toEqual([]);
    expect(keys(linkAlerts(heard(times(12, again)), {}, []))).toEqual(["cluster-retransmits"]);
    expect(linkAlerts(heard(times(12, again), { fresh: [] }), {}, standing("cluster-retransmits", "node/home"))).toEqual([]);
  });
});

describe("the machine's body", () => {
  const hot = line("kernel", "CPU1: Core temperature above threshold, cpu clock throttled (total events = 1)");

  test("the UPS' last word counts", () => {
    const ups = (state: "battery" | "line") => heard([]).map((one) => ({ ...one, ups: { state, at: AT, line: "upsmon[1]: x" } }));
    expect(keys(bodyAlerts(ups("battery"), []))).toEqual(["ups-on-battery"]);
    expect(bodyAlerts(ups("line"), [])).toEqual([]);
    const [battery, back] = [line("upsmon[700]", "UPS ups@localhost on battery"), line("upsmon[700]", "UPS ups@localhost on line power")];
    expect(upsOf(eventsOf([battery, back], 0))?.state).toBe("line");
    expect(upsOf(eventsOf([battery], 0))?.state).toBe("battery");
    expect(upsOf(eventsOf([line("cron[1]", "running on battery saver")], 0))).toBeUndefined();
  });

  test("apcupsd's words count as NUT's do", () => {
    const state = (text: string) => upsOf(eventsOf([line("apcupsd[811]", text)], 0))?.state;
    expect(state("Running on UPS batteries.")).toBe("battery");
    expect(state("Mains returned. No longer on UPS batteries.")).toBe("line");
    expect(state("Power is back. UPS running on mains.")).toBe("line");
    expect(state("Battery charge 80 %")).toBeUndefined();
  });

  test("the kernel's words for heat are known, today's and those before 5.5", () => {
    const counted = (text: string) => wordsOf(eventsOf([line("kernel", text)], 0)).throttled;
    expect(counted("CPU7: Core temperature is above threshold, cpu clock is throttled (total events = 219)")).toBe(1);
    expect(counted("CPU7: Package temperature above threshold, cpu clock throttled (total events = 219)")).toBe(1);
    expect(counted("CPU7: Core temperature/speed normal (total events = 219)")).toBe(0);
  });

  test("a single throttle is everyday, as are some more while a backup runs; it is over when it has been cool for the last minutes", () => {
    expect(bodyAlerts(heard([hot]), [])).toEqual([]);
    expect(keys(bodyAlerts(heard(times(4, hot)), []))).toEqual(["node-hot"]);
    expect(bodyAlerts(heard(times(4, hot), { busy: true }), [])).toEqual([]);
    expect(bodyAlerts(heard(times(9, hot), { fresh: [] }), standing("node-hot", "node/home"))).toEqual([]);
    expect(bodyAlerts(heard(times(9, hot), { fresh: [] }), [])).toEqual([]);
  });
});

describe("outside", () => {
  const name = line("pveupdate[2]", "Temporary failure resolving 'download.proxmox.com'");
  const away = [
    line("chronyd[611]", "Source 185.125.190.56 offline"),
    line("pveupdate[2]", "Could not connect to download.proxmox.com:80 (212.224.123.70), connection timed out"),
    line("postfix/smtp[3]", "connect to mail.example.net[203.0.113.25]:25: Connection timed out"),
  ];
  const both = (lines: readonly Line[], more = {}) => [heardBy("a", lines, more), heardBy("b", lines, more), heardBy("c", [])];
  const around = { cluster: "homelab", resolver: { address: "192.168.1.53", guest: { vmid: 103, name: "adguard", running: true } } };

  test("names that two nodes cannot resolve are the resolver's fault, told with who that is", () => {
    const [alert] = outsideAlerts(both([name]), around, []);
    expect([alert?.key, alert?.resource, alert?.cause]).toEqual(["names-fail", "service/proxmox/names", "dns"]);
    expect(alert?.why).toContain("adguard (103)");
    expect(alert?.evidence?.length).toBe(2);
  });

  test("a resolver whose guest is stopped is told as that guest", () => {
    const guest = { ...around.resolver.guest, running: false };
    expect(outsideAlerts(both([name]), { ...around, resolver: { ...around.resolver, guest } }, [])).toEqual([]);
  });

  test("the service is as the guest that answers it: a house in order has nothing out of sight", () => {
    const drawn = (more: object) =>
      corosync.resources?.({ numbers: {}, nodes: {}, unknown: {}, waiting: [], resolver: { ...around.resolver, guest: { ...around.resolver.guest, ...more } } })[0];
    expect(drawn({})).toMatchObject({ id: "service/proxmox/names", status: "up", needs: ["guest/103"] });
    expect(drawn({ running: false })?.status).toBe("down");
    expect(drawn({ running: false, unseen: true })?.status).toBe("unknown");
  });

  test("one node's failing lookup among several is its own matter; alone in the house it counts", () => {
    expect(outsideAlerts([heardBy("a", [name]), heardBy("b", [])], around, [])).toEqual([]);
    expect(keys(outsideAlerts([heardBy("a", [name])], {}, []))).toEqual(["names-fail"]);
    // The other's failure is over: it was the house's then, and is this node's now.
    expect(outsideAlerts([heardBy("a", [name]), heardBy("b", [name], { fresh: [] })], around, [])).toEqual([]);
  });

  test("strangers who answer nobody are the way outside, and names that fail with it are told by that", () => {
    expect(outsideAlerts(both([...away, name]), around, []).map(({ key, resource, cause }) => [key, resource, cause])).toEqual([["wan-down", "cluster/homelab", "network"]]);
    expect(outsideAlerts(both(away.slice(0, 1)), around, [])).toEqual([]);
  });

  test("a machine of the house that does not answer is no internet", () => {
    const inside = ["192.168.1.99", "10.0.0.4", "172.20.3.1", "nas.lan"].map((host) => line("pvestatd[1]", `connect to ${host}:8007 failed: Connection timed out`));
    expect(outsideAlerts(both(inside), around, [])).toEqual([]);
  });

  test("it is over when the last minutes were quiet", () => {
    expect(outsideAlerts(both([name], { fresh: [] }), around, standing("names-fail", "service/proxmox/names"))).toEqual([]);
    expect(keys(outsideAlerts(both([name]), around, standing("names-fail", "service/proxmox/names")))).toEqual(["names-fail"]);
    expect(outsideAlerts(both(away, { fresh: [] }), around, standing("wan-down", "cluster/homelab"))).toEqual([]);
    expect(outsideAlerts(both(away, { fresh: [] }), around, [])).toEqual([]);
    expect(outsideAlerts(both([name], { fresh: [] }), around, [])).toEqual([]);
  });

  test("which addresses are outside", () => {
    for (const host of ["9.9.9.9", "download.proxmox.com:80", "[2620:fe::fe]:53", "172.32.0.1"]) expect([host, isOutside(host)]).toEqual([host, true]);
    for (const host of ["192.168.1.1:53", "100.64.3.2", "fd00::1", "nas.lan", "pbs", "localhost", "::1", ""]) expect([host, isOutside(host)]).toEqual([host, false]);
  });
});
