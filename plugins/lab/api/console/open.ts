// Asking for a console: termproxy for a node's shell, a container's console or a VM's serial line, vncproxy for a screen; and the WebSocket's own call, which checks the ticket.
import { failure } from "../../front/failure.ts";
import { FLAG, flagOf, numberOf, oneOf, type Rules, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, type Route } from "../../front/route.ts";
import { guestOf, KINDS, type Kind } from "../guests/find.ts";
import { nodeOf } from "../nodes/status.ts";
import { CONNECT_PATIENCE_MS, closeDoor, type Door, doorFor, type Inside, openDoor } from "./doors.ts";

const TICKET: Rules = { port: required({ type: "integer", min: 5_900, max: 5_999 }), vncticket: required({ ...TEXT, maxLength: 512 }) };

/** The task lives as long as the session; nobody coming within 10 s ends it with an error. */
function open(call: Call, path: string, inside: Inside, type: string, id: string): Door & { upid: string } {
  const { world, who } = call;
  const { promise: came, resolve: connected } = Promise.withResolvers<boolean>();
  const { promise: gone, resolve: left } = Promise.withResolvers<void>();
  const door = openDoor(world, { user: who, path, inside, connected: () => connected(true), left });
  const task = world.tasks.start({
    node: call.path.node ?? "",
    type,
    id,
    user: who,
    work: async (worker) => {
      worker.log(`starting termproxy ${task.upid}`);
      const patience = worker.sleep(CONNECT_PATIENCE_MS).then(() => false);
      try {
        if (!(await Promise.race([came, patience])))
          throw new Error(`command '/usr/bin/termproxy ${door.port} --path ${path} --perm ${path.startsWith("/vms") ? "VM" : "Sys"}.Console' failed: exit code 1`);
        await gone;
      } finally {
        closeDoor(world, door);
      }
    },
  });
  return { ...door, upid: task.upid };
}

const shown = ({ user, ticket, port, upid }: Door & { upid: string }) => ({ user, ticket, port, upid });

function nodeConsole(call: Call): unknown {
  const node = nodeOf(call);
  return shown(open(call, `/nodes/${node.name}`, { kind: "node", node }, "vncshell", ""));
}

function guestConsole(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const serial = textOf(call.parameters, "serial") ?? "serial0";
    if (kind === "qemu" && guest.config[serial] === undefined) throw failure(500, "unable to find a serial interface");
    if (guest.status !== "running") throw failure(500, `${kind === "qemu" ? "VM" : "CT"} ${guest.vmid} not running`);
    return shown(open(call, `/vms/${guest.vmid}`, { kind: "guest", guest }, "vncproxy", String(guest.vmid)));
  };
}

/** Here the port arrives as text, as on a real node. */
function guestScreen(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const door = open(call, `/vms/${guest.vmid}`, { kind: "screen", guest }, "vncproxy", String(guest.vmid));
    const password = flagOf(call.parameters, "generate-password") ? { password: door.ticket.slice(-8) } : {};
    return { ...shown(door), port: String(door.port), cert: "", ...password };
  };
}

const pathOf = (call: Call): string => (call.path.vmid === undefined ? `/nodes/${call.path.node}` : `/vms/${call.path.vmid}`);

/** Checks the ticket; the connection itself is taken over by console/attach.ts. */
export const socketDoor = (call: Call): Door => doorFor(call.world, call.who, pathOf(call), numberOf(call.parameters, "port") ?? 0, textOf(call.parameters, "vncticket") ?? "");

const OWN: Readonly<Record<Kind, { term: Rules; screen: Rules }>> = {
  qemu: { term: { serial: oneOf("serial0", "serial1", "serial2", "serial3") }, screen: { websocket: FLAG, "generate-password": FLAG } },
  lxc: { term: {}, screen: { websocket: FLAG, width: { type: "integer", min: 16, max: 4_096 }, height: { type: "integer", min: 16, max: 2_160 } } },
};

export const consoleRoutes = (): Route[] => {
  const shell = needs("/nodes/{node}", "Sys.Console");
  const may = needs("/vms/{vmid}", "VM.Console");
  return [
    post("/nodes/{node}/termproxy", nodeConsole, { ...shell, rules: { cmd: oneOf("ceph_install", "login", "upgrade"), "cmd-opts": TEXT } }),
    get("/nodes/{node}/vncwebsocket", (call) => ({ port: String(socketDoor(call).port) }), { ...shell, rules: TICKET }),
    ...KINDS.flatMap((kind) => [
      post(`/nodes/{node}/${kind}/{vmid}/termproxy`, guestConsole(kind), { ...may, rules: OWN[kind].term }),
      post(`/nodes/{node}/${kind}/{vmid}/vncproxy`, guestScreen(kind), { ...may, rules: OWN[kind].screen }),
      get(`/nodes/{node}/${kind}/{vmid}/vncwebsocket`, (call) => ({ port: String(socketDoor(call).port) }), { ...may, rules: TICKET }),
    ]),
  ];
};
