// Every fault by name, which of them stand now, and what was meant by a word that fits none. It refuses unknown names and targets with the nearest known one, and words a fault does not take.
import type { Fault, TargetKind } from "./fault.ts";
import { nearest } from "./nearest.ts";
import { checkWords, type RefusedWord } from "./takes.ts";

/** Of what there is, when nothing is near what was said. */
const MOST_NAMED = 8;
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

export const isUnknown = (error: unknown): error is Unknown | RefusedWord => error instanceof Error && "unknown" in error;

export interface Faults {
  list(): { name: string; targetKind: string; what: string; targets: string[] }[];
  standing(): Standing[];
  /** Breaks one thing; without a target the first that fits. */
  break(name: string, target: string | undefined, args: Readonly<Record<string, string>>): Standing;
  /** Heals one, all of a name, or all; answers what was healed. */
  heal(name?: string, target?: string): Standing[];
}

function unknown(what: "name" | "target", word: string, known: readonly string[], words: string): Unknown {
  const near = nearest(word, known);
  const some = known.length === 0 ? "" : `; there are: ${known.slice(0, MOST_NAMED).join(", ")}${known.length > MOST_NAMED ? " and more (list)" : ""}`;
  return Object.assign(new Error(`${words}${near ? `; nearest: ${near}` : some}`), { unknown: what, ...(near ? { nearest: near } : {}) });
}

const wordsOf = (args: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(args).sort());

/** Why it cannot be broken so now, in one line; undefined: nothing is known but that it is not among those that can. */
type WhyNot = (kind: TargetKind, target: string, able: readonly string[]) => string | undefined;

export function createFaults(faults: readonly Fault[], now: () => number, whyNot: WhyNot = () => undefined): Faults {
  const standing: Standing[] = [];
  /** The words each was broken with: the same ones again change nothing. */
  const argsOf = new WeakMap<Standing, string>();
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
    if (found !== undefined) return found;
    if (wanted === undefined) throw unknown("target", "", targets, `nothing can have ${fault.name} now`);
    const why = whyNot(fault.targetKind, wanted, targets);
    throw unknown("target", wanted, targets, `'${wanted}' cannot have ${fault.name} now${why === undefined ? "" : `: ${why}`}`);
  };
  const current = (): Standing[] => standing.filter((one) => named(one.name).stands?.(one.target) ?? true);
  return {
    list: () => faults.map((fault) => ({ name: fault.name, targetKind: fault.targetKind, what: fault.what, targets: fault.targets() })),
    standing: current,
    break(name, word, args) {
      const fault = named(name);
      checkWords(name, args);
      const again = current().find((one) => one.name === name && one.target.toLowerCase() === word?.toLowerCase());
      if (again && argsOf.get(again) === wordsOf(args)) return again;
      const target = again?.target ?? targetIn(fault, word);
      fault.break(target, args);
      const entry = { name, target, since: new Date(now()).toISOString() };
      const before = standing.findIndex((one) => one.name === name && one.target === target);
      if (before >= 0) standing.splice(before, 1);
      standing.push(entry);
      argsOf.set(entry, wordsOf(args));
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
      for (const one of broken.reverse()) {
        named(one.name).heal(one.target);
        standing.splice(standing.indexOf(one), 1);
      }
      return healed;
    },
  };
}
