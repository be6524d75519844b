// The persona in force: which it is, read again when its file changed, the last good one kept when the new one does not fit; what does not fit is told by file and line until it is mended.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import { inGravity, Persona, PersonaName } from "../contract/persona.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { didYouMean } from "../lib/nearest.ts";
import { whyUnreadable } from "../lib/unreadable.ts";
import { watchFolder } from "../lib/watch-folder.ts";
import { worded } from "../lib/wording.ts";
import { readDocument } from "../settings/document.ts";

const LARGEST_BYTES = 65_536;
const MOST_PERSONAS = 100;
const PROSE_LENGTH = 2_000;
const MOST_TOLD = 3;
const SETTLE_MS = 150;
const STAYS = "The last good one stays in force; save the file again when it is mended.";

const refused = (message: string): JarvisError => new JarvisError("configuration", { message });

/** Front matter between two `---` lines. Throws configuration with a line for each thing that does not fit. */
export const readPersona = (text: string, path: string): Persona => {
  const [whole = "", front] = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text) ?? [];
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
  if (read.success) return { ...read.data, prose: text.slice(whole.length).trim().slice(0, PROSE_LENGTH) };
  const told = read.error.issues
    .flatMap((issue) => worded(issue, Persona))
    .map(({ path: keys, message }) => `${place(keys)}: ${[keys.join("."), message].filter(Boolean).join(": ")}`);
  throw refused(told.slice(0, MOST_TOLD).join("; "));
};

/** Which persona was chosen last, by its file's name. */
export interface Chosen {
  get: () => string | undefined;
  set: (name: string) => void;
}

interface Options {
  folder: string;
  /** In force until another is chosen. */
  name?: string;
  chosen?: Chosen;
  /** Whether something critical is open: nobody jokes then. */
  isGrave?: () => boolean;
  clock: Pick<Clock, "after" | "iso" | "rate">;
  log: Log;
  /** Something a person should know: it cannot be used, or can again. */
  told?: (words: string) => void;
}

const inMemory = (): Chosen => {
  let name: string | undefined;
  return {
    get: () => name,
    set: (now) => {
      name = now;
    },
  };
};

const wholeOf = (path: string): string => {
  try {
    if (statSync(path).size > LARGEST_BYTES) throw refused(`${path} is larger than 64 KiB: shorten it`);
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw thrown instanceof JarvisError ? thrown : refused(`${path} ${whyUnreadable(thrown)}`);
  }
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".md"))
      .map((file) => basename(file, ".md"))
      .filter((name) => PersonaName.safeParse(name).success)
      .toSorted()
      .slice(0, MOST_PERSONAS);
  } catch {
    return [];
  }
};

export const createPersona = ({ folder, name: first = "jarvis", chosen = inMemory(), isGrave = () => false, clock, log, told = () => undefined }: Options) => {
  let name = chosen.get() ?? first;
  let path = join(folder, `${name}.md`);
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
  const look = (): void => {
    const now = stamp();
    if (now === seen) return;
    seen = now;
    try {
      good = readPersona(wholeOf(path), path);
      tell(undefined);
    } catch (thrown) {
      tell(`The persona ${basename(path)} cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}. ${STAYS}`);
    }
  };
  const read = (): Persona => {
    look();
    return isGrave() ? inGravity(good) : good;
  };

  /** Those whose files can be used, by name. */
  const list = (): { name: string; title: string; about: string; isInForce: boolean }[] =>
    namesIn(folder).flatMap((one) => {
      try {
        const { name: title, about } = readPersona(wholeOf(join(folder, `${one}.md`)), one);
        return [{ name: one, title, about, isInForce: one === name }];
      } catch {
        return [];
      }
    });

  /** From the next answer on, and after a restart. Throws not_found, or configuration for a file that cannot be used: nothing changes then. */
  const use = (wanted: string): Persona => {
    if (!namesIn(folder).includes(wanted)) {
      const known = list().map((one) => one.name);
      throw new JarvisError("not_found", { message: `There is no persona ${wanted.slice(0, 40)}.${didYouMean(wanted, known)} There are: ${known.join(", ")}.` });
    }
    const at = join(folder, `${wanted}.md`);
    const taken = readPersona(wholeOf(at), at);
    chosen.set(wanted);
    [name, path, good, seen, trouble] = [wanted, at, taken, undefined, undefined];
    return read();
  };

  let settle = (): void => undefined;
  let unwatch: (() => void) | undefined;
  return {
    read,
    list,
    use,
    /** Empty where it can be used. */
    trouble: (): { what: string; words: string; since: string }[] => (trouble === undefined ? [] : [{ what: "The persona cannot be used", ...trouble }]),
    /** From now on a change is told at once; where the folder cannot be watched, at the next word that is spoken. */
    start(): void {
      look();
      const soon = (): void => {
        settle();
        settle = clock.after(SETTLE_MS * clock.rate, look, true);
      };
      unwatch = watchFolder({ folder, told: soon, ended: () => undefined });
    },
    stop(): void {
      settle();
      unwatch?.();
    },
  };
};
