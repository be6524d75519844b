// What Jarvis is and what it cannot do without, each with how it is known; what cannot be known is told as that, and what would cut it off is refused in every mode.
import { describe, expect, test } from "bun:test";
import type { Caller } from "../../../core/contract/caller.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import type { Autonomy } from "../../../core/contract/wire.ts";
import { carrierOf } from "../../../core/state/carriers.ts";
import { decide } from "../../../core/tools/policy.ts";
import { type Candidate, compareSelf, type Identity } from "../../../core/tools/self.ts";
import { lifelinesOf, selfFacts } from "../../../core/tools/self-facts.ts";

const own: Identity = {
  productUuid: "AAAA-1",
  macs: ["bc:24:11:00:00:01"],
  addresses: ["192.168.1.65"],
  gateway: "192.168.1.1",
  nameServers: ["192.168.1.83", "9.9.9.9"],
};
const guest = (id: number, name: string, more: Partial<Candidate> = {}): Candidate => ({
  id: `guest/${id}`,
  kind: "guest",
  guestKind: "vm",
  name,
  parent: "node/agent1",
  identity: `smbios:other-${id}`,
  labels: { macs: `ff:${id}`, addresses: `192.168.1.${id - 20}` },
  ...more,
});
const house: Candidate[] = [
  guest(100, "mgmt", { identity: "smbios:aaaa-1", labels: { macs: "bc:24:11:00:00:01" }, needs: ["storage/shared/nas"] }),
  guest(103, "adguard", { parent: "node/agent" }),
  guest(107, "proxy", { labels: { macs: "ff:107", addresses: "192.168.1.87" } }),
  { id: "storage/shared/nas", kind: "storage", name: "nas", labels: { server: "192.168.1.50" } },
  { id: "node/agent1", kind: "node", name: "agent1", labels: { addresses: "192.168.1.61" } },
  { id: "node/agent", kind: "node", name: "agent", labels: { addresses: "192.168.1.62" } },
  { id: "node/home", kind: "node", name: "Home", labels: { addresses: "192.168.1.50" } },
];
interface About {
  self?: Identity;
  setting?: string;
  all?: Candidate[];
  proxies?: string[];
  modelHost?: string;
}
const known = ({ self = own, setting = "auto", all = house, proxies = ["192.168.1.87"], modelHost = "192.168.1.50" }: About = {}) => {
  const view = compareSelf(setting, self, all);
  const facts = selfFacts({
    own: self,
    source: "read here",
    setting,
    view,
    candidates: all,
    proxies,
    modelHost,
    carrierOf: (where) => carrierOf(where, all, view.resources),
    unread: 0,
  });
  return { facts, view: { ...view, lifelines: lifelinesOf(facts, all) } };
};
const factOf = (about: About, role: string) => known(about).facts.filter((fact) => fact.role === role);

