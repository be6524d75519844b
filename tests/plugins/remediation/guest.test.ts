// Every rule of the order of proof for a guest's stop, its look-alikes, and journal texts no simulator prints.
import { describe, expect, test } from "bun:test";
import { attributeGuest } from "../../../plugins/remediation/attribute/guest.ts";
import { goodEnd, kernel, life, line, OPENED, STOP, systemd, task } from "./lives.ts";

type Life = Parameters<typeof life>[0];
const why = (told: Life, ours: Parameters<typeof attributeGuest>[2] = []) => attributeGuest(life(told), OPENED, ours);
const short = (told: Life) => {
  const { kind, verdict, propose, graceSeconds } = why(told);
  return [kind, verdict, ...(propose ? ["propose"] : []), ...(graceSeconds === undefined ? [] : [graceSeconds])].join(" ");
};
const SEGV = kernel(0, "kvm[4711]: segfault at 18 ip 000055f0c41d2e71 sp 00007ffd0a91c2b0 error 4 in qemu-system-x86_64[55f0c3e4b000+6b1000]");
const OOM = kernel(0, "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=qemu.slice,mems_allowed=0,global_oom,task_memcg=/qemu.slice/101.scope,task=kvm,pid=4711,uid=0");

describe("rule 1: it was to be brought back, and that failed", () => {
  const FAILED = "startup for container '102' failed";
  const ct = { kind: "ct", vmid: 102 } as const;
  const died = [
    systemd(0, "pve-container@102.service: Main process exited, code=exited, status=1/FAILURE"),
    systemd(0, "pve-container@102.service: Failed with result 'exit-code'."),
  ];
  const tried = (more: Parameters<typeof task>[2] = {}, type = "vzstart", from = 2) => task(type, from, { to: from + 2, id: "102", exit: FAILED, ...more });

  test("says so with the task's words, its UPID and the last lines of its log", () => {
    const failed = { ...tried(), log: ["lxc_init: 845 Failed to run lxc.hook.pre-start"] };
    const told = why({ ...ct, tasks: [failed], lines: died });
    expect(told).toMatchObject({ kind: "start-failed", verdict: "fault", propose: true });
    expect(told.words).toContain(`olli@pve's vzstart did not bring it up: ${FAILED}`);
    expect(told.evidence[0]).toMatchObject({ what: `vzstart by olli@pve: ${FAILED}`, source: failed.upid });
    expect(told.evidence[1]).toEqual({ what: "lxc_init: 845 Failed to run lxc.hook.pre-start", source: `log of ${failed.upid}` });
    expect(told.evidence.some(({ what }) => what.includes("exit-code"))).toBe(true);
  });

  const faults: [string, Life][] = [
    ["a start after somebody's stop", { ...ct, tasks: [tried(), task("vzshutdown", -8, { to: 0, id: "102" })] }],
    ["a reboot", { ...ct, tasks: [tried({ to: 4 }, "vzreboot", -3)] }],
    ["a move by a restart", { ...ct, tasks: [tried({ to: 5 }, "vzmigrate", -20)] }],
    ["a backup of its own that stopped it", { ...ct, tasks: [tried({ to: 5 }, "vzdump", -20)] }],
    ["a start with nothing else known", { ...ct, tasks: [tried()], lines: null }],
  ];
  for (const [what, told] of faults) test(`by ${what}`, () => expect(short(told)).toBe("start-failed fault propose"));

  const others: [string, Life, string][] = [
    ["a start that worked after it", { ...ct, tasks: [tried({ exit: "OK" }, "vzstart", 6), tried()], lines: died }, "crash fault"],
    ["somebody who stopped it again", { ...ct, tasks: [task("vzstop", 6, { to: 7, id: "102" }), tried(), task("vzstop", -2, { to: 0, id: "102" })] }, "user meant"],
    ["a person who broke it off", { ...ct, tasks: [tried({ exit: "interrupted by signal" })], lines: died }, "crash fault"],
    ["our own, which the incident tells", { ...ct, tasks: [tried({ user: "jarvis@pve!operate" })], lines: died }, "crash fault"],
    ["a start that failed before this life", { ...ct, tasks: [tried({ to: -28 }, "vzstart", -30)], lines: died }, "crash fault"],
    ["another guest's", { ...ct, tasks: [tried({ id: "1020" })], lines: died }, "crash fault"],
    ["a VM's move, which leaves it where it ran", { tasks: [task("qmigrate", -20, { to: 2, exit: "migration aborted" })], lines: goodEnd() }, "migration meant"],
    ["HA, which tries again itself", { ...ct, ha: true, tasks: [tried({ user: "root@pam" })], lines: died }, "start-failed unclear"],
  ];
  for (const [what, told, expected] of others) test(`not with ${what}`, () => expect(short(told)).toBe(expected));
});

