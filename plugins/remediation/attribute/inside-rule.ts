// Rule 5: the guest went down from inside. A container: its unit ended well. A VM: an agent's or ACPI shutdown of the guest itself was seen before. Pure.
import type { Line } from "../probe/guest.ts";
import { endsWell, namedIn, sameUnit, type Unit } from "./units.ts";

const INSIDE =
  /SHUTDOWN event.*guest: ?(?:true|1)\b|reason: ?guest-(?:shutdown|reset)|guest (?:requested|initiated) (?:a )?(?:shutdown|power-?off)|entered S5|guest-shutdown called|(?:shutdown|power-?off) (?:requested |initiated )?(?:from inside|by (?:the )?guest)/i;
const NOT_INSIDE = /guest: ?(?:false|0)\b|reason: ?host-|\b(?:failed|timeout|timed out|unable|refused)\b/i;

/** The guest that says in this line that it shuts itself down. */
export const guestShutdown = (line: Line): number | undefined => (INSIDE.test(line.text) && !NOT_INSIDE.test(line.text) ? namedIn(line.text) : undefined);

export const isInside = (line: Line, unit: Unit): boolean => guestShutdown(line) === unit.vmid || (unit.kind === "ct" && sameUnit(endsWell(line), unit));
