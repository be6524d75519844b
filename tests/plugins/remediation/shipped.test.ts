// Every runbook that is shipped, from the files themselves: it parses, its tools take its arguments, do no more than it says, and its trigger is the key of a detector that exists.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "../../../core/contract/plugin.ts";
import { Prescription } from "../../../core/contract/remedy.ts";
import type { Alert, LiveResource } from "../../../core/contract/resource.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import { vet } from "../../../core/incidents/plan.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { EFFECTS_UP } from "../../../core/tools/effect-order.ts";
import { parseInput } from "../../../core/tools/schema.ts";
import docker from "../../../plugins/docker/plugin.ts";
import proxmox from "../../../plugins/proxmox/plugin.ts";
import { LOSES } from "../../../plugins/proxmox/shapes/daemons.ts";
import { remedies } from "../../../plugins/remediation/remedies.ts";
import { prescription } from "../../../plugins/remediation/runbooks/prescribe.ts";
import { parseRunbook, type Runbook } from "../../../plugins/remediation/runbooks/runbook.ts";

const root = join(import.meta.dir, "../../..");
const folder = join(root, "memory/runbooks");
const files = readdirSync(folder).filter((file) => file.endsWith(".md"));
const runbooks = files.map((file): Runbook => parseRunbook(file.slice(0, -3), readFileSync(join(folder, file), "utf8")));
const answering = runbooks.filter(({ trigger }) => trigger !== undefined);

type Tools = NonNullable<Plugin<never, unknown, never, never, never>["tools"]>;
const registry = new Map(
  Object.entries({ proxmox, docker }).flatMap(([id, plugin]) =>
    Object.entries(plugin.tools as Tools).map(([key, tool]): [string, BoundTool] => [
      `${id}_${key}`,
      { ...(tool as unknown as BoundTool), name: `${id}_${key}`, plugin: id, target: (tool as { target?: BoundTool["target"] }).target ?? (() => undefined) },
    ]),
  ),
);
const waiting = (tool: string): boolean => !["proxmox", "docker"].includes(tool.split("_")[0] ?? "");
const toolAt = (name: string, input: unknown) => {
  const tool = registry.get(name);
  if (tool === undefined) return undefined;
  return { effect: tool.effect as Effect, target: tool.target(parseInput(tool, input)) };
};

/** Every word a detector may use as a key. */
const words = (file: string): string[] => [...readFileSync(join(root, file), "utf8").matchAll(/"([a-z]+(?:-[a-z]+)+)"/g)].flatMap(([, word]) => word ?? []);
const under = (path: string): string[] => readdirSync(join(root, path)).map((name) => `${path}/${name}`);
const keys = new Set([...[...under("plugins/proxmox/alerts"), "plugins/docker/monitor/derive.ts"].flatMap(words), ...Object.keys(LOSES).map((name) => `service-down-${name}`)]);

const RESOURCES = ["guest/101", "node/pve1", "storage/pve1/local-lvm", "container/nas/grafana", "cluster/home", "service/proxmox/backups"];
const standing: LiveResource[] = [201, 202].map((vmid) => ({
  id: `guest/${vmid}`,
  kind: "guest",
  name: `guest ${vmid}`,
  parent: "node/pve1",
  status: "up",
  vmid,
  guestKind: "vm",
  labels: { agent: "answers" },
  stale: false,
  at: "2026-01-01T00:00:00Z",
  plugin: "proxmox",
}));
const resourceFor = ({ needs, trigger }: Runbook): string => {
  const kind = trigger?.resource?.split("/")[0];
  const wanted: Record<string, string> = { vmid: "guest", job: "guest", snapshot: "guest", node: "node", storage: "storage", container: "container" };
  const needed = kind ?? needs.flatMap((need) => wanted[need] ?? [])[0] ?? "cluster";
  return RESOURCES.find((id) => id.startsWith(`${needed}/`)) ?? "cluster/home";
};

