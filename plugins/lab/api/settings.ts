// Changing a guest's configuration: names, tags, notes, start options. It refuses a stale digest and what is not among these, in Proxmox's words.
import { failure } from "../front/failure.ts";
import { FLAG, flagOf, type Parameters, type Rules, TEXT, textOf } from "../front/parameters.ts";
import { type Call, needs, post, put, type Route } from "../front/route.ts";
import { digestOf } from "../world/config.ts";
import { refuseLocked } from "../world/power.ts";
import type { ConfigValue } from "../world/state.ts";
import { guestOf } from "./guests.ts";

const NAME = { type: "string", pattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/ } as const;
const MAX_NOTES = 8_192;
const SHARED: Rules = { tags: TEXT, description: { ...TEXT, maxLength: MAX_NOTES }, onboot: FLAG, protection: FLAG, startup: TEXT, delete: TEXT, digest: TEXT, skiplock: FLAG };
const ORDERS = new Set(["delete", "digest", "skiplock"]);

function written(parameters: Parameters): Record<string, ConfigValue> {
  const kept = Object.entries(parameters).filter(([key]) => !ORDERS.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      typeof value === "boolean"
        ? Number(value)
        : key === "tags"
          ? String(value)
              .split(/[,;\s]+/)
              .filter(Boolean)
              .sort()
              .join(";")
          : String(value),
    ]),
  );
}

function change(kind: "qemu" | "lxc"): Route["run"] {
  return (call: Call) => {
    const guest = guestOf(call, kind);
    const { parameters, world } = call;
    const digest = textOf(parameters, "digest");
    if (digest !== undefined && digest !== digestOf(guest.config)) throw failure(500, "detected modified configuration - file changed by other user? Try again.");
    try {
      if (!flagOf(parameters, "skiplock")) refuseLocked(guest);
    } catch (error) {
      throw failure(500, error instanceof Error ? error.message : String(error));
    }
    const dropped = textOf(parameters, "delete")?.split(/[,;\s]+/) ?? [];
    const rest = Object.entries({ ...guest.config, ...written(parameters) }).filter(([key]) => !dropped.includes(key));
    guest.config = Object.fromEntries(rest);
    world.effects.add({ user: call.who, method: call.method, path: call.url, target: `guest/${guest.vmid}` });
    return null;
  };
}

const may = needs("/vms/{vmid}", "VM.Config.Options");

export const settingRoutes = (): Route[] => [
  put("/nodes/{node}/lxc/{vmid}/config", change("lxc"), { ...may, rules: { ...SHARED, hostname: NAME } }),
  put("/nodes/{node}/qemu/{vmid}/config", change("qemu"), { ...may, rules: { ...SHARED, name: NAME } }),
  post(
    "/nodes/{node}/qemu/{vmid}/config",
    (call) => {
      change("qemu")(call);
      const guest = guestOf(call, "qemu");
      return call.world.tasks.start({ node: guest.node, type: "qmconfig", id: String(guest.vmid), user: call.who, words: `update VM ${guest.vmid}`, work: () => undefined }).upid;
    },
    { ...may, rules: { ...SHARED, name: NAME } },
  ),
];
