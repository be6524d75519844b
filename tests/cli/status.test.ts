// `status`: at a glance, what Jarvis sees of the house and what it cannot see now.
import { afterEach, describe, expect, test } from "bun:test";
import { describeIncident } from "../../core/cli/people.ts";
import { countKinds, describeHouse, describeNotices, describeSources } from "../../core/cli/sight.ts";
import { LiveResource } from "../../core/contract/resource.ts";
import { createFixture, type Fixture } from "./fixture.ts";

let open: Fixture | undefined;
afterEach(() => open?.stop());

const at = "2026-01-02T03:04:05.000Z";
const guest = (vmid: number, more: object = {}) =>
  LiveResource.parse({ id: `guest/${vmid}`, kind: "guest", name: `g${vmid}`, status: "up", stale: false, at, plugin: "proxmox", vmid, ...more });
const house = [guest(101), guest(102, { status: "down" }), guest(103, { stale: true }), guest(900, { template: true, status: "down" })];
const down = { plugin: "proxmox", state: "down" as const, since: at, words: "192.168.1.50:8006 does not answer" };
const fresh = { plugin: "docker", state: "ok" as const, since: at, words: "fresh" };

describe("status --json", () => {
  test("carries every source with state, since and words, and counts no template among the guests", async () => {
    const status = {
      mode: "act",
      killed: false,
      maintenance: false,
      sources: [fresh, down],
      version: "1.0.0",
      self: { state: "outside", resources: [], words: "" },
      brain: "rules",
    };
    open = createFixture({
      "status.get": () => status,
      "plugins.list": () => ({ plugins: [] }),
      "state.get": () => ({ resources: house }),
      "incidents.list": () => ({ incidents: [] }),
      "asks.list": () => ({ asks: [] }),
    });
    const ran = await open.run(["status", "--json"]);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ mode: "act", version: "1.0.0", sources: [fresh, down], resources: { guest: { total: 3, up: 1, stale: 1, templates: 1 } } });
  });
});

describe("status for people", () => {
  test("names first what cannot be seen, with since when and why", () => {
    const text = describeSources({ sources: [fresh, down] });
    expect(text.split("\n")[0]).toBe("CANNOT BE SEEN NOW: proxmox");
    expect(text.split("\n")[1]).toContain("proxmox  down  since 2026-01-02 03:04 UTC  192.168.1.50:8006 does not answer");
    expect(describeSources({ sources: [{ ...down, state: "stale" }] })).toStartWith("CANNOT BE SEEN NOW: parts of proxmox\n");
    expect(describeSources({ sources: [fresh] })).toStartWith("sources: all are seen\n");
  });

  test("says exactly what of a source is out of sight, and loudest when it is all", () => {
    const partly = { ...down, state: "stale" as const, words: "proxmox/guests: no answer" };
    const node = LiveResource.parse({ id: "node/pve", kind: "node", name: "pve", status: "up", stale: false, at, plugin: "proxmox" });
    const blind = [guest(101, { stale: true }), guest(102, { status: "unknown" }), { ...node, stale: true }, guest(900, { template: true, stale: true })];
    const first = (resources: LiveResource[]): string | undefined => describeSources({ sources: [fresh, partly] }, [...resources, guest(7, { plugin: "docker" })]).split("\n")[0];
    expect(first(blind)).toBe("CANNOT BE SEEN NOW: ALL of proxmox (both guests, its node; what is told of them below is the last known)");
    expect(first([guest(101, { stale: true }), guest(102), node])).toBe("CANNOT BE SEEN NOW: parts of proxmox (1 of 2 guests)");
    expect(first([guest(101, { stale: true }), guest(102), { ...node, stale: true }])).toBe("CANNOT BE SEEN NOW: parts of proxmox (1 of 2 guests, its node)");
    expect(first([guest(101), node])).toBe("CANNOT BE SEEN NOW: parts of proxmox");
  });

  test("a source that answers and does not see all of its own is never called seen whole", () => {
    const lost = guest(104, { stale: true, plugin: "docker" });
    const text = describeSources({ sources: [fresh] }, [guest(101), lost, guest(900, { template: true, stale: true })]);
    expect(text.split("\n")[0]).toBe("CANNOT BE SEEN NOW: 1 of 2 things, though each source answers (parts of docker; named below)");
    expect(describeSources({ sources: [fresh] }, [guest(101), guest(105, { status: "unknown", plugin: "docker" })])).not.toContain("all are seen");
    expect(describeSources({ sources: [fresh] }, [guest(101)])).toStartWith("sources: all are seen\n");
  });

  test("what is amiss with Jarvis itself is told with its words", () => {
    expect(describeNotices({ notices: [{ what: "The persona cannot be used", words: "jarvis.md:3:1: no such key", since: at }] })).toBe(
      "THE PERSONA CANNOT BE USED (since 2026-01-02 03:04 UTC)\n  jarvis.md:3:1: no such key",
    );
  });

  test("what waits for a person is told with its reason: a runbook that cannot be read with its file and line", () => {
    const incident = {
      id: "INC-0002",
      resource: "service/runbook/disk-failing",
      name: "the runbook disk-failing",
      title: "The runbook disk-failing cannot be read",
      severity: "warning" as const,
      status: "escalated" as const,
      cause: { kind: "configuration" as const, words: "disk-failing.md:2: the list does not end on its line.", evidence: [], verdict: "fault" as const },
      openedAt: at,
      callIds: [],
      alert: "a",
      words: "It needs a person.",
    };
    const lines = describeIncident(incident).split("\n");
    expect(lines[0]).toContain("The runbook disk-failing cannot be read (INC-0002)");
    expect(lines.slice(1).map((line) => line.trim())).toEqual(["disk-failing.md:2: the list does not end on its line.", "It needs a person."]);
    expect(describeIncident({ ...incident, status: "acting" }).split("\n")).toHaveLength(2);
  });

  test("says loudly when nothing is watched at all", () => {
    expect(describeSources({ sources: [], watchesNothing: "I watch nothing." })).toBe("NOTHING IS WATCHED: I watch nothing.");
    expect(describeSources({ sources: [{ ...fresh, plugin: "hello" }], watchesNothing: "I watch nothing." })).toStartWith("NOTHING IS WATCHED: I watch nothing.\nsources\n  hello");
  });

  test("what was not seen lately is named and never counted as up", () => {
    expect(describeHouse(house)).toBe("house\n  guest      1 of 3 up, 1 not seen lately (and 1 template)\n  not seen lately: guest/103 (g103)");
    expect(countKinds([])).toEqual({});
    expect(describeHouse([])).toBe("house\n  nothing seen yet");
  });
});
