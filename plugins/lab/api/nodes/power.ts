// A node going down, coming up, and all its guests at once: reboot and shutdown, wake-on-LAN, startall and stopall.
import { failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, type Rules, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, type Route } from "../../front/route.ts";
import { guestsOn } from "../../world/load.ts";
import { leave, restorePower } from "../../world/machine/power.ts";
import * as power from "../../world/power.ts";
import type { Dialect, Guest } from "../../world/state.ts";
import { begin, noteChange } from "../work.ts";
import { nodeOf } from "./status.ts";

const WAKE_DELAY_MS = 1_000;
const STOP_PATIENCE_S = 180;

function command(call: Call): null {
  const node = nodeOf(call);
  noteChange(call, `node/${node.name}`);
  leave(call.world, node, textOf(call.parameters, "command") === "reboot");
  return null;
}

/** The packet is sent by the node that was called; the answer is the card it was sent to. */
function wake(call: Call): string {
  const { world, at } = call;
  const node = nodeOf(call);
  if (node.name === at) throw failure(400, "Parameter verification failed.", { errors: { node: `'${node.name}' is local node, cannot wake my self!` } });
  noteChange(call, `node/${node.name}`);
  world.clock.after(WAKE_DELAY_MS, () => restorePower(world, node));
  return node.machine.mac;
}

function chosen(call: Call): Guest[] {
  const { world, who, parameters } = call;
  const ids = textOf(parameters, "vms")
    ?.split(/[,;\s]+/)
    .map(Number);
  const guests = guestsOn(world, nodeOf(call).name).filter((guest) => !guest.template && (!ids || ids.includes(guest.vmid)));
  const everywhere = world.accounts.may(who, "/", "VM.PowerMgmt");
  for (const guest of guests) if (!everywhere && !world.accounts.may(who, `/vms/${guest.vmid}`, "VM.PowerMgmt")) throw forbidden(`/vms/${guest.vmid}, VM.PowerMgmt`);
  return guests;
}

function startAll(call: Call): string {
  const due = chosen(call).filter((guest) => guest.status === "stopped" && (flagOf(call.parameters, "force") || guest.config.onboot));
  return begin(call, {
    node: nodeOf(call).name,
    type: "startall",
    id: "",
    target: `node/${call.path.node}`,
    work: async (worker) => {
      for (const guest of due) {
        worker.log(`Starting ${power.label(guest)}`);
        await power
          .start(call.world, guest, worker)
          .catch((error: unknown) => worker.log(`Starting ${power.label(guest)} failed: ${error instanceof Error ? error.message : String(error)}`));
      }
    },
  });
}

function stopAll(call: Call): string {
  const due = chosen(call).filter((guest) => guest.status === "running");
  const timeoutSeconds = numberOf(call.parameters, "timeout") ?? STOP_PATIENCE_S;
  const forceStop = call.parameters["force-stop"] !== false;
  return begin(call, {
    node: nodeOf(call).name,
    type: "stopall",
    id: "",
    target: `node/${call.path.node}`,
    work: async (worker) => {
      const stop = async (guest: Guest): Promise<void> => {
        worker.log(`Stopping ${power.label(guest)} (timeout = ${timeoutSeconds} seconds)`);
        await power.shutdown(call.world, guest, worker, { timeoutSeconds, forceStop });
      };
      await Promise.all(due.map((guest) => stop(guest).catch((error: unknown) => worker.log(`${power.label(guest)}: ${error instanceof Error ? error.message : String(error)}`))));
    },
  });
}

const workers = (dialect: Dialect): Rules => (dialect === "9.1" ? { "max-workers": COUNT } : {});

const SUBDIRS = [
  "apt",
  "certificates",
  "config",
  "disks",
  "dns",
  "firewall",
  "hosts",
  "journal",
  "lxc",
  "netstat",
  "network",
  "qemu",
  "replication",
  "rrddata",
  "services",
  "status",
  "storage",
  "syslog",
  "tasks",
  "time",
  "version",
  "vzdump",
];

export const nodePowerRoutes = (dialect: Dialect): Route[] => [
  get("/nodes/{node}", () => SUBDIRS.map((name) => ({ name }))),
  post("/nodes/{node}/status", command, { ...needs("/nodes/{node}", "Sys.PowerMgmt"), rules: { command: required(oneOf("reboot", "shutdown")) } }),
  post("/nodes/{node}/wakeonlan", wake, needs("/nodes/{node}", "Sys.PowerMgmt")),
  post("/nodes/{node}/startall", startAll, { rules: { force: FLAG, vms: TEXT, ...workers(dialect) } }),
  post("/nodes/{node}/stopall", stopAll, { rules: { "force-stop": FLAG, timeout: { ...COUNT, max: 7_200 }, vms: TEXT, ...workers(dialect) } }),
];