describe("rule 2: a task explains the stop", () => {
  const cases: [string, Life, string][] = [
    ["a person's stop", { tasks: [task("qmstop", -2, { to: 0 })], lines: goodEnd() }, "user meant"],
    ["a person's shutdown still running", { tasks: [task("qmshutdown", -8)], lines: goodEnd() }, "user meant"],
    ["a script's token", { tasks: [task("vzstop", -1, { to: 0, user: "root@pam!automation", id: "102" })], kind: "ct", vmid: 102 }, "user meant"],
    ["a stop that ended 15 s before", { tasks: [task("qmshutdown", -40, { to: -15 })], lines: goodEnd() }, "user meant"],
    ["a backup of its own", { tasks: [task("vzdump", -6, { user: "root@pam" })], lines: goodEnd() }, "backup meant"],
    ["a migration", { tasks: [task("qmigrate", -20, { to: 0 })], lines: goodEnd() }, "migration meant"],
    ["HA's own stop", { ha: true, tasks: [task("qmshutdown", -5, { to: 0, user: "root@pam" })], lines: goodEnd() }, "ha meant"],
    ["a person's order to HA", { ha: true, tasks: [task("qmshutdown", -4, { to: 0, user: "root@pam" }), task("hastop", -9, { to: -9 })], lines: goodEnd() }, "user meant"],
    ["our own token", { tasks: [task("qmshutdown", -5, { to: 0, user: "jarvis@pve!operate" })], lines: goodEnd() }, "jarvis meant"],
    ["a task, though there are crash lines too", { tasks: [task("qmstop", -2, { to: 0 })], lines: [SEGV, ...goodEnd()] }, "user meant"],
    ["a stop, though an OOM kill was elsewhere at that time", { tasks: [task("qmstop", -2, { to: 0 })], lines: [OOM, ...goodEnd()] }, "user meant"],
  ];
  for (const [what, told, expected] of cases) test(what, () => expect(short(told)).toBe(expected));

  test("the UPID is the evidence", () => {
    const stop = task("qmstop", -2, { to: 0 });
    expect(why({ tasks: [stop], lines: goodEnd() }).evidence[0]).toMatchObject({ source: stop.upid, at: new Date(STOP - 2000).toISOString() });
  });

  test("our own call counts though its task does not show", () => {
    const at = new Date(STOP - 3000).toISOString();
    expect(why({ lines: goodEnd() }, [{ tool: "proxmox_guest_shutdown", at }])).toMatchObject({ kind: "jarvis", verdict: "meant" });
    expect(why({ lines: [SEGV, ...goodEnd()] }, [{ tool: "proxmox_guest_start", at }])).toMatchObject({ kind: "crash" });
  });

  const spent: [string, Life][] = [
    ["ended half a minute before", { tasks: [task("qmstop", -40, { to: -32 })], lines: [SEGV, ...goodEnd()] }],
    ["is a start", { tasks: [task("qmstart", -4, { to: -2, user: "jarvis@pve!operate" })], lines: [systemd(-3, "Started 101.scope."), SEGV, ...goodEnd()] }],
    ["was undone by a start", { tasks: [task("qmstart", -10, { to: -8 }), task("qmstop", -15, { to: -12 })], lines: [SEGV, ...goodEnd()] }],
    ["was a reboot that brought it up again", { tasks: [task("qmreboot", -15, { to: -9 })], lines: [...goodEnd(-11), systemd(-10, "Started 101.scope."), SEGV, ...goodEnd()] }],
    ["is a snapshot", { tasks: [task("qmsnapshot", -4, { to: -1 })], lines: [SEGV, ...goodEnd()] }],
    ["began after the stop", { tasks: [task("qmstop", 5)], lines: [SEGV, ...goodEnd()] }],
  ];
  for (const [what, told] of spent) test(`a task is no explanation when it ${what}`, () => expect(short(told)).toBe("crash fault"));
});

