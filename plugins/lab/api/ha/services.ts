// HA services by their ids: `vm:104`, `ct:103`, or the bare number.
import { failure } from "../../front/failure.ts";
import type { Call } from "../../front/route.ts";
import type { Guest, HaState, World } from "../../world/state.ts";

export interface Managed extends Guest {
  ha: HaState;
}

export const isManaged = (guest: Guest): guest is Managed => guest.ha !== undefined;
export const sidOf = (guest: Guest): string => `${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
export const managed = (world: World): Managed[] => [...world.guests.values()].filter(isManaged);

export function guestOfSid(world: World, sid: string): Guest {
  const [, type, id] = /^(?:(vm|ct):)?(\d+)$/.exec(sid) ?? [];
  const guest = world.guests.get(Number(id));
  if (!guest || (type !== undefined && (type === "vm") !== (guest.kind === "qemu"))) throw failure(500, `unable to find '${sid}': no such guest`);
  return guest;
}

export function serviceOf({ world, path }: Call): Managed {
  const sid = path.sid ?? "";
  const guest = /^(?:(vm|ct):)?\d+$/.test(sid) ? world.guests.get(Number(sid.split(":").at(-1))) : undefined;
  if (!guest || !isManaged(guest)) throw failure(500, `no such resource '${sid}'`);
  return guest;
}
