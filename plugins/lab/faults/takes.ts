// The words of `break NAME TARGET key=value`: which a fault takes and what may stand in them. It refuses others and what is out of bounds, naming the word and what is allowed; nothing is taken in silence.
import { FORMS } from "../front/garbage.ts";
import { GARBLES, MISFITS, REFUSALS } from "../model/trouble.ts";
import { BACKUP_FAILURES } from "./backup/run.ts";
import { LOCKS } from "./guest/change.ts";

const MOST_SHOWN = 60;

interface Rule {
  /** What is allowed, to be read after "is". */
  readonly allowed: string;
  fits(text: string): boolean;
}

export interface RefusedWord extends Error {
  unknown: "argument";
}

export const refusedWord = (words: string): RefusedWord => Object.assign(new Error(words), { unknown: "argument" as const });

const number = (low: number, high: number, unit: string): Rule => ({
  allowed: `a number from ${low} to ${high} (${unit})`,
  fits: (text) => text.trim() !== "" && Number(text) >= low && Number(text) <= high,
});
const oneOf = (...words: readonly string[]): Rule => ({ allowed: words.join(" or "), fits: (text) => words.includes(text) });
const matching = (shape: RegExp, allowed: string): Rule => ({ allowed, fits: (text) => shape.test(text) });

const isZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
};

const user = matching(/^[^\s@]{1,64}@[^\s@]{1,64}$/, "a user or a token of Proxmox, such as root@pam");
const text = matching(/^[^\n]{1,300}$/, "one line of at most 300 characters");
const share = (low: number, high: number): Rule => number(low, high, "percent");
const disk = matching(/^(\/dev\/)?[a-z0-9]{1,20}$/, "a disk of the node, such as /dev/sda");
const days = number(0, 5_000, "days");

const TAKES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  "guest-user-stop": { user, verb: oneOf("stop", "shutdown") },
  "backup-running": { seconds: number(1, 86_400, "seconds"), user },
  "start-then-die": { seconds: number(0.1, 86_400, "seconds") },
  "task-fails": { text },
  "guest-hung": { form: oneOf("busy", "idle") },
  "guest-io-error": { reason: oneOf("space", "disk") },
  "guest-user-pause": { user },
  "guest-user-reboot": { user, timeout: number(1, 3_600, "seconds") },
  "guest-user-migrate": { user, to: matching(/^[A-Za-z0-9-]{1,64}$/, "another node that is on") },
  "ct-start-fails": { text, tried: user },
  "ct-memory-high": { percent: share(1, 94) },
  "ct-disk-full": { percent: share(1, 100) },
  "agent-dead": { form: oneOf("hung", "absent") },
  "guest-lock-stale": { lock: oneOf(...LOCKS), hours: number(0.1, 10_000, "hours") },
  "snapshot-leftover": { days },
  "snapshot-old": { days },
  "snapshot-wanted": { days },
  "guest-config-changed": { user, memory: number(16, 1_048_576, "MiB") },
  "node-rebooting-planned": { user },
  "api-slow": { seconds: number(0.1, 120, "seconds") },
  "api-garbage": { form: oneOf(...FORMS, "any") },
  "time-drift": { seconds: number(-86_400, 86_400, "seconds") },
  "node-timezone": { zone: { allowed: "a time zone, such as Europe/Berlin", fits: isZone } },
  "replication-fails": { hours: number(0.1, 1_000, "hours"), text, passed: oneOf("yes") },
  "disk-failing": { disk },
  "disk-ata-errors": { disk },
  "disk-cable-reset": { disk },
  "disk-wear": { percent: share(0, 100) },
  "certificate-expiring": { days: number(-3_650, 3_650, "days") },
  "node-memory-pressure": { percent: share(1, 100) },
  "node-root-full": { percent: share(1, 100) },
  "io-storm": { mib: number(1, 10_000, "MiB a second") },
  "guest-busy": { mib: number(1, 10_000, "MiB a second") },
  "thin-pool-full": { percent: share(0, 100) },
  "thin-metadata-full": { percent: share(0, 100) },
  "storage-burst": { percent: share(0, 100), seconds: number(1, 86_400, "seconds") },
  "storage-full": { percent: share(0, 100) },
  "zfs-full": { percent: share(0, 100) },
  "backup-fails": { cause: oneOf(...BACKUP_FAILURES), once: oneOf("yes") },
  "backup-cancelled": { user },
  "backup-slow": { hours: number(0.01, 240, "hours") },
  "backup-freezing": { seconds: number(1, 3_600, "seconds") },
  "backup-stale": { days: number(0.1, 5_000, "days") },
  "guest-excluded": { tag: matching(/^[a-z0-9_][a-z0-9_+.-]{0,63}$/, "a tag of Proxmox, such as no-backup") },
  "token-privilege-missing": {
    privilege: matching(/^[A-Z][A-Za-z.]{1,63}( ?, ?[A-Z][A-Za-z.]{1,63}){0,40}$/, "a privilege of Proxmox, such as Sys.Syslog, or several with commas"),
  },
  "model-overloaded": { status: oneOf(...REFUSALS.map(String)), seconds: number(0, 3_600, "seconds") },
  "model-stall": { after: number(0, 10_000, "pieces") },
  "model-malformed": { form: oneOf(...GARBLES) },
  "model-wrong-arguments": { form: oneOf(...MISFITS) },
  "container-crash": { exit: number(1, 255, "exit code"), oom: oneOf("yes", "no") },
  "container-unhealthy": { sticky: oneOf("yes", "no") },
  "container-user-stop": { user: matching(/^[^\s]{1,64}$/, "a name, such as root") },
};

/** Throws when the fault takes no such word, or not with that in it. */
export function checkWords(fault: string, words: Readonly<Record<string, string>>): void {
  const takes = TAKES[fault] ?? {};
  const known = Object.keys(takes);
  for (const [word, said] of Object.entries(words)) {
    const rule = Object.hasOwn(takes, word) ? takes[word] : undefined;
    if (rule === undefined) throw refusedWord(`${fault} has no '${word.slice(0, MOST_SHOWN)}'; ${known.length === 0 ? "it takes a target alone" : `it takes ${known.join(", ")}`}`);
    if (!rule.fits(said)) throw refusedWord(`${word} of ${fault} is ${rule.allowed}, not '${said.slice(0, MOST_SHOWN)}'`);
  }
}
