// Why a container died or is unwell, and that nothing unproven is acted on.
import { describe, expect, test } from "bun:test";
import { attributeDeath, attributeUnhealthy } from "../../../plugins/remediation/attribute/container.ts";
import { diagnose } from "../../../plugins/remediation/diagnose.ts";
import { ContainerProbe } from "../../../plugins/remediation/probe/container.ts";

const AT = Date.UTC(2026, 5, 1, 12);
const iso = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const died = (more: object = {}): ContainerProbe =>
  ContainerProbe.parse({
    resource: "container/mgmt/grafana",
    host: "mgmt",
    name: "grafana",
    status: "exited",
    running: false,
    exitCode: 1,
    oomKilled: false,
    error: "",
    finishedAt: iso(0),
    restartPolicy: { name: "unless-stopped" },
    events: [{ action: "die", at: iso(0), exitCode: 1 }],
    covered: true,
    stop: { kind: "crash", at: iso(0), asked: null, words: "" },
    readAt: iso(1),
    ...more,
  });
const asked = { kind: "asked", at: iso(0), asked: { at: iso(-1), by: "stop", signal: 15 }, words: "" };

describe("a container that died", () => {
  const lost = [0, 137, 143].map((exitCode): [string, ContainerProbe, string] => [
    `exit ${exitCode} with its events lost`,
    died({ exitCode, covered: false, events: [] }),
    "unknown unclear",
  ]);
  const table: [what: string, probe: ContainerProbe, expected: string][] = [
    ["a bad exit code", died(), "crash fault"],
    ["a bad exit code though no events cover it", died({ covered: false, events: [] }), "crash fault"],
    ["the OOM killer", died({ oomKilled: true, exitCode: 137 }), "oom fault"],
    ["killed, and not through Docker", died({ exitCode: 137 }), "crash fault"],
    ["Docker could not start it", died({ exitCode: 0, error: "no such device" }), "crash fault"],
    ["docker stop", died({ exitCode: 0, stop: asked }), "user meant"],
    ["docker kill", died({ exitCode: 137, stop: { ...asked, asked: { at: iso(0), by: "signal", signal: 9 } } }), "user meant"],
    ["docker stop, though its exit code is bad", died({ exitCode: 3, stop: asked }), "user meant"],
    ...lost,
    ["an orderly end by itself", died({ exitCode: 0 }), "unknown unclear"],
    [
      "a restart by somebody, running again by now",
      died({ running: true, status: "running", stop: { ...asked, kind: "none", asked: null }, events: ["kill", "die", "stop", "start"].map((action) => ({ action, at: iso(0) })) }),
      "user meant",
    ],
    ["running again by now", died({ running: true, status: "running" }), "unknown unclear"],
  ];
  for (const [what, probe, expected] of table)
    test(`${what} is ${expected}`, () => {
      const why = attributeDeath(probe, []);
      expect(`${why.kind} ${why.verdict}`).toBe(expected);
      expect(why.graceSeconds).toBeUndefined();
      expect(why.evidence.length).toBeGreaterThan(0);
    });

  /** Stopped by somebody, started again, and after that dead by itself. */
  const earlier = [
    { action: "kill", at: iso(-60), signal: 15 },
    { action: "die", at: iso(-59), exitCode: 0 },
    { action: "stop", at: iso(-59) },
    { action: "start", at: iso(-30) },
  ];
  const own = { action: "die", at: iso(0), exitCode: 1 };
  test("a stop before its last start explains no later death, and is no evidence of it", () => {
    const why = attributeDeath(died({ startedAt: iso(-30), events: [...earlier, own] }), [{ tool: "docker_container_stop", at: iso(-61) }]);
    expect(why).toMatchObject({ kind: "crash", verdict: "fault" });
    expect(why.evidence.map(({ what }) => what)).toEqual(["event die, exit code 1", expect.stringContaining("exited")]);
  });
  test("nor does one whose start was not heard: the engine tells when this life began", () => {
    const [kill, , stop] = earlier;
    const probe = died({ startedAt: iso(-30), events: [kill, stop, own], stop: { kind: "asked", at: iso(0), asked: { at: iso(-60), by: "stop", signal: 15 }, words: "" } });
    expect(attributeDeath(probe, [])).toMatchObject({ kind: "crash", verdict: "fault" });
  });
  test("nor where it was brought back by its own policy since", () => {
    const back = { running: true, status: "running", startedAt: iso(1), stop: { ...asked, kind: "none", asked: null } };
    const events = [...earlier, own, { action: "start", at: iso(1) }];
    expect(attributeDeath(died({ ...back, events }), [])).toMatchObject({ kind: "unknown", verdict: "unclear", words: "grafana is running again." });
    expect(attributeDeath(died({ ...back, events: earlier.slice(2, 3) }), []).kind).toBe("unknown");
  });
  test("a stop that a start was to follow explains why it runs again", () => {
    const back = { running: true, status: "running", startedAt: iso(-30), finishedAt: iso(-59), stop: { ...asked, kind: "none", asked: null } };
    expect(attributeDeath(died({ ...back, events: earlier }), [])).toMatchObject({ kind: "user", verdict: "meant" });
  });

  test("our own stop is ours, an older one is not", () => {
    const probe = died({ exitCode: 0, stop: asked });
    expect(attributeDeath(probe, [{ tool: "docker_container_restart", at: iso(-5) }]).kind).toBe("jarvis");
    expect(attributeDeath(probe, [{ tool: "docker_container_stop", at: iso(-600) }]).kind).toBe("user");
  });
});