describe("rule 3: the OOM killer", () => {
  const cases: [string, Life, string][] = [
    ["by the victim's cgroup", { lines: [OOM] }, "oom fault propose"],
    ["by the limited cgroup", { lines: [kernel(0, "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/qemu.slice/101.scope,task=kvm,pid=1")] }, "oom fault propose"],
    [
      "by systemd",
      { lines: [systemd(0, "101.scope: A process of this unit has been killed by the OOM killer."), systemd(0, "101.scope: Failed with result 'oom-kill'.")] },
      "oom fault propose",
    ],
    [
      "of a container",
      {
        kind: "ct",
        vmid: 102,
        lines: [
          kernel(-1, "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/lxc/102,task_memcg=/lxc/102/ns/init.scope,task=systemd,pid=9"),
          systemd(0, "pve-container@102.service: Failed with result 'oom-kill'."),
        ],
      },
      "oom fault propose",
    ],
    ["by its process alone, then its scope's end", { lines: [kernel(-1, "Out of memory: Killed process 4711 (kvm) total-vm:8kB"), ...goodEnd()] }, "oom fault propose"],
    ["of another guest leaves this one alone", { lines: [kernel(0, OOM.text.replaceAll("101.scope", "1010.scope")), ...goodEnd()] }, "unknown unclear"],
    [
      "invoked by kvm is no victim",
      {
        lines: [
          kernel(-1, "kvm invoked oom-killer: gfp_mask=0x140cca, order=0, oom_score_adj=0"),
          kernel(-1, "oom-kill:task_memcg=/system.slice/pvestatd.service,task=pvestatd,pid=7"),
          ...goodEnd(),
        ],
      },
      "unknown unclear",
    ],
  ];
  for (const [what, told, expected] of cases) test(what, () => expect(short(told)).toBe(expected));
});

describe("rule 4: a failure", () => {
  const unit = "pve-container@102.service";
  const cases: [string, Life, string][] = [
    ["a segfault, then the scope's good end", { lines: [SEGV, ...goodEnd()] }, "crash fault"],
    ["an abort in other words", { lines: [line(-1, "QEMU[4711]", "kvm: ../block/io.c:12: foo: Assertion `x' failed."), ...goodEnd()] }, "crash fault"],
    ["a core dump that took its time", { lines: [line(-18, "systemd-coredump[99]", "Process 4711 (kvm) of user 0 dumped core."), ...goodEnd()] }, "crash fault"],
    ["a thread's trap", { lines: [kernel(0, "traps: CPU 1/KVM[4718] general protection fault ip:55 sp:7f error:0 in qemu-system-x86_64[55+6b]"), ...goodEnd()] }, "crash fault"],
    ["a scope that failed", { lines: [systemd(0, "101.scope: Failed with result 'core-dump'.")] }, "crash fault"],
    [
      "a main process killed",
      { kind: "ct", vmid: 102, lines: [systemd(0, `${unit}: Main process exited, code=dumped, status=6/ABRT`), systemd(0, `${unit}: Failed with result 'core-dump'.`)] },
      "crash fault",
    ],
    ["a bad exit", { kind: "ct", vmid: 102, lines: [systemd(0, `${unit}: Main process exited, code=exited, status=1/FAILURE`)] }, "crash fault"],
    ["qmeventd's error", { lines: [line(0, "qmeventd[801]", "VM 101: unexpected end of the monitor, process aborted"), ...goodEnd()] }, "crash fault"],
    ["without start at boot it is proposed", { onboot: false, lines: [SEGV, ...goodEnd()] }, "crash fault propose"],
    ["with unreadable tasks it is proposed", { tasks: null, lines: [SEGV, ...goodEnd()] }, "crash fault propose"],
    ["of guest 1010 says nothing of 101", { lines: [systemd(0, "1010.scope: Failed with result 'core-dump'."), ...goodEnd()] }, "unknown unclear"],
    ["of another program is none", { lines: [kernel(-1, "nginx[77]: segfault at 0 ip 1 sp 2 error 4 in nginx[1+2]"), ...goodEnd()] }, "unknown unclear"],
    ["of the life before is none", { lines: [kernel(-15, SEGV.text), ...goodEnd(-14), systemd(-10, "Started 101.scope."), ...goodEnd()] }, "unknown unclear"],
    [
      "a monitor's time-out is none",
      { lines: [line(-1, "pvestatd[900]", "VM 101 qmp command failed - VM 101 qmp command 'query-proxmox-support' failed - got timeout"), ...goodEnd()] },
      "unknown unclear",
    ],
    ["a stop by systemd's own SIGTERM is none", { kind: "ct", vmid: 102, lines: [systemd(0, `${unit}: Main process exited, code=killed, status=15/TERM`)] }, "unknown unclear 60"],
  ];
  for (const [what, told, expected] of cases) test(what, () => expect(short(told)).toBe(expected));

  test("two deaths at once on one node go to the two guests whose scopes end", () => {
    const lines = [SEGV, kernel(0, SEGV.text.replace("4711", "9000")), ...goodEnd(0, 106), ...goodEnd(0, 101)];
    expect([short({ lines }), short({ lines, vmid: 106 })]).toEqual(["crash fault", "crash fault"]);
  });

  test("one death explains one guest: the other that went down from inside keeps its own cause", () => {
    const lines = [line(-2, "qmeventd[801]", "VM 106: SHUTDOWN event, guest: true, reason: guest-shutdown"), SEGV, ...goodEnd(0, 106), ...goodEnd(0, 101)];
    expect([short({ lines }), short({ lines, vmid: 106 })]).toEqual(["crash fault", "guest meant"]);
  });
});

