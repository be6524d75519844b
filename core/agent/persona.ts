// The persona in force: read again when its file changed, the last good one kept when the new one does not fit; what does not fit is told by file and line until it is mended.
import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import { Persona } from "../contract/persona.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { whyUnreadable } from "../lib/unreadable.ts";
import { watchFolder } from "../lib/watch-folder.ts";
import { worded } from "../lib/wording.ts";
import { readDocument } from "../settings/document.ts";

const LARGEST_BYTES = 65_536;
const MOST_TOLD = 3;
const SETTLE_MS = 150;
const STAYS = "The last good one stays in force; save the file again when it is mended.";

const refused = (message: string): JarvisError => new JarvisError("configuration", { message });

/** Front matter between two `---` lines. Throws configuration with a line for each thing that does not fit. */
export const readPersona = (text: string, path: string): Persona => {
  const [, front] = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text) ?? [];
  if (front === undefined) throw refused(`${path}:1: expected front matter between two lines of ---, with at least "name: ..." in it`);
  // One line stands above it.
  const { faults, value, place } = readDocument(`\n${front}`, path);
  if (faults.length > 0)
    throw refused(
      faults
        .slice(0, MOST_TOLD)
        .map((fault) => `${fault.place}: ${fault.message}`)
        .join("; "),
    );
  const read = Persona.safeParse(value());
  if (read.success) return read.data;
  const told = read.error.issues
    .flatMap((issue) => worded(issue, Persona))
    .map(({ path: keys, message }) => `${place(keys)}: ${[keys.join("."), message].filter(Boolean).join(": ")}`);
  throw refused(told.slice(0, MOST_TOLD).join("; "));
};

interface Options {
  folder: string;
  name?: string;
  clock: Pick<Clock, "after" | "iso" | "rate">;
  log: Log;
  /** Something a person should know: it cannot be used, or can again. */
  told?: (words: string) => void;
}

export const createPersona = ({ folder, name = "jarvis", clock, log, told = () => undefined }: Options) => {
  const path = join(folder, `${name}.md`);
  let good = Persona.parse({ name: "Jarvis" });
  let seen: string | undefined;
  let trouble: { words: string; since: string } | undefined;

  const tell = (words: string | undefined): void => {
    if (words === trouble?.words) return;
    trouble = words === undefined ? undefined : { words, since: clock.iso() };
    if (words !== undefined) log("warn", words);
    told(words ?? `The persona ${basename(path)} can be used again.`);
  };
  /** Changes whenever the file may have. */
  const stamp = (): string => {
    try {
      const { mtimeMs, size } = statSync(path);
      return `${mtimeMs}:${size}`;
    } catch (thrown) {
      return whyUnreadable(thrown);
    }
  };
  const whole = (): string => {
    try {
      if (statSync(path).size > LARGEST_BYTES) throw refused(`${path} is larger than 64 KiB: shorten it`);
      return readFileSync(path, "utf8");
    } catch (thrown) {
      throw thrown instanceof JarvisError ? thrown : refused(`${path} ${whyUnreadable(thrown)}`);
    }
  };

  const read = (): Persona => {
    const now = stamp();
    if (now === seen) return good;
    seen = now;
    try {
      good = readPersona(whole(), path);
      tell(undefined);
    } catch (thrown) {
      tell(`The persona ${basename(path)} cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}. ${STAYS}`);
    }
    return good;
  };

  let settle = (): void => undefined;
  let unwatch: (() => void) | undefined;
  return {
    read,
    /** Empty where it can be used. */
    trouble: (): { what: string; words: string; since: string }[] => (trouble === undefined ? [] : [{ what: "The persona cannot be used", ...trouble }]),
    /** From now on a change is told at once; where the folder cannot be watched, at the next word that is spoken. */
    start(): void {
      read();
      const soon = (): void => {
        settle();
        settle = clock.after(SETTLE_MS * clock.rate, () => void read(), true);
      };
      unwatch = watchFolder({ folder, told: soon, ended: () => undefined });
    },
    stop(): void {
      settle();
      unwatch?.();
    },
  };
};
