// Questions testers asked that were answered with a shrug: what was left alone, what changed, how full a node's disks are, and names nobody bears.
import { describe, expect, test } from "bun:test";
import type { View } from "../../../core/agent/reflex/answers.ts";
import { reply } from "../../../core/agent/reflex/reply.ts";
import type { RuleHands } from "../../../core/agent/reflex/rule-reply.ts";
import type { Incident } from "../../../core/contract/incident.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";

const at = "2026-11-22T21:50:00.000Z";
const GIB = 1024 ** 3;
const thing = (id: string, name: string, kind: LiveResource["kind"], more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  name,
  kind,
  status: "up",
  stale: false,
  at,
  plugin: "farm",
  ...more,
});
const house = [
  thing("node/pve", "pve", "node", { figures: { diskBytes: 20 * GIB, diskTotalBytes: 100 * GIB } }),
  thing("node/home", "Home", "node"),
  thing("storage/pve/local", "local", "storage", { parent: "node/pve", figures: { diskBytes: 60 * GIB, diskTotalBytes: 100 * GIB } }),
  thing("storage/pve/tank", "tank", "storage", { parent: "node/pve", status: "down" }),
  thing("storage/home/local", "local", "storage", { parent: "node/home", figures: { diskBytes: 1 * GIB, diskTotalBytes: 100 * GIB } }),
  thing("guest/101", "nextcloud", "guest", { parent: "node/pve", figures: { diskBytes: 9 * GIB, diskTotalBytes: 10 * GIB } }),
  thing("container/a/nginx", "nginx", "container"),
];
const incident: Incident = {
  id: "INC-0003",
  resource: "guest/101",
  name: "nextcloud",
  title: "nextcloud stopped",
  severity: "critical",
  status: "resolved",
  cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
  openedAt: "2026-11-22T11:00:00.000Z",
  resolvedAt: "2026-11-22T11:01:00.000Z",
  callIds: [],
  alert: "x",
  words: "nextcloud is well again after 60 s.",
};
const view = (more: Partial<View> = {}): View => ({
  nowMs: Date.parse("2026-11-22T21:54:00.000Z"),
  persona: Persona.parse({ name: "T" }),
  resources: house,
  incidents: [incident],
  feed: [{ id: "f", at: "2026-11-22T08:00:00.000Z", kind: "left-alone", resource: "guest/101", words: "I left nextcloud alone: ana stopped it." }],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
  ...more,
});
const rules: RuleHands = {
  list: () => [],
  zone: () => "UTC",
  add: () => {
    throw new Error("a rule was made");
  },
  forget: () => {
    throw new Error("a rule was taken");
  },
};
const say = (text: string, more: Partial<View> = {}) =>
  reply(
    view(more),
    {
      tools: () => [],
      call: () => {
        throw new Error("something was done");
      },
      rules,
    },
    text,
    undefined,
  );

describe("what was left alone", () => {
  test.each(["what did you leave alone today?", "What have you left alone", "did you leave anything alone?", "was hast du in Ruhe gelassen?"])(
    "%p is told from the feed",
    async (text) => {
      const said = await say(text);
      expect(said.text).toBe("Left alone in the last day, in UTC: 1.\n- I left nextcloud alone: ana stopped it. (08:00)");
      expect(said.evidence).toHaveLength(1);
    },
  );
  test("nothing left alone is said so", async () => {
    expect((await say("what did you leave alone today?", { feed: [] })).text).toBe("I left nothing alone in the last day: nothing stopped that was meant to.");
  });
});

describe("what changed", () => {
  test.each(["what changed since yesterday?", "what's new?", "what has changed", "anything new since yesterday", "was hat sich seit gestern geändert?"])(
    "%p tells faults, acts and what was left alone",
    async (text) => {
      const { text: told } = await say(text);
      expect(told).toContain("Went wrong, and is over:\n- nextcloud stopped: nextcloud is well again after 60 s. (11:00)");
      expect(told).toContain("Left alone:");
    },
  );
  test("an open one comes first, and an old one is no news", async () => {
    const open = { ...incident, id: "INC-0004", status: "open" as const };
    const old = { ...incident, id: "INC-0001", openedAt: "2026-11-01T11:00:00.000Z", resolvedAt: "2026-11-01T12:00:00.000Z" };
    const { text } = await say("what changed since yesterday?", { incidents: [old, open], feed: [] });
    expect(text).toContain("Went wrong, and is not over:");
    expect(text).not.toContain("and is over");
  });
  test("a day on which nothing was is told so", async () => {
    expect((await say("what changed since yesterday?", { incidents: [], feed: [] })).text).toBe("Nothing changed in the last day that I saw or did.");
  });
});

