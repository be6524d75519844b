// What the machine Jarvis runs on looks like from inside, in the lab: the SMBIOS uuid, the network card, the address and the way out of guest/100. Written to DIR/identity.json for JARVIS_IDENTITY.
import { macsOf, uuidOfGuest } from "./world/config.ts";
import type { World } from "./world/state.ts";

const HOME_OF_JARVIS = 100;

export interface Identity {
  productUuid?: string;
  macs: string[];
  addresses: string[];
  /** The LAN's router, which is no guest, and the house's own name server where it has one. */
  gateway?: string;
  nameServers?: string[];
}

export function identityOf(world: World): Identity {
  const guest = world.guests.get(HOME_OF_JARVIS);
  if (!guest) return { macs: [], addresses: [] };
  const productUuid = uuidOfGuest(guest);
  const { address } = guest.seed;
  const resolver = [...world.guests.values()].find(({ seed }) => seed.tags.includes("dns") && seed.address !== undefined)?.seed.address;
  return {
    ...(productUuid ? { productUuid } : {}),
    macs: macsOf(guest).map((mac) => mac.toLowerCase()),
    addresses: address ? [address] : [],
    ...(address ? { gateway: address.replace(/\.\d+$/, ".1") } : {}),
    ...(resolver === undefined ? {} : { nameServers: [resolver] }),
  };
}
