// What else a cluster answers: who is in its configuration, metric servers, the metrics export, bulk acts on guests, and Ceph, which this cluster does not have.
import { failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, type Rules, TEXT, type Value } from "../../front/parameters.ts";
import { type Call, get, needs, needsAny, post, put, type Route, remove } from "../../front/route.ts";
import * as power from "../../world/power.ts";
import type { Dialect, Guest, World } from "../../world/state.ts";
import { begin, noteChange } from "../work.ts";
import { exported } from "./export.ts";
import { metricServerRules } from "./metric-server.ts";

const audit = needs("/", "Sys.Audit");
const eitherAudit = needsAny("/", "Sys.Audit", "Datastore.Audit");
const modify = needs("/", "Sys.Modify");

const noCeph: Route["run"] = () => {
  throw failure(500, "binary not installed: /usr/bin/ceph-mon");
};
const CEPH = ["/cluster/ceph/status", "/nodes/{node}/ceph/status", "/nodes/{node}/ceph/osd", "/nodes/{node}/ceph/mon", "/nodes/{node}/ceph/pool"];

function chosen(call: Call): Guest[] {
  const { world, who, parameters } = call;
  const given = parameters.vms;
  const ids = (Array.isArray(given) ? given : []).map((value: Value) => Number(value));
  const guests = [...world.guests.values()].filter((guest) => !guest.template && (given === undefined || ids.includes(guest.vmid)));
  const everywhere = world.accounts.may(who, "/", "VM.PowerMgmt");
  for (const guest of guests) if (!everywhere && !world.accounts.may(who, `/vms/${guest.vmid}`, "VM.PowerMgmt")) throw forbidden(`/vms/${guest.vmid}, VM.PowerMgmt`);
  return guests;
}

function bulk(up: boolean): Route["run"] {
  return (call) => {
    const due = chosen(call).filter((guest) => (guest.status === "stopped") === up);
    return begin(call, {
      node: call.at,
      type: up ? "bulk-start" : "bulk-shutdown",
      id: "",
      target: "cluster",
      work: async (worker) => {
        const timeoutSeconds = numberOf(call.parameters, "timeout") ?? 180;
        const one = (guest: Guest): Promise<void> =>
          up ? power.start(call.world, guest, worker) : power.shutdown(call.world, guest, worker, { timeoutSeconds, forceStop: flagOf(call.parameters, "force-stop") });
        await Promise.all(due.map((guest) => one(guest).catch((error: unknown) => worker.log(`${power.label(guest)}: ${error instanceof Error ? error.message : String(error)}`))));
      },
    });
  };
}

const BULK: Rules = { vms: { type: "array" }, timeout: COUNT, "max-workers": { ...COUNT, min: 1, max: 64 }, maxworkers: { ...COUNT, min: 1, max: 64 } };

function addServer(call: Call): null {
  const id = call.path.id ?? "";
  if (call.world.metricServers.has(id)) throw failure(500, `metric server '${id}' already exists`);
  call.world.metricServers.set(id, { ...call.parameters });
  noteChange(call, `metrics/${id}`);
  return null;
}

function changeServer(call: Call): null {
  const server = call.world.metricServers.get(call.path.id ?? "");
  if (!server) throw failure(500, `status server entry '${call.path.id}' does not exist`);
  const { delete: dropped, digest: _, ...changes } = call.parameters;
  Object.assign(server, changes);
  for (const key of typeof dropped === "string" ? dropped.split(/[,;\s]+/) : []) delete server[key];
  noteChange(call, `metrics/${call.path.id}`);
  return null;
}

const serverRoutes = (dialect: Dialect): Route[] => [
  get(
    "/cluster/metrics/server",
    (call) => [...call.world.metricServers].map(([id, about]) => ({ id, type: about.type, server: about.server, port: about.port, disable: about.disable ? 1 : 0 })),
    audit,
  ),
  get(
    "/cluster/metrics/server/{id}",
    (call) => {
      const server = call.world.metricServers.get(call.path.id ?? "");
      if (!server) throw failure(500, `status server entry '${call.path.id}' does not exist`);
      return { id: call.path.id, ...server };
    },
    audit,
  ),
  post("/cluster/metrics/server/{id}", addServer, { ...modify, rules: metricServerRules(dialect, true) }),
  put("/cluster/metrics/server/{id}", changeServer, { ...modify, rules: metricServerRules(dialect, false) }),
  remove(
    "/cluster/metrics/server/{id}",
    (call) => {
      call.world.metricServers.delete(call.path.id ?? "");
      noteChange(call, `metrics/${call.path.id}`);
      return null;
    },
    modify,
  ),
];

/** As the daemon's own status prints it; nothing where there is none. */
const deviceStatus = ({ qdevice }: World): Record<string, string> =>
  qdevice === undefined
    ? {}
    : {
        Model: "Net",
        "QNetd host": `${qdevice.host}:5403`,
        Algorithm: qdevice.algorithm === "lms" ? "LMS" : "Fifty-Fifty split",
        "Tie-breaker": "Node with lowest node ID",
        State: qdevice.connected ? "Connected" : "Connect failed",
      };

export const restRoutes = (dialect: Dialect): Route[] => [
  get(
    "/cluster/config/nodes",
    ({ world }) =>
      [...world.nodes.values()].map((node) => ({
        node: node.name,
        name: node.name,
        nodeid: String(node.id),
        quorum_votes: String(node.seed.votes),
        ring0_addr: node.seed.address,
      })),
    audit,
  ),
  get("/cluster/config/qdevice", ({ world }) => deviceStatus(world), audit),
  get("/cluster/metrics/export", exported, { ...audit, rules: { history: FLAG, "local-only": FLAG, "start-time": COUNT, ...(dialect === "9.1" ? { "node-list": TEXT } : {}) } }),
  ...serverRoutes(dialect),
  get("/cluster/ceph/flags", noCeph, audit),
  get("/cluster/ceph/metadata", noCeph, { ...eitherAudit, rules: { scope: oneOf("all", "versions") } }),
  ...CEPH.map((path) => get(path, noCeph, eitherAudit)),
  ...(dialect === "9.1"
    ? [post("/cluster/bulk-action/guest/start", bulk(true), { rules: BULK }), post("/cluster/bulk-action/guest/shutdown", bulk(false), { rules: { ...BULK, "force-stop": FLAG } })]
    : []),
];
