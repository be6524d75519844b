// A node's daemons: what runs, and starting, stopping, restarting and reloading them as tasks. A daemon that was broken by hand comes back with a restart.
import { failure } from "../../front/failure.ts";
import { type Call, get, needs, post, type Route } from "../../front/route.ts";
import { SERVICE_NAMES, setService } from "../../world/machine/services.ts";
import type { Service } from "../../world/machine/shape.ts";
import { begin } from "../work.ts";
import { nodeOf } from "./status.ts";

const SWITCH_MS = 900;
const NEVER_STOPPED = new Set(["pvedaemon", "pveproxy", "pve-cluster"]);
const VERBS = ["start", "stop", "restart", "reload"] as const;

const row = ({ name, desc, state, active, unit }: Service) => ({ service: name, name, desc, state, "active-state": active, "unit-state": unit });

function serviceOf(call: Call): Service {
  const found = nodeOf(call).machine.services.get(call.path.service ?? "");
  if (!found)
    throw failure(400, "Parameter verification failed.", {
      errors: { service: `value '${call.path.service}' does not have a value in the enumeration '${SERVICE_NAMES.join(", ")}'` },
    });
  return found;
}

function act(verb: (typeof VERBS)[number]): Route["run"] {
  return (call) => {
    const node = nodeOf(call);
    const service = serviceOf(call);
    if (verb === "stop" && NEVER_STOPPED.has(service.name)) throw failure(500, `invalid service cmd 'stop'`);
    return begin(call, {
      node: node.name,
      type: `srv${verb}`,
      id: service.name,
      target: `node/${node.name}`,
      work: async (worker) => {
        if (service.unit === "not-found") throw new Error(`command 'systemctl ${verb} ${service.name}' failed: exit code 5`);
        await worker.sleep(SWITCH_MS);
        if (verb === "stop") return setService(call.world, node.name, service.name, "dead");
        if (verb === "restart" && service.state === "running") setService(call.world, node.name, service.name, "dead");
        setService(call.world, node.name, service.name, "running");
        // It sets the clock in its first minutes after a start.
        if (service.name === "chrony") node.machine.driftMs = 0;
      },
    });
  };
}

const audit = needs("/nodes/{node}", "Sys.Audit");
const base = "/nodes/{node}/services";

export const serviceRoutes = (): Route[] => [
  get(base, (call) => [...nodeOf(call).machine.services.values()].map(row), audit),
  get(`${base}/{service}`, (call) => serviceOf(call) && ["state", "start", "stop", "restart", "reload"].map((subdir) => ({ subdir })), audit),
  get(`${base}/{service}/state`, (call) => row(serviceOf(call)), audit),
  ...VERBS.map((verb) => post(`${base}/{service}/${verb}`, act(verb), needs("/nodes/{node}", "Sys.Modify"))),
];
