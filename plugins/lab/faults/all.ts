// Every fault by name, which of them stand now, and what was meant by a word that fits none. It refuses unknown names and targets with the nearest known one.
import type { Dispatch } from "../front/dispatch.ts";
import type { Pbs } from "../pbs/state.ts";
import type { World } from "../world/state.ts";
import { apiGarbage, apiHang } from "./api.ts";
import { backupRunning } from "./backup-running.ts";
import type { Fault } from "./fault.ts";
import { guestCrash } from "./guest-crash.ts";
import { guestOom } from "./guest-oom.ts";
import { guestPoweredOffInside } from "./guest-powered-off-inside.ts";
import { guestUserStop } from "./guest-user-stop.ts";
import { nearest } from "./nearest.ts";
import { startThenDie } from "./start-then-die.ts";
import { taskFails } from "./task-fails.ts";
import { tokenRevoked } from "./token-revoked.ts";

const MAX_STANDING = 10_000;

export interface Standing {
  name: string;
  target: string;
  /** ISO 8601, world time. */
  since: string;
}

export interface Unknown extends Error {
  unknown: "name" | "target";
  nearest?: string;
}

export const isUnknown = (error: unknown): error is Unknown => error instanceof Error && "unknown" in error;

export interface Faults {
  list(): { name: string; targetKind: string; what: string; targets: string[] }[];
  standing(): Standing[];
  /** Breaks one thing; without a target the first that fits. */
  break(name: string, target: string | undefined, args: Readonly<Record<string, string>>): Standing;
  /** Heals one, all of a name, or all; answers what was healed. */
  heal(name?: string, target?: string): Standing[];
}

export const proxmoxFaults = (world: World, dispatch: Dispatch, _pbs: Pbs): Fault[] => [
  guestCrash(world),
  guestUserStop(world, dispatch),
  guestPoweredOffInside(world),
  guestOom(world),
  backupRunning(world),
  startThenDie(world),
  taskFails(world),
  apiHang(world),
  apiGarbage(world),
  tokenRevoked(world),
];

function unknown(what: "name" | "target", word: string, known: readonly string[], words: string): Unknown {
  const near = nearest(word, known);
  return Object.assign(new Error(`${words}${near ? `; nearest: ${near}` : ""}`), { unknown: what, ...(near ? { nearest: near } : {}) });
}

export function createFaults(faults: readonly Fault[], now: () => number): Faults {
  const standing: Standing[] = [];
  const named = (name: string): Fault => {
    const fault = faults.find((one) => one.name === name);
    if (!fault)
      throw unknown(
        "name",
        name,
        faults.map((one) => one.name),
        `there is no fault '${name}'`,
      );
    return fault;
  };
  const targetIn = (fault: Fault, word: string | undefined): string => {
    const targets = fault.targets();
    const wanted = word ?? targets[0];
    const found = targets.find((target) => target.toLowerCase() === wanted?.toLowerCase());
    if (found === undefined)
      throw unknown("target", wanted ?? "", targets, wanted === undefined ? `nothing can have ${fault.name} now` : `'${wanted}' cannot have ${fault.name} now`);
    return found;
  };
  const current = (): Standing[] => standing.filter((one) => named(one.name).stands?.(one.target) ?? true);
  return {
    list: () => faults.map((fault) => ({ name: fault.name, targetKind: fault.targetKind, what: fault.what, targets: fault.targets() })),
    standing: current,
    break(name, word, args) {
      const fault = named(name);
      const target = targetIn(fault, word);
      fault.break(target, args);
      const entry = { name, target, since: new Date(now()).toISOString() };
      const before = standing.findIndex((one) => one.name === name && one.target === target);
      if (before >= 0) standing.splice(before, 1);
      standing.push(entry);
      if (standing.length > MAX_STANDING) standing.shift();
      return entry;
    },
    heal(name, target) {
      const fault = name === undefined ? undefined : named(name);
      const fits = (one: Standing): boolean => (fault === undefined || one.name === fault.name) && (target === undefined || one.target.toLowerCase() === target.toLowerCase());
      const broken = standing.filter(fits);
      const known = fault ? [...fault.targets(), ...standing.map((one) => one.target)] : [];
      if (fault && target !== undefined && broken.length === 0 && !known.some((one) => one.toLowerCase() === target.toLowerCase()))
        throw unknown("target", target, known, `'${target}' does not have ${fault.name}`);
      const healed = current().filter(fits);
      for (const one of broken) {
        named(one.name).heal(one.target);
        standing.splice(standing.indexOf(one), 1);
      }
      return healed;
    },
  };
}
