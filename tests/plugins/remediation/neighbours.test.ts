// What happens beside a stop at the same time is not taken for its reason: another guest's OOM kill, and the guest's own quick return.
import { describe, expect, test } from "bun:test";
import { attributeGuest } from "../../../plugins/remediation/attribute/guest.ts";
import { goodEnd, kernel, life, OPENED, systemd, task } from "./lives.ts";

const oomOf = (group: string, pid: number, process: string) => [
  kernel(-3, `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=${group},task=${process},pid=${pid},uid=0`),
  kernel(-3, `Out of memory: Killed process ${pid} (${process}) total-vm:8kB, anon-rss:4kB`),
];
const SEGV = kernel(-1, "kvm[9999]: segfault at 18 ip 000055f0c41d2e71 sp 00007ffd0a91c2b0 error 4 in qemu-system-x86_64[55f0c3e4b000+6b1000]");
const kindOf = (lines: Parameters<typeof life>[0]["lines"], running = false): string => {
  const probe = life({ lines: lines ?? [] });
  return attributeGuest(running ? { ...probe, status: { word: "running", uptimeSeconds: 3, haManaged: true } } : probe, OPENED, []).kind;
};

describe("an OOM kill of another guest of the node", () => {
  test("a container's, is not this machine's: its crash stays a crash", () => {
    const other = [...oomOf("/lxc/113/ns/init.scope", 200, "systemd"), systemd(-2, "pve-container@113.service: Failed with result 'oom-kill'.")];
    expect(kindOf([...other, SEGV, ...goodEnd()])).toBe("crash");
    expect(kindOf([...other, ...goodEnd()])).toBe("unknown");
  });
  test("a machine's, is not this machine's: its crash stays a crash", () => {
    const other = [...oomOf("/qemu.slice/110.scope", 9000, "kvm"), ...goodEnd(-2, 110)];
    expect(kindOf([...other, SEGV, ...goodEnd()])).toBe("crash");
    expect(kindOf([...other, ...goodEnd()])).toBe("unknown");
  });
  test("this machine's own kill stays its own", () => {
    expect(kindOf([...oomOf("/qemu.slice/101.scope", 9000, "kvm"), ...goodEnd()])).toBe("oom");
  });
});

describe("a guest that runs again by the time it is asked about", () => {
  test("is judged by the end before that start", () => {
    expect(kindOf([SEGV, ...goodEnd(), systemd(4, "Started 101.scope.")], true)).toBe("crash");
  });
  test("is not started beside whoever did: nobody's fault is left to mend", () => {
    const probe = { ...life({ lines: [SEGV, ...goodEnd(), systemd(4, "Started 101.scope.")] }), status: { word: "running", uptimeSeconds: 3, haManaged: false } };
    expect(attributeGuest(probe, OPENED, [])).toMatchObject({ kind: "crash", verdict: "unclear" });
  });
  test("a start before its end is no return", () => {
    expect(kindOf([SEGV, ...goodEnd(-1), systemd(0, "Started 101.scope."), ...goodEnd(2)])).toBe("unknown");
  });
});

test("a guest that HA keeps is left to HA, whatever ended it", () => {
  const kept = (lines: Parameters<typeof life>[0]["lines"]) => attributeGuest(life({ lines: lines ?? [], ha: true }), OPENED, []);
  expect(kept([SEGV, ...goodEnd()])).toMatchObject({ kind: "crash", verdict: "unclear" });
  expect(kept([SEGV, ...goodEnd()]).words).toContain("I leave the start to HA");
  const silent = kept([]);
  expect([silent.verdict, silent.graceSeconds]).toEqual(["unclear", undefined]);
});

describe("a backup in stop mode that had already brought the guest back", () => {
  const back = [...goodEnd(-9), systemd(-6, "Started 101.scope.")];
  const why = (lines: Parameters<typeof life>[0]["lines"], to?: number) => {
    const backup = task("vzdump", -12, { user: "root@pam", ...(to === undefined ? {} : { to }) });
    return attributeGuest(life({ lines: lines ?? [], tasks: [backup] }), OPENED, []);
  };
  test("does not explain a crash after that, ended or not", () => {
    expect(why([...back, SEGV, ...goodEnd()], -4)).toMatchObject({ kind: "crash", verdict: "fault" });
    expect(why([...back, SEGV, ...goodEnd()])).toMatchObject({ kind: "crash", verdict: "fault" });
  });
  test("explains an end without any failure, as when it started a guest only for the copy", () => {
    expect(why([systemd(-6, "Started 101.scope."), ...goodEnd()], 0)).toMatchObject({ kind: "backup", verdict: "meant" });
  });
});
