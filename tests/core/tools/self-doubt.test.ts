// What the configuration says Jarvis runs on is held against its own signs, and only told where they do not bear it out.
import { expect, test } from "bun:test";
import { type Candidate, compareSelf, type Identity } from "../../../core/tools/self.ts";
import { selfDoubt } from "../../../core/tools/self-doubt.ts";

const own: Identity = { productUuid: "u-1", macs: ["aa:01"], addresses: [] };
const guest = (id: number, more: Partial<Candidate> = {}): Candidate => ({
  id: `guest/${id}`,
  kind: "guest",
  guestKind: "vm",
  name: `g${id}`,
  parent: "node/a",
  identity: `smbios:x-${id}`,
  labels: { macs: `bb:${id}` },
  ...more,
});
const mine = guest(100, { identity: "smbios:u-1", labels: { macs: "aa:01" } });

test("nothing is told of what is confirmed, of auto, and of a house that is out of sight", () => {
  expect(selfDoubt("guest/100", own, [mine, guest(101)], true)).toBeUndefined();
  expect(selfDoubt("node/a", own, [mine, { id: "node/a", kind: "node", name: "a" }], true)).toBeUndefined();
  expect(selfDoubt("auto", own, [guest(101)], true)).toBeUndefined();
  expect(selfDoubt("guest/100", own, [], true)).toBeUndefined();
  expect(selfDoubt("outside", own, [guest(101)], true)).toBeUndefined();
});

test("a name nothing has, another machine, and none at all are each told; what could not be read only when it has had its time", () => {
  expect(selfDoubt("guest/1000", own, [mine], false)).toBe(
    "it says guest/1000, and nothing seen is named so: what Jarvis really runs on is not kept from being disturbed. Did you mean guest/100?",
  );
  expect(selfDoubt("guest/101", own, [mine, guest(101)], false)).toBe("it says guest/101, and its own signs say otherwise: Jarvis runs on guest/100 (g100).");
  expect(selfDoubt("outside", own, [mine, guest(101)], false)).toBe("it says outside, and its own signs say otherwise: Jarvis runs on guest/100 (g100).");
  expect(selfDoubt("guest/101", own, [guest(101), guest(102)], false)).toContain("none of its own signs (firmware uuid, network cards, addresses) is that of guest/101");
  const { labels: _, identity: __, ...unread } = guest(101);
  expect(selfDoubt("guest/101", own, [unread], false)).toBeUndefined();
  expect(selfDoubt("guest/101", own, [unread], true)).toContain("nothing confirms it");
});

test("the configuration's word holds all the same", () => expect(compareSelf("guest/101", own, [mine, guest(101)]).resources).toContain("guest/101"));
