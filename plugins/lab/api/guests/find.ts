// The guest a call names; a real node knows only the configuration files of its own guests and says so.
import { badParameters, noSuchGuest } from "../../front/failure.ts";
import { flagOf } from "../../front/parameters.ts";
import type { Call } from "../../front/route.ts";
import { ownerOf } from "../../world/accounts.ts";
import type { Guest } from "../../world/state.ts";

export type Kind = "qemu" | "lxc";
export const KINDS: readonly Kind[] = ["qemu", "lxc"];

export function guestOf({ world, path }: Call, kind: Kind): Guest {
  const vmid = Number(path.vmid);
  const guest = world.guests.get(vmid);
  if (!guest || guest.kind !== kind || guest.node !== path.node) throw noSuchGuest(path.node ?? "", kind, vmid);
  return guest;
}

export function refuseSkiplock({ parameters, who }: Call): void {
  if (flagOf(parameters, "skiplock") && ownerOf(who) !== "root@pam") throw badParameters({ skiplock: "Only root may use this option." });
}
