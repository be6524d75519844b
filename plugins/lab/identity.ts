// What the machine Jarvis runs on looks like from inside, in the lab: the SMBIOS uuid, the network card and the address of guest/100. Written to DIR/identity.json for JARVIS_IDENTITY.
import { macsOf, uuidOfGuest } from "./world/config.ts";
import type { World } from "./world/state.ts";

const HOME_OF_JARVIS = 100;

export interface Identity {
  productUuid?: string;
  macs: string[];
  addresses: string[];
}

export function identityOf(world: World): Identity {
  const guest = world.guests.get(HOME_OF_JARVIS);
  if (!guest) return { macs: [], addresses: [] };
  const productUuid = uuidOfGuest(guest);
  return { ...(productUuid ? { productUuid } : {}), macs: macsOf(guest).map((mac) => mac.toLowerCase()), addresses: guest.seed.address ? [guest.seed.address] : [] };
}
