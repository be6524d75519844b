// The failures a homelab has, by their numbers: which runbook or remedy answers each, or what it waits for. Printed as a table; nothing in it may be made up.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { remedies } from "../../../plugins/remediation/remedies.ts";
import { parseRunbook } from "../../../plugins/remediation/runbooks/runbook.ts";

const folder = join(import.meta.dir, "../../../memory/runbooks");
const classes = new Map(
  readdirSync(folder).map((file) => {
    const name = file.replace(/\.md$/, "");
    return [name, parseRunbook(name, readFileSync(join(folder, file), "utf8")).class ?? "by hand"] as const;
  }),
);

/** `code`: a remedy of remedies.ts. `waits`: for what there is no tool or no reading yet. */
interface Answer {
  readonly runbooks?: readonly string[];
  readonly code?: readonly string[];
  readonly waits?: string;
}

const ROWS: Readonly<Record<number, Answer>> = {
  1: { code: ["guest-crashed"] },
  2: { waits: "nothing: it was meant, and is left alone by its attribution" },
  3: { code: ["guest-crashed"] },
  4: { runbooks: ["guest-hung-reboot"] },
  5: { runbooks: ["guest-frozen-thaw"] },
  6: { runbooks: ["guest-io-error-resume", "guest-broken-reset", "guest-left-paused-resume"] },
  7: { code: ["guest-crashed"] },
  8: { runbooks: ["guest-memory-limit"] },
  9: { runbooks: ["guest-disk-full"] },
  10: { runbooks: ["guest-lock-stale"] },
  11: { runbooks: ["snapshot-leftover-delete", "snapshot-old-delete"] },
  12: { runbooks: ["node-offline-wake"] },
  13: { runbooks: ["node-api-down"], waits: "SSH, to restart what the API cannot be asked for" },
  14: { runbooks: ["service-pvestatd"] },
  15: { runbooks: ["quorum-lost", "quorum-margin", "qdevice-silent"] },
  16: { runbooks: ["cluster-link"] },
  17: { runbooks: ["ha-given-up"] },
  18: { runbooks: ["node-maintenance-left"], waits: "SSH: Proxmox has no call for it" },
  19: { runbooks: ["thin-pool-trim", "thin-metadata-full"] },
  20: { runbooks: ["zfs-degraded", "storage-full", "zfs-pool-full-node"] },
  21: { runbooks: ["disk-failing"] },
  22: { runbooks: ["node-storage-room"], waits: "SSH, for the safe list" },
  23: { runbooks: ["node-pmxcfs-down"] },
  24: { runbooks: ["storage-offline"] },
  25: { runbooks: ["storage-hung"] },
  26: { runbooks: ["backup-retry", "backup-run-failed"] },
  27: { runbooks: ["guest-in-no-job", "backup-stale-now"] },
  28: { runbooks: ["backup-target-full"] },
  29: { runbooks: ["pbs-look"] },
  30: { runbooks: ["replication-again"] },
  31: { code: ["container-unhealthy"] },
  32: { runbooks: ["container-looping-stop"] },
  33: { code: ["container-died"] },
  34: { code: ["container-died"] },
  35: { waits: "a tool that makes a container anew from the same image" },
  36: { waits: "an alert for an engine that does not answer, and SSH" },
  37: { waits: "an alert for what images and logs take, and a tool that prunes" },
  38: { waits: "services: nothing tells yet that a new image is worse" },
  39: { runbooks: ["node-certificate"] },
  40: { runbooks: ["node-time-drift", "service-chrony"] },
  41: { runbooks: ["names-fail"], waits: "SSH, to restart the resolver inside its guest" },
  42: { runbooks: ["wan-down"] },
  43: { runbooks: ["power-on-battery"] },
  44: { runbooks: ["guests-not-started", "guest-start-failed"], code: ["guest-left-out"] },
  45: { runbooks: ["guest-agent-silent"], waits: "SSH, to restart the agent inside" },
  46: { runbooks: ["node-updates"] },
  47: { runbooks: ["node-hot"] },
  48: { runbooks: ["guest-io-storm"] },
};

test("every row from 1 to 48 has its answer, or says what it waits for; each answer exists", () => {
  const table = Object.entries(ROWS).map(([row, { runbooks = [], code = [], waits }]) => {
    const told = [
      ...runbooks.map((name) => `${name} (${classes.get(name) ?? "there is none"})`),
      ...code.map((name) => `${name} (code)`),
      ...(waits === undefined ? [] : [`waits: ${waits}`]),
    ];
    return `${row.padStart(3)} | ${told.join(", ")}`;
  });
  console.log(table.join("\n"));
  expect(Object.keys(ROWS).length).toBe(48);
  for (const [row, { runbooks = [], code = [], waits }] of Object.entries(ROWS)) {
    expect(runbooks.length + code.length + (waits === undefined ? 0 : 1), `row ${row}`).toBeGreaterThan(0);
    expect([runbooks.filter((name) => !classes.has(name)), code.filter((name) => !Object.hasOwn(remedies, name))]).toEqual([[], []]);
  }
});

test("a runbook that answers alerts stands in a row, or is one of those for what has none", () => {
  const rowed = new Set(Object.values(ROWS).flatMap(({ runbooks = [] }) => runbooks));
  expect(
    [...classes]
      .filter(([name, kind]) => kind !== "by hand" && !rowed.has(name))
      .map(([name]) => name)
      .sort(),
  ).toEqual(["ceph-health", "node-memory-short", "service-down"]);
});