describe("rules 5 and 6: from inside, or an end that proves nothing", () => {
  const cases: [string, Life, string][] = [
    ["a container's unit that ended well", { kind: "ct", vmid: 102, lines: [systemd(0, "pve-container@102.service: Deactivated successfully.")] }, "guest meant"],
    ["in the words of an older systemd", { kind: "ct", vmid: 102, lines: [systemd(0, "pve-container@102.service: Succeeded.")] }, "guest meant"],
    ["a VM whose shutdown was seen", { lines: [line(-3, "qmeventd[801]", "VM 101: SHUTDOWN event, guest: true, reason: guest-shutdown"), ...goodEnd()] }, "guest meant"],
    ["a VM that entered S5", { lines: [line(-2, "QEMU[4711]", "acpi: guest entered S5, powering off VM 101"), ...goodEnd()] }, "guest meant"],
    [
      "a shutdown by the host's signal is not from inside",
      { lines: [line(-1, "qmeventd[801]", "VM 101: SHUTDOWN event, guest: false, reason: host-signal"), ...goodEnd()] },
      "unknown unclear",
    ],
    [
      "an agent command that failed is not from inside",
      { lines: [line(-1, "pvedaemon[7]", "VM 101 qmp command 'guest-shutdown' failed - got timeout"), ...goodEnd()] },
      "unknown unclear",
    ],
    [
      "another guest's shutdown is not this one's",
      { lines: [line(-1, "qmeventd[801]", "VM 1010: SHUTDOWN event, guest: true, reason: guest-shutdown"), ...goodEnd()] },
      "unknown unclear",
    ],
    ["a VM's good end alone proves nothing and has no grace", { lines: goodEnd() }, "unknown unclear"],
    ["a node that restarted", { nodeUptime: 5, lines: [] }, "host-down unclear"],
  ];
  for (const [what, told, expected] of cases) test(what, () => expect(short(told)).toBe(expected));

  test("a node that restarted has time to start what starts at boot, and only that", () => {
    expect(why({ nodeUptime: 5, lines: [] }).waitSeconds).toBe(300);
    expect(why({ nodeUptime: 5, lines: [], onboot: false }).waitSeconds).toBeUndefined();
  });
});

describe("silence", () => {
  const cases: [string, Life, string][] = [
    ["an unreadable journal has a grace", { lines: null }, "unknown unclear 60"],
    ["an empty journal has a grace", { lines: [] }, "unknown unclear 60"],
    ["not set to start at boot: never", { lines: null, onboot: false }, "unknown unclear"],
    ["a configuration that cannot be read: never", { lines: null, onboot: null }, "unknown unclear"],
    ["tasks that cannot be read: never", { lines: null, tasks: null }, "unknown unclear"],
    ["a person's stop on record that nobody undid: never", { lines: null, tasks: [task("qmshutdown", -50, { to: -45 })] }, "unknown unclear"],
    ["a stop that somebody undid does not count", { lines: null, tasks: [task("qmstart", -3000, { to: -2990 }), task("qmstop", -4000, { to: -3990 })] }, "unknown unclear 60"],
  ];
  for (const [what, told, expected] of cases) test(what, () => expect(short(told)).toBe(expected));
});

test("clocks that differ by minutes change nothing, and times are told in ours", () => {
  const skewMs = 400_000;
  const probe = life({ tasks: [task("qmstop", -2, { to: 0 })], lines: goodEnd(), skewMs });
  const told = attributeGuest(probe, new Date(STOP + 8000 - skewMs).toISOString(), []);
  expect(told).toMatchObject({ kind: "user", verdict: "meant" });
  expect(told.evidence[0]?.at).toBe(new Date(STOP - 2000 - skewMs).toISOString());
});

test("a stop while nobody watched is found by its task, however long ago", () => {
  const probe = life({ tasks: [task("qmshutdown", -3000, { to: -2990 })], lines: [] });
  const asleep = { ...probe, clocks: { ...probe.clocks, lastRunningMs: STOP - 3600_000 } };
  expect(attributeGuest(asleep, OPENED, [])).toMatchObject({ kind: "user", verdict: "meant" });
});
