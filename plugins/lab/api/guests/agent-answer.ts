// Whether a guest's agent answers, and what is said when it does not.
import { failure } from "../../front/failure.ts";
import type { Call } from "../../front/route.ts";
import type { Guest } from "../../world/state.ts";
import { guestOf } from "./find.ts";

const BOOT_MS = 12_000;
const PATIENCE_MS = 3_000;

/** Answers the guest once its agent does; otherwise the refusals of qemu-server in their order. */
export async function agentOf(call: Call): Promise<Guest> {
  const guest = guestOf(call, "qemu");
  const { clock } = call.world;
  if (guest.config.agent === undefined || /^(0|enabled=0)/.test(String(guest.config.agent))) throw failure(500, "No QEMU guest agent configured");
  if (guest.status !== "running") throw failure(500, `VM ${guest.vmid} is not running`);
  const silent = guest.agent !== "well" || guest.paused || guest.qmp !== undefined || clock.now() - guest.startedAt < BOOT_MS;
  if (!silent) return guest;
  await clock.sleep(PATIENCE_MS);
  throw failure(500, "QEMU guest agent is not running");
}
