// The reference home as one piece of data: what `--size home` (the default) runs.
import type { WorldInput } from "../schema.ts";
import { guests } from "./guests.ts";
import { nodes } from "./nodes.ts";
import { storages } from "./storages.ts";

export const home: WorldInput = { cluster: "homelab", nodes, storages, guests };
