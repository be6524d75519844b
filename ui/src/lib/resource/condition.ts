// How a drawn resource stands, in the words, glyph and tone the whole screen shares. Pure.
import type { DrawnResource } from "$contract/drawn.ts";
import type { Marked } from "./mark.ts";

export type Condition = "ok" | "warn" | "crit" | "act" | "off" | "stale" | "hurt";

const PRESSURE_PERCENT = 90;
/** Kinds that are meant to be up: down is a fault at once. A stopped guest may be meant. */
const ALWAYS_UP: ReadonlySet<DrawnResource["kind"]> = new Set(["node", "storage"]);

const isPressed = ({ kind, memory, disk }: DrawnResource): boolean =>
  (kind === "node" && (memory ?? 0) > PRESSURE_PERCENT) || (kind === "storage" && (disk ?? memory ?? 0) > PRESSURE_PERCENT) || (kind === "guest" && (disk ?? 0) > 95);

export const conditionOf = (resource: Marked): Condition => {
  if (resource.mark === "acting" || resource.part === "repair") return "act";
  if (resource.hurtBy !== undefined) return "hurt";
  if (resource.stale) return "stale";
  if (resource.mark === "incident") return resource.part === undefined ? "crit" : "warn";
  if (resource.status === "down") return ALWAYS_UP.has(resource.kind) ? "crit" : "off";
  if (resource.status === "unknown") return "stale";
  if (resource.labels?.health === "unhealthy") return "crit";
  if (resource.status === "paused" || isPressed(resource)) return "warn";
  return "ok";
};

export const CONDITION_WORDS: Readonly<Record<Condition, string>> = {
  ok: "healthy",
  warn: "warning",
  crit: "critical",
  act: "Jarvis is working on it",
  off: "stopped",
  stale: "last known",
  hurt: "hurt with its root",
};

const RUNNING: Readonly<Record<DrawnResource["status"], string>> = { up: "running", down: "stopped", paused: "paused", unknown: "unknown" };

const REACHED: typeof RUNNING = { ...RUNNING, up: "available", down: "not available" };
/** A storage does not run: it is there or not. */
const statusWord = ({ kind, status }: DrawnResource): string => (kind === "storage" ? REACHED : RUNNING)[status];

/** `VM 101`, `CT 112`, or the kind. */
export const kindWord = ({ kind, guestKind, vmid }: DrawnResource): string => {
  if (kind !== "guest") return kind;
  const word = guestKind === "ct" ? "CT" : guestKind === "vm" ? "VM" : "guest";
  return vmid === undefined ? word : `${word} ${vmid}`;
};

/** What the status is in one word or two. */
export const stateWord = (resource: Marked): string => {
  const condition = conditionOf(resource);
  if (condition === "hurt") return `hurt by ${resource.hurtBy}, ${resource.stale ? "last known " : ""}${statusWord(resource)}`;
  if (condition === "act" || condition === "crit")
    return condition === "act" ? CONDITION_WORDS.act : resource.status === "down" ? `${statusWord(resource)}, incident open` : "incident open";
  if (resource.stale) return `last known ${statusWord(resource)}`;
  if (resource.part === "waits") return `${statusWord(resource)}, I wait before I try again`;
  return statusWord(resource);
};

/** "nextcloud, VM 101, running, CPU 38 percent". */
export const accessibleName = (resource: Marked): string =>
  [
    resource.name,
    kindWord(resource),
    stateWord(resource),
    resource.cpu !== undefined && resource.status === "up" ? `CPU ${resource.cpu} percent` : "",
    resource.protected ? "protected" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
