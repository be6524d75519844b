// A stop of a guest that HA keeps: what is proved is told, what HA is about to mend is waited for, and what HA was told to keep down was meant.
import { expect, test } from "bun:test";
import { attributeGuest } from "../../../plugins/remediation/attribute/guest.ts";
import { goodEnd, kernel, life, OPENED, task } from "./lives.ts";

type Life = Parameters<typeof life>[0];
const why = (told: Life) => attributeGuest(life({ ha: true, ...told }), OPENED, []);
const SEGV = kernel(0, "kvm[4711]: segfault at 18 ip 000055f0c41d2e71 sp 00007ffd0a91c2b0 error 4 in qemu-system-x86_64[55f0c3e4b000+6b1000]");
const FAILED = "start failed: QEMU exited with code 1";

test("a proved crash is told at once, and its start left to HA", () => {
  const crash = why({ lines: [SEGV, ...goodEnd()], haState: { state: "started", wanted: "started" } });
  expect(crash).toMatchObject({ kind: "crash", verdict: "unclear" });
  expect(crash.waitSeconds).toBeUndefined();
  expect(crash.words).toContain("I leave the start to HA");
});

const waited: [string, Life, number][] = [
  ["whose stop nothing explains, before HA has noticed", { haState: { state: "started", wanted: "started" } }, 90],
  ["whose HA state could not be read", {}, 90],
  ["whose node HA fences", { haState: { state: "fence", wanted: "started" } }, 300],
  ["that HA recovers elsewhere", { haState: { state: "recovery", wanted: "started" } }, 300],
  ["that is frozen while its node reboots", { haState: { state: "freeze", wanted: "started" } }, 300],
  ["that HA moves", { haState: { state: "relocate", wanted: "started" } }, 300],
  ["that HA starts", { haState: { state: "starting", wanted: "started" } }, 300],
  ["that HA gave up, which has its own alert", { haState: { state: "error", wanted: "started" } }, 300],
  ["whose node has restarted", { nodeUptime: 4, lines: [], haState: { state: "started", wanted: "started" } }, 300],
  [
    "whose start by HA failed and is tried again",
    { tasks: [task("qmstart", 2, { to: 4, exit: FAILED, user: "root@pam" })], haState: { state: "started", wanted: "started" } },
    300,
  ],
];
for (const [what, told, seconds] of waited) test(`HA has its time with one ${what}`, () => expect(why(told)).toMatchObject({ verdict: "unclear", waitSeconds: seconds }));

test("what HA says is part of the evidence", () => {
  expect(why({ haState: { state: "fence", wanted: "started" } }).evidence.at(-1)).toEqual({
    what: "HA: nextcloud is fence, wanted started on pve",
    source: "GET /cluster/ha/status/current",
  });
});

for (const wanted of ["stopped", "disabled"])
  test(`one that HA was told to keep down (${wanted}) is down on purpose, though no task shows who`, () => {
    expect(why({ lines: goodEnd(), haState: { state: "stopped", wanted } })).toMatchObject({ kind: "user", verdict: "meant" });
    expect(why({ lines: [SEGV, ...goodEnd()], haState: { state: "stopped", wanted } })).toMatchObject({ kind: "crash", verdict: "unclear" });
  });

test("a guest that HA does not manage is not waited for", () => {
  expect(attributeGuest(life({}), OPENED, []).waitSeconds).toBeUndefined();
});