const plannedFor = (runbook: Runbook) => {
  const id = resourceFor(runbook);
  const alert: Alert = { key: runbook.trigger?.alert[0]?.replace("*", "corosync") ?? "x", resource: id, severity: "warning", title: "t" };
  const status = runbook.preconditions.find((one) => ["up", "down", "paused"].includes(one)) ?? "up";
  const resource = {
    id,
    kind: "guest",
    name: "it",
    parent: "node/pve1",
    status: status as "up",
    labels: { oldestsnapshot: "before" },
    stale: false,
    at: "",
    plugin: "proxmox",
  } satisfies LiveResource;
  const isDown = runbook.only.includes("down");
  const cause = { kind: "x", words: "because", evidence: [], verdict: "fault" as const };
  const about = { alert, cause, resource, standing: standing.map((one) => ({ ...one, status: isDown ? ("down" as const) : one.status })), open: [] };
  return {
    plan: {
      ...prescription(
        runbook,
        about,
        {
          jobOf: () => "101-0",
          leftOut: new Map([
            [201, 1],
            [202, 2],
          ]),
        },
        undefined,
      ),
      id: `remediation/${runbook.name}`,
    },
    id,
  };
};

test("there are thirty of them at least, besides those that are only run by hand", () => expect(answering.length).toBeGreaterThanOrEqual(30));

describe.each(answering.map((runbook) => [runbook.name, runbook] as const))("%s", (_, runbook) => {
  const { plan, id } = plannedFor(runbook);

  test("fits what a prescription is, says one sentence and fills every slot of it", () => {
    expect(Prescription.safeParse({ ...plan, id: undefined }).error?.issues.filter(({ code }) => code !== "unrecognized_keys") ?? []).toEqual([]);
    expect(plan.wait).toBeUndefined();
    expect(JSON.stringify([plan.says, plan.words, plan.steps])).not.toMatch(/\{(?:vmid|node|name|storage|container|job|snapshot|resource)\}/);
    expect(plan.says.length).toBeGreaterThan(20);
    expect(runbook.body.length).toBeGreaterThan(20);
  });

  test("finds a guest wherever it is by then: nothing of it is bound to a node", () => {
    if (id.startsWith("guest/")) expect(JSON.stringify([plan.steps, plan.verify, plan.compensation])).not.toContain("pve1");
  });

  test("has one line for the feed, and acts on nothing without a look at what is known first", () => {
    expect(runbook.says?.endsWith(".")).toBe(true);
    expect(plan.says).not.toContain("\n");
    expect(runbook.trigger === undefined || runbook.class === "R" || runbook.preconditions.length > 0).toBe(true);
  });

  test("answers a key that a detector tells", () => {
    for (const key of runbook.trigger?.alert ?? [])
      expect(key.endsWith("*") ? [...keys].some((one) => one.startsWith(key.slice(0, -1))) : keys.has(key), `${runbook.name}: ${key}`).toBe(true);
  });

  test("has steps that exist, take its arguments, stay on the incident's own resource and do as much as it says", () => {
    if (plan.steps.some(({ tool }) => waiting(tool))) return;
    const verdict = vet(plan, { toolAt, root: id, standing: standing.map((one) => one.id) });
    expect(verdict).toHaveProperty("changes", runbook.class !== "R");
    const effects = plan.steps.flatMap(({ tool, input }) => toolAt(tool, input)?.effect ?? []);
    const most = EFFECTS_UP[Math.max(0, ...effects.map((effect) => EFFECTS_UP.indexOf(effect)))];
    expect(runbook.effect as string).toBe(most ?? "read");
  });
});

test("no two answer the same incident equally well, and none what a remedy in code answers", () => {
  const narrow = answering.flatMap(({ name, trigger }) =>
    (trigger?.alert ?? []).flatMap((key) => (trigger?.cause ?? ["any cause"]).map((kind) => ({ name, at: `${key} ${kind} ${trigger?.resource ?? ""}` }))),
  );
  const doubled = narrow.filter((one) => narrow.some((other) => other.name !== one.name && other.at === one.at));
  expect(doubled).toEqual([]);
  const shadowed = answering.filter(({ trigger }) =>
    Object.values(remedies).some(({ on, kinds }) => trigger?.alert.some((key) => on.includes(key)) && (trigger.cause ?? kinds).some((kind) => kinds.includes(kind))),
  );
  expect(shadowed.map(({ name }) => name)).toEqual([]);
});
