// Everything that can be wrong with a storage by what the cluster tells: out of reach, or out of room. One list out of the single detectors.
import type { Alert } from "jarvis";
import type { StorageState } from "../monitors/store-state.ts";
import { reachAlert } from "./storage-reach.ts";
import { roomAlert } from "./storage-room.ts";

const DETECTORS = [reachAlert, roomAlert] as const;

export const storageAlerts = (storages: Readonly<Record<string, StorageState>>, open: readonly Alert[]): Alert[] =>
  Object.entries(storages).flatMap(([id, storage]) =>
    // What is hidden from us is as it was: nothing new is found, nothing is called over.
    storage.hidden === undefined ? DETECTORS.flatMap((detect) => detect(id, storage, open) ?? []) : open.filter(({ resource }) => resource === id),
  );