describe("what lies on a node that is out of sight", () => {
  const dark = house.map((one) => (one.id === "guest/101" || one.id === "storage/pve/tank" ? { ...one, status: "unknown" as const, stale: false } : one));

  test("is neither up nor down, and is said to be out of sight", async () => {
    expect((await say("which guests are down?", { resources: dark })).text).toBe("1 of 1 is out of sight: nextcloud (guest/101, unknown).");
    expect((await say("what is down?", { resources: dark })).text).toContain("2 of 7 are out of sight: ");
    expect((await say("status", { resources: dark })).text).toContain("0 of 1 guest up, 1 out of sight");
    expect((await say("how full is pve?", { resources: dark })).text).toContain("storage tank is out of sight");
  });
});

describe("how full it is", () => {
  test.each(["how is pve's disk?", "how is pve’s storage", "how full is pve?", "storage on pve", "how are the disks of pve?", "what's the disk usage of pve", "wie voll ist pve?"])(
    "%p tells the node's own disk and its storages",
    async (text) => {
      const said = await say(text);
      expect(said.text).toBe(
        "pve (node/pve): its own disk 20 % full, 80 GiB free of 100 GiB; storage tank is not available; storage local 60 % full, 40 GiB free of 100 GiB. No incident is open on any of them.",
      );
      expect(said.evidence.map(({ source }) => source)).toEqual(["core/resources node/pve", "core/resources storage/pve/tank", "core/resources storage/pve/local"]);
    },
  );
  test("a guest's disk is its own", async () => {
    expect((await say("how is nextcloud's disk?")).text).toStartWith("nextcloud (guest/101): its own disk 90 % full, 1 GiB free of 10 GiB.");
  });
  test("a storage is what is full, it has no disk of its own", async () => {
    expect((await say("how full is storage/pve/local?")).text).toBe("local (storage/pve/local): 60 % full, 40 GiB free of 100 GiB. No incident is open on it.");
  });
  test("an open incident on a storage of it is told with it", async () => {
    const full = { ...incident, id: "INC-0009", status: "open" as const, resource: "storage/pve/tank", title: "tank is gone." };
    expect((await say("how is pve's storage?", { incidents: [full] })).text).toEndWith("INC-0009 is open: tank is gone.");
  });
  test("what is not known now is told with its time", async () => {
    const old = house.map((one) => ({ ...one, stale: true }));
    expect((await say("how is nextcloud's disk?", { resources: old })).text).toContain("last known at 21:50 UTC");
  });
  test("a container tells no disk, and that is said", async () => {
    expect((await say("how is nginx's disk?")).text).toStartWith("nginx (container/a/nginx): nobody tells me how full it is.");
  });
  test("another figure of a thing is its status", async () => {
    expect((await say("how is pve's memory?")).text).toStartWith("pve (node/pve)");
  });
});

describe("a name nobody bears", () => {
  test.each(["do not restart jellyfin", "don't restart jellyfin!", "please do not stop jellyfin", "starte jellyfin nicht neu"])("%p: nothing known, nothing kept", async (text) => {
    expect((await say(text)).text).toBe('I know nothing called "jellyfin", so there is nothing to leave alone, and no rule is kept. "status" tells what I know.');
  });
  test("the nearest is offered", async () => {
    expect((await say("do not restart ngnxi")).text).toBe('I know nothing called "ngnxi", so there is nothing to leave alone, and no rule is kept. Did you mean nginx?');
    expect((await say("never restart ngnxi")).text).toContain('I know nothing called "ngnxi", so I made no rule. Did you mean nginx?');
    expect((await say("status of ngnxi")).text).toBe('I know nothing called "ngnxi". Did you mean nginx?');
    expect((await say("restart ngnxi")).text).toBe('I know nothing called "ngnxi", so I did nothing. Did you mean nginx?');
  });
  test("one that is known is named, and whether a rule is kept is said", async () => {
    expect((await say("do not restart nginx")).text).toBe(
      'Understood: I leave nginx (container/a/nginx) as it is. That is for now, no rule is kept; to have one, say "never restart nginx".',
    );
  });
});