describe("a container that is unwell", () => {
  const unwell = (status: string, more: object = {}) =>
    died({ running: true, status: "running", health: { status, failingStreak: 4, checks: [{ at: iso(-3), exitCode: 1, output: "connection refused" }] }, ...more });
  test("unhealthy by its own check is a fault, with what the check said", () => {
    const why = attributeUnhealthy(unwell("unhealthy"), []);
    expect(why).toMatchObject({ kind: "unhealthy", verdict: "fault" });
    expect(JSON.stringify(why.evidence)).toContain("connection refused");
  });
  test("still starting, well again, or not running is left alone", () => {
    for (const probe of [unwell("starting"), unwell("healthy"), unwell("unhealthy", { running: false })]) expect(attributeUnhealthy(probe, []).verdict).toBe("unclear");
  });
  test("while a neighbour of its project is down, that comes first", async () => {
    const container = (name: string, more: object) => ({ resource: `container/mgmt/${name}`, name, host: "mgmt", state: "running", project: "watch", ...more });
    const value = {
      containers: {
        a: container("grafana", {}),
        b: container("db", { state: "exited", exitCode: 1 }),
        c: container("job", { state: "exited", exitCode: 0, restartPolicy: "no" }),
        d: container("other", { state: "exited", exitCode: 1, project: "else" }),
      },
    };
    const ctx = { state: async () => ({ "docker/containers": { value, revision: 1, at: iso(0), stale: false } }) };
    const alert = { key: "container-unhealthy", resource: "container/mgmt/grafana", severity: "warning" as const, title: "x" };
    const why = await diagnose(ctx, { alert, probes: unwell("unhealthy"), openedAt: iso(0), ours: [] });
    expect(why).toMatchObject({ kind: "dependency", verdict: "unclear" });
    expect(why.words).toContain("db (exited)");
    expect(why.words).not.toContain("job");
    expect(await diagnose({ state: async () => ({}) }, { alert, probes: { "docker/containers": unwell("unhealthy") }, openedAt: iso(0), ours: [] })).toMatchObject({
      kind: "unhealthy",
      verdict: "fault",
    });
  });
});

test("a probe that failed is no proof of anything", async () => {
  for (const key of ["guest-stopped", "container-died", "container-unhealthy"]) {
    const alert = { key, resource: "guest/101", severity: "critical" as const, title: "x" };
    const why = await diagnose({ state: async () => ({}) }, { alert, probes: { "proxmox/guests#error": "timed out" }, openedAt: iso(0), ours: [] });
    expect(why).toMatchObject({ kind: "unknown", verdict: "unclear", evidence: [{ what: "timed out" }] });
    expect(why.graceSeconds).toBeUndefined();
  }
});
