// The named checks a runbook may ask for before it acts: each a plain look at what is known now. What is not known holds nothing. Pure.
import type { Prescribed } from "jarvis";

interface Check {
  /** Why it may not be done now; undefined: it may. */
  readonly fails: (about: Prescribed) => string | undefined;
}

const labelOf = ({ resource }: Prescribed, key: string): string => resource?.labels?.[key] ?? "";
const nameOf = ({ alert, resource }: Prescribed): string => resource?.name ?? alert.resource;
const isIn = (status: string) => ({
  fails: (about: Prescribed) => (about.resource?.status === status ? undefined : `${nameOf(about)} is ${about.resource?.status ?? "unknown"}, not ${status}.`),
});

const CHECKS: Readonly<Record<string, Check>> = {
  fresh: { fails: (about) => (about.resource?.stale === false ? undefined : `what is known of ${nameOf(about)} is old.`) },
  up: isIn("up"),
  down: isIn("down"),
  paused: isIn("paused"),
  unlocked: { fails: (about) => (labelOf(about, "lock") === "" ? undefined : `${nameOf(about)} is locked (${labelOf(about, "lock")}).`) },
  idle: { fails: (about) => (labelOf(about, "work") === "" ? undefined : `${labelOf(about, "work")} works on ${nameOf(about)}.`) },
  "not-ha": { fails: (about) => (labelOf(about, "hastate") === "" ? undefined : `high availability keeps ${nameOf(about)}; it is its to mend.`) },
};

/** `no-alert KEY`: nothing of that kind is wrong anywhere in the house now; with `*` at its end, nothing that begins so. */
const NO_ALERT = /^no-alert ([a-z][a-z0-9-]*)(\*?)$/;

export const CHECK_WORDS = `${Object.keys(CHECKS).join(", ")}, no-alert KEY`;
export const isCheck = (word: string): boolean => Object.hasOwn(CHECKS, word) || NO_ALERT.test(word);

const failure = (word: string, about: Prescribed): string | undefined => {
  const [, key, some] = NO_ALERT.exec(word) ?? [];
  if (key === undefined) return CHECKS[word]?.fails(about);
  const open = about.open.find((other) => other.key === key || (some === "*" && other.key.startsWith(key)));
  return open === undefined ? undefined : `${open.resource} comes first (${open.key}).`;
};

/** The first that does not hold, in words. */
export const hindrance = (words: readonly string[], about: Prescribed): string | undefined => words.map((word) => failure(word, about)).find((why) => why !== undefined);
