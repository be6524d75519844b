// Reading a widget's state by dotted paths, and filling the holes of its actions. Refuses to follow what is not there. Pure.
import type { DrawnWidget } from "$contract/widget.ts";

type Action = NonNullable<DrawnWidget["actions"]>[number];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export const at = (value: unknown, path: string): unknown => {
  if (path === "" || path === ".") return value;
  let found: unknown = value;
  for (const part of path.split(".")) {
    if (!isObject(found) || !Object.hasOwn(found, part)) return undefined;
    found = found[part];
  }
  return found;
};

const MOST_ROWS = 500;

/** The rows of a list, table, grid or timeline. */
export const rowsAt = (state: unknown, path: string): unknown[] => {
  const found = at(state, path);
  const rows = Array.isArray(found) ? found : isObject(found) ? Object.values(found) : [];
  return rows.slice(0, MOST_ROWS);
};

/** Anything as words: what is no scalar becomes JSON. */
export const words = (value: unknown, unit = ""): string => {
  if (value === undefined || value === null) return "–";
  const text =
    typeof value === "number"
      ? Number.isInteger(value)
        ? String(value)
        : value.toFixed(1)
      : typeof value === "string"
        ? value
        : typeof value === "boolean"
          ? value
            ? "yes"
            : "no"
          : JSON.stringify(value);
  return unit === "" ? text : `${text} ${unit}`;
};

export const numberAt = (state: unknown, path: string): number | undefined => {
  const found = at(state, path);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
};

/** Shown now, and for the row (`each`) or once. */
export const actionsFor = (actions: readonly Action[] | undefined, source: unknown, each: boolean): Action[] =>
  (actions ?? []).filter((action) => (action.each ?? false) === each && (action.when === undefined || at(source, action.when.field) === action.when.is));

/** `{name}` alone keeps the value's type; within text it becomes words. */
export const inputFor = (action: Action, source: unknown): Record<string, unknown> => {
  const fill = (value: unknown): unknown => {
    if (typeof value !== "string") return value;
    const whole = /^\{([^{}]+)\}$/.exec(value)?.[1];
    if (whole !== undefined) return at(source, whole);
    return value.replace(/\{([^{}]+)\}/g, (_, path: string) => words(at(source, path)));
  };
  return Object.fromEntries(Object.entries(action.input ?? {}).map(([name, value]) => [name, fill(value)]));
};

const TONES: Readonly<Record<string, "ok" | "warn" | "crit" | "off">> = {
  up: "ok",
  ok: "ok",
  running: "ok",
  healthy: "ok",
  succeeded: "ok",
  fixed: "ok",
  online: "ok",
  warning: "warn",
  warn: "warn",
  paused: "warn",
  held: "warn",
  starting: "warn",
  critical: "crit",
  crit: "crit",
  failed: "crit",
  unhealthy: "crit",
  error: "crit",
  down: "off",
  stopped: "off",
  exited: "off",
  off: "off",
  offline: "off",
  unknown: "off",
  info: "ok",
};
/** A plugin's word for a status, as one of ours. */
export const toneOf = (value: unknown): "ok" | "warn" | "crit" | "off" | "stale" => (typeof value === "string" ? (TONES[value.toLowerCase()] ?? "stale") : "stale");
