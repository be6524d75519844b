// What a node's upkeep rests on: its certificates, its packages, the kernel it runs and the one it would run.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

export const Certificates = looseRows(z.object({ filename: looseText, subject: looseText, notafter: looseNumber }));
/** /nodes/N/apt/versions: `OldVersion` is installed, `Version` what an update would bring. */
export const Packages = looseRows(z.object({ Package: looseText, Version: looseText, OldVersion: looseText, CurrentState: looseText, RunningKernel: looseText }));

const KERNEL = /^(?:proxmox|pve)-kernel-(\d[\w.+~-]*?-pve)(?:-signed)?$/;

const numbersOf = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);

const older = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index).find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
};

/** The newest kernel among the installed packages, `6.17.2-5-pve`. */
export const newestKernel = (packages: z.output<typeof Packages>): string | undefined =>
  packages
    .flatMap((row) => (row.CurrentState === undefined || row.CurrentState === "Installed" ? (KERNEL.exec(row.Package ?? "")?.[1] ?? []) : []))
    .sort(older)
    .at(-1);

export const isOlder = (a: string, b: string): boolean => older(a, b) < 0;

export const waitingOf = (packages: z.output<typeof Packages>): string[] =>
  packages.flatMap(({ Package, Version, OldVersion }) => (Package !== undefined && Version !== undefined && OldVersion !== undefined && Version !== OldVersion ? [Package] : []));