describe("the facts", () => {
  test("say what carries Jarvis and by which sign", () => {
    expect(factOf({}, "machine")).toMatchObject([{ words: "AAAA-1, bc:24:11:00:00:01, 192.168.1.65", how: "read here" }]);
    expect(factOf({}, "guest")).toMatchObject([{ id: "guest/100", words: "guest/100 (mgmt)", how: "its firmware uuid and a network card's MAC is its own", guarded: "always" }]);
    expect(factOf({}, "node")).toMatchObject([{ id: "node/agent1", how: "guest/100 runs on it", guarded: "always" }]);
    expect(factOf({}, "container")).toMatchObject([{ words: "None.", guarded: "no" }]);
  });
  test("say what it reaches the world by, and what of that is one of the machines seen", () => {
    expect(factOf({}, "storage")).toMatchObject([{ id: "storage/shared/nas", how: "a disk of guest/100 lies on it", guarded: "disruptive" }]);
    expect(factOf({}, "server")).toMatchObject([{ id: "node/home", how: "storage/shared/nas is served from 192.168.1.50", guarded: "disruptive" }]);
    expect(factOf({}, "dns")).toMatchObject([
      { id: "guest/103", guarded: "disruptive" },
      { words: "9.9.9.9, none of the machines Jarvis sees", guarded: "no" },
    ]);
    expect(factOf({}, "gateway")).toMatchObject([{ words: "192.168.1.1, none of the machines Jarvis sees", how: "its default route leads there", guarded: "no" }]);
    expect(factOf({}, "proxy")).toMatchObject([{ id: "guest/107", guarded: "disruptive" }]);
    expect(factOf({}, "model")).toMatchObject([{ id: "node/home", guarded: "no" }]);
  });
  test("say what is not known, on bare metal and where nothing can be read", () => {
    const bare = { self: { macs: [], addresses: [] }, all: [house[1], house[4]].filter((one) => one !== undefined), proxies: [] };
    const words = known(bare).facts.map((fact) => `${fact.role}: ${fact.words}`);
    expect(words).toContain("machine: Not known: it can read neither a firmware uuid nor a MAC nor an address of its own.");
    for (const role of ["guest", "node", "dns", "gateway"]) expect(words).toContain(`${role}: Not known.`);
    expect(words).toContain("proxy: None.");
    expect(factOf({ setting: "outside" }, "guest")).toMatchObject([{ words: "None that Jarvis sees.", how: expect.stringContaining("outside the cluster") }]);
    expect(factOf({ self: { ...own, nameServers: ["127.0.0.11"] } }, "dns")).toMatchObject([
      { words: "127.0.0.11, a forwarder of this machine; whom it asks is not known from here." },
    ]);
    expect(known(bare).facts.every(({ id }) => id === undefined)).toBe(true);
  });
  test("name the container Jarvis runs in, its engine, its guest and its node", () => {
    const all: Candidate[] = [
      ...house,
      { id: "container/mgmt/jarvis", kind: "container", name: "jarvis", parent: "docker/mgmt", identity: "container:abc" },
      { id: "docker/mgmt", kind: "service", name: "engine of mgmt", parent: "guest/100" },
    ];
    const { facts } = known({ self: { ...own, containerId: "abc" }, all });
    expect(facts.filter(({ guarded }) => guarded === "always").map(({ role, id }) => [role, id])).toEqual([
      ["guest", "guest/100"],
      ["container", "container/mgmt/jarvis"],
      ["node", "node/agent1"],
      ["engine", "docker/mgmt"],
    ]);
  });
});

describe("what would cut Jarvis off", () => {
  const caller = (kind: Caller["kind"], scope: Caller["scope"]): Caller => ({ kind, id: "x", scope, tainted: false });
  const CALLERS = [caller("operator", "admin"), caller("script", "operate"), caller("remedy", "operate"), caller("model", "operate"), caller("plugin", "operate")];
  const MODES: readonly Autonomy[] = ["propose", "act"];
  const { view: self } = known();
  const ruled = (who: Caller, mode: Autonomy, effect: Effect, target: string, carries: string[] = []) =>
    decide(
      { tool: "t", effect, target, touches: [], carries, caller: who, bound: true, hold: undefined },
      { mode, killLevel: undefined, rules: [], minute: () => 0, protect: [], self },
    );

  test("is refused for everybody in every mode, with the reason", () => {
    for (const who of CALLERS)
      for (const mode of MODES)
        for (const effect of ["disruptive", "destructive"] as const)
          for (const target of ["guest/100", "node/agent1", "storage/shared/nas", "node/home", "guest/103", "guest/107"])
            expect([target, ruled(who, mode, effect, target)]).toMatchObject([target, { decision: "deny", rule: "self" }]);
    expect(ruled(caller("operator", "admin"), "act", "disruptive", "guest/103").words).toBe(
      "guest/103 (adguard), 192.168.1.83 is Jarvis's name server (it asks there for names), and Jarvis does not cut itself off. Do it by hand, where Jarvis is not needed for it.",
    );
  });
  test("is refused where it goes along with another thing, as with a node that is shut down", () => {
    for (const who of CALLERS) expect(ruled(who, "act", "destructive", "node/agent", ["guest/103", "guest/109"])).toMatchObject({ decision: "deny", rule: "self" });
    expect(ruled(caller("operator", "admin"), "act", "destructive", "node/agent", ["guest/109"])).toMatchObject({ decision: "ask" });
  });
  test("may be started all the same, since that mends it; what carries Jarvis may not even be changed", () => {
    expect(ruled(caller("remedy", "operate"), "act", "reversible", "guest/103").decision).toBe("allow");
    expect(ruled(caller("remedy", "operate"), "act", "reversible", "guest/100").rule).toBe("self");
  });
  test("what carries a lifeline counts up to its guest, and no node by that alone", () => {
    const all: Candidate[] = [
      ...house,
      { id: "docker/web", kind: "service", name: "w", parent: "guest/107" },
      { id: "storage/shared/s", kind: "storage", name: "s", parent: "docker/web" },
    ];
    const ids = lifelinesOf([{ role: "storage", id: "storage/shared/s", words: "s", how: "h", guarded: "disruptive" }], all).map(({ id }) => id);
    expect(ids).toEqual(["storage/shared/s", "docker/web", "guest/107"]);
  });
});
