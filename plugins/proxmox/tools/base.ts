// The API path of a guest.
import { path } from "../client/path.ts";
import type { Place } from "./locate.ts";

export const baseOf = (place: Pick<Place, "node" | "sort" | "vmid">): string => path`/nodes/${place.node}/${place.sort}/${place.vmid}`;
