// One call for every GET the lab answers: what stands in the holes of its path, and the parameters it cannot do without.
import type { Route } from "../../../plugins/lab/front/route.ts";
import { type OpenLab, record, rows } from "./open-lab.ts";

/** Answered with an error on every cluster like this one, or with nothing set to show, so no shape to look at. */
const NO_ANSWER = [/\/ceph\//, /vncwebsocket/, /^\/nodes.*\/rules\/\{pos\}$/];
const NO_GROUPS = /^\/cluster\/ha\/groups/;

export interface Read {
  route: string;
  path: string;
  params: Record<string, string>;
}

const PARAMS: [pattern: RegExp, params: Record<string, string>][] = [
  [/rrddata$/, { timeframe: "day" }],
  [/disks\/smart$/, { disk: "/dev/nvme0n1" }],
  [/\/feature$/, { feature: "snapshot" }],
  [/schedule-analyze$/, { schedule: "*/15" }],
  [/apt\/changelog$/, { name: "pve-manager" }],
  [/prunebackups$/, { "prune-backups": "keep-last=2" }],
  [/qemu$/, { full: "1" }],
  [/\/content$/, { content: "backup" }],
];

async function holesOf(lab: OpenLab, ask: (path: string) => Promise<unknown>): Promise<Record<string, string>> {
  const content = rows(await ask("/nodes/pve/storage/backups/content"));
  const task = rows(await ask("/nodes/pve/tasks"))[0];
  await lab.control("POST", "/as", { user: "root@pam", method: "POST", path: "/cluster/metrics/server/push", params: { type: "influxdb", server: "127.0.0.1", port: 9 } });
  return {
    node: "pve",
    storage: "backups",
    name: "tank",
    service: "pveproxy",
    snapname: "weekly",
    pos: "0",
    upid: String(task?.upid),
    poolid: "web",
    volume: String(content[0]?.volid),
    sid: "vm:104",
    rule: "prefer",
    group: "prefer",
  };
}

function idFor(path: string): string {
  if (path.includes("/backup/")) return "backup-nightly";
  return path.includes("/replication") ? "117-0" : "push";
}

/** A pid can be asked for once, so `exec-status` gets one of its own. */
async function pidOf(lab: OpenLab): Promise<string> {
  const { body } = await lab.control("POST", "/as", { user: "root@pam", method: "POST", path: "/nodes/pve/qemu/101/agent/exec", params: { command: "uptime" } });
  return String(record(body.data).pid);
}

export async function readsOf(lab: OpenLab, dialect: string, routes: readonly Route[], ask: (path: string) => Promise<unknown>): Promise<Read[]> {
  const holes = await holesOf(lab, ask);
  const rule =
    dialect === "9.1"
      ? { path: "/cluster/ha/rules", params: { rule: "prefer", type: "node-affinity", resources: "vm:104", nodes: "pve" } }
      : { path: "/cluster/ha/groups", params: { group: "prefer", nodes: "pve" } };
  await lab.control("POST", "/as", { user: "root@pam", method: "POST", ...rule });
  const wanted = routes.filter(
    ({ method, path }) => method === "GET" && !NO_ANSWER.some((pattern) => pattern.test(path)) && !(dialect === "9.1" && NO_GROUPS.test(path)) && !/\{volume\d\}/.test(path),
  );
  const reads = wanted.map(async ({ path }): Promise<Read> => {
    const vmid = path.includes("/lxc/") ? "102" : "101";
    const filled = path.replace(/\{(\w+)\}/g, (_, hole: string) => (hole === "vmid" ? vmid : hole === "id" ? idFor(path) : (holes[hole] ?? hole)));
    const params = path.endsWith("exec-status") ? { pid: await pidOf(lab) } : (PARAMS.find(([pattern]) => pattern.test(path))?.[1] ?? {});
    return { route: `GET ${path}`, path: filled, params };
  });
  return Promise.all(reads);
}
