// Everything that can be wrong with a node by its own answer: one list out of the single detectors.
import type { Alert } from "jarvis";
import type { NodeState } from "../monitors/node-state.ts";
import { apiAlert } from "./node-api.ts";
import { memoryAlert } from "./node-memory.ts";
import { rootFullAlert } from "./node-root-full.ts";
import { versionAlerts } from "./node-updates.ts";

const DETECTORS = [apiAlert, rootFullAlert, memoryAlert] as const;

export const nodeAlerts = (nodes: readonly NodeState[], open: readonly Alert[]): Alert[] => [
  ...nodes.flatMap((node) => DETECTORS.flatMap((detect) => detect(node, open) ?? [])),
  ...versionAlerts(nodes),
];
