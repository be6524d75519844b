// What a fault is to the lab: a named way to break one thing and to put it back; it refuses nothing itself, the table in faults/all.ts checks names and targets.

/** The words `jarvis lab list` prints in its second column; a target is written `kind/name`, e.g. `guest/101`, `container/mgmt/grafana`, `node/pve`, `token/read`. */
export type TargetKind = "guest" | "node" | "cluster" | "token" | "storage" | "container" | "model";

export interface Fault {
  /** Lower-case words joined by `-`. */
  readonly name: string;
  readonly targetKind: TargetKind;
  /** One line, no tab: what it does. */
  readonly what: string;
  /** The targets that can be broken now, the default first. */
  targets(): string[];
  /** Breaks a target out of `targets()`; args are the `key=value` words of the command line. */
  break(target: string, args: Readonly<Record<string, string>>): void;
  /** Ends the fault at one target, or everywhere. What it already broke is set right too where the fault still holds it. */
  heal(target?: string): void;
  /** Whether what it broke is still so; absent: until healed. A crashed guest that somebody started again is no fault any more. */
  stands?(target: string): boolean;
}
