// Jarvis looks at itself at the start, every hour, and when what it runs on becomes another thing; a fact keeps the time since which it is known.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSelf } from "../../../core/app/self.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { createManualClock } from "../../support/clock.ts";

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
