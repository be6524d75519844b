// Jarvis looks at itself at the start, every hour, and when what it runs on becomes another thing; a fact keeps the time since which it is known.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSelf } from "../../../core/app/self.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { decide, type Proposal } from "../../../core/tools/policy.ts";
import type { SelfView } from "../../../core/tools/self.ts";
import { createManualClock } from "../../support/clock.ts";
import { OPERATOR } from "../tools/rig.ts";

const folder = mkdtempSync(join(tmpdir(), "jarvis-self-"));
const file = join(folder, "identity.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const says = (mac: string, more: object = {}): void => writeFileSync(file, JSON.stringify({ productUuid: "u-1", macs: [mac], addresses: [], ...more }));
beforeEach(() => says("aa:01", { nameServers: ["192.168.1.83"] }));

const guest = (id: number, mac: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id: `guest/${id}`,
  kind: "guest",
  guestKind: "vm",
  name: `g${id}`,
  parent: "node/a",
  status: "up",
  stale: false,
  at: "2026-01-01T00:00:00Z",
  plugin: "p",
  identity: `smbios:x-${id}`,
  labels: { macs: mac, addresses: `192.168.1.${id - 20}` },
  ...more,
});

const start = (first: LiveResource[] = []) => {
  const clock = createManualClock();
  let list = first;
  const listeners = new Set<() => void>();
  const told: number[] = [];
  const warned: string[] = [];
  const self = createSelf({
    config: { self: "auto", models: {}, server: { names: [], trustProxy: [], open: false } },
    identityFile: file,
    resources: {
      list: () => list,
      on: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    clock,
    log: (_, message) => void warned.push(message),
    changed: () => void told.push(clock.now()),
  });
  self.start();
  const see = (next: LiveResource[]): void => {
    list = next;
    for (const listener of listeners) listener();
  };
  const idsOf = (role: string) => (self.status().facts ?? []).filter((fact) => fact.role === role).map(({ id }) => id);
  return { self, clock, see, told, warned, idsOf };
};
const HOUSE = [guest(100, "aa:01"), guest(103, "aa:03")];

/** As the list names it before its configuration was read. */
const unread = (id: number): LiveResource => {
  const { identity: _, labels: __, ...rest } = guest(id, "");
  return rest;
};

describe("what Jarvis cannot do without, and has not found yet", () => {
  const view = ({ self }: ReturnType<typeof start>): SelfView => self.view();
  const proposal = (more: Partial<Proposal>): Proposal => ({
    tool: "t",
    effect: "disruptive",
    target: "guest/104",
    touches: [],
    caller: OPERATOR,
    bound: false,
    hold: undefined,
    ...more,
  });
  const ruled = (house: ReturnType<typeof start>, more: Partial<Proposal>): [string, string] => {
    const { decision, rule, words } = decide(proposal(more), { mode: "act", killLevel: undefined, rules: [], minute: () => 0, protect: [], self: view(house) });
    return [`${decision} ${rule}`, words];
  };
  const read = (id: string, ...addresses: string[]) => ({ id, name: "some", addresses });

  test("is recognised by what was read just before the act, and anybody else is acted on at once", () => {
    const house = start();
    house.see([guest(100, "aa:01"), unread(103), unread(104)]);
    expect(house.idsOf("dns")).toEqual([undefined]);
    const [found, words] = ruled(house, { target: "guest/103", read: read("guest/103", "192.168.1.83/24") });
    expect([found, words.startsWith("guest/103 (some), 192.168.1.83 is Jarvis's name server")]).toEqual(["deny self", true]);
    expect(ruled(house, { read: read("guest/104", "192.168.1.84/24") })[0]).toBe("allow allowed");
    expect(ruled(house, { target: "guest/103", effect: "reversible", read: read("guest/103", "192.168.1.83/24") })[0]).toBe("allow allowed");
  });

  test("may run on a guest nobody has read yet: what takes that along, or cannot read it, waits; for ten minutes at most, and it is said that it is not known", async () => {
    const house = start();
    house.see([guest(100, "aa:01"), unread(103), guest(104, "aa:04")]);
    const along = { target: "node/b", carries: ["guest/103"], read: read("node/b") };
    expect(ruled(house, along)).toEqual(["deny self_unread", expect.stringMatching(/does not know itself whole yet: who guest\/103 is was not read.*Try again in a few minutes/)]);
    expect(ruled(house, { target: "guest/103", read: { id: "guest/103", name: "x" } })[0]).toBe("deny self_unread");
    expect(ruled(house, { read: read("guest/104", "192.168.1.84") })[0]).toBe("allow allowed");
    const dns = () => house.self.status().facts?.find(({ role }) => role === "dns")?.words;
    expect(dns()).toBe("192.168.1.83, none of the machines Jarvis sees; the addresses of 1 of them are not known");
    await house.clock.advance(10 * 60_000);
    house.see([guest(100, "aa:01"), unread(103), guest(104, "aa:04")]);
    expect(ruled(house, along)[0]).toBe("allow allowed");
    expect(dns()).toContain("the addresses of 1 of them are not known");
  });

  test("and once it is found nobody waits", () => {
    const house = start();
    house.see([guest(100, "aa:01"), guest(103, "aa:03"), unread(105)]);
    expect(house.idsOf("dns")).toEqual(["guest/103"]);
    expect(ruled(house, { target: "node/b", carries: ["guest/105"], read: read("node/b") })[0]).toBe("allow allowed");
  });
});

describe("self-knowledge", () => {
  test("is there before anything is seen, and unknown", () => {
    const { self, idsOf } = start();
    expect(self.view().state).toBe("unknown");
    expect(idsOf("guest")).toEqual([undefined]);
  });

  test("is told once when it is found, and not again while nothing changes", async () => {
    const { see, told, clock, idsOf, self } = start();
    see(HOUSE);
    expect([idsOf("guest"), idsOf("dns")]).toEqual([["guest/100"], ["guest/103"]]);
    expect(self.view().lifelines?.map(({ id }) => id)).toEqual(["guest/103"]);
    expect(told.length).toBe(1);
    await clock.advance(30 * 60_000);
    see([...HOUSE]);
    expect(told.length).toBe(1);
  });

  test("is read anew every hour, with the time of the reading; a fact keeps the time it is known since", async () => {
    const { see, clock, idsOf, self } = start();
    see(HOUSE);
    const since = self.status().facts?.find(({ role }) => role === "guest")?.at;
    says("aa:01", { nameServers: ["192.168.1.84"] });
    await clock.advance(59 * 60_000);
    see([...HOUSE, guest(104, "aa:04")]);
    expect(idsOf("dns")).toEqual(["guest/103"]);
    await clock.advance(61_000);
    expect(idsOf("dns")).toEqual(["guest/104"]);
    const { facts, lookedAt } = self.status();
    expect(facts?.find(({ role }) => role === "guest")?.at).toBe(since);
    expect(facts?.find(({ role }) => role === "dns")?.at).toBe(lookedAt);
    expect(Date.parse(lookedAt ?? "") - Date.parse(since ?? "")).toBe(3_600_000);
  });

  test("is read anew at once when what it runs on becomes another thing", () => {
    const { see, idsOf, self } = start();
    see(HOUSE);
    says("aa:03");
    see(HOUSE.map((one) => (one.id === "guest/100" ? { ...one, identity: "smbios:new" } : one)));
    expect(idsOf("guest")).toEqual(["guest/103"]);
    expect(self.view().resources).toContain("guest/103");
  });

  test("keeps the last signs when they cannot be read any more, and says so", async () => {
    const { see, clock, warned, self } = start();
    see(HOUSE);
    writeFileSync(file, "{");
    await clock.advance(3_601_000);
    expect(self.view().resources).toContain("guest/100");
    expect(warned).toEqual([expect.stringContaining("could not read its own signs")]);
  });

  test("that is lost makes Jarvis unknown to itself, not somewhere else", () => {
    const { see, self } = start();
    see(HOUSE);
    see([]);
    expect(self.view()).toMatchObject({ state: "unknown", resources: [] });
  });
});
