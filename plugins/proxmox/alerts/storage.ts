// Everything that can be wrong with a storage by what the cluster tells: out of reach, or out of room. One list out of the single detectors.
import type { Alert } from "jarvis";
import type { StorageState } from "../monitors/store-state.ts";
import { reachAlert } from "./storage-reach.ts";
import { roomAlert } from "./storage-room.ts";

const DETECTORS = [reachAlert, roomAlert] as const;

export const storageAlerts = (storages: Readonly<Record<string, StorageState>>, open: readonly Alert[]): Alert[] =>
  Object.entries(storages).flatMap(([id, storage]) => DETECTORS.flatMap((detect) => detect(id, storage, open) ?? []));
