// Orders that are not quite plain: a verb mistyped, the name before the verb, a request in other words. They are asked back about, never acted on. Pure.
import type { Verb } from "./wish.ts";

const WORDS: Record<string, Verb> = { restart: "restart", reboot: "restart", start: "start", stop: "stop", shutdown: "stop" };
const INFLECTED = /(?:s|ed|ing)$/;

const letters = (word: string): string => [...word].sort().join("");

/** One letter too many, too few or wrong. */
const isNear = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let front = 0;
  while (front < Math.min(a.length, b.length) && a[front] === b[front]) front += 1;
  const [restA, restB] = [a.slice(front), b.slice(front)];
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
};

/** Letters swapped, or in a long word one of them off; `stats` is no slip of start. */
const slipOf = (word: string): Verb | undefined => {
  if (WORDS[word] !== undefined || word.length < 4) return undefined;
  const meant = Object.keys(WORDS).find((verb) => letters(verb) === letters(word) || (verb.length >= 6 && isNear(verb, word) && !INFLECTED.test(word)));
  return meant === undefined ? undefined : WORDS[meant];
};

const GERUNDS: Record<string, Verb> = { restarting: "restart", rebooting: "restart", starting: "start", stopping: "stop" };

/** Ways to say it that leave room for doubt. */
const LOOSE: readonly [RegExp, Verb][] = [
  [/^(?:i (?:need|want)|have|get|make)\s+(.+?)\s+(?:stopped|stop|shut ?down)$/i, "stop"],
  [/^(?:i (?:need|want)|have|get|make)\s+(.+?)\s+(?:restarted|restart|rebooted|reboot)$/i, "restart"],
  [/^(?:i (?:need|want)|have|let|make)\s+(.+?)\s+(?:started|start)$/i, "start"],
  [/^(?:get|have)\s+(.+?)\s+(?:running|started|going|up)(?:\s+again)?$/i, "start"],
  [/^(?:fire|spin|wake|crank|boot)\s+up\s+(.+)$/i, "start"],
  [/^(?:take|bring)\s+(.+?)\s+down$/i, "stop"],
  [/^power[\s-]?cycle\s+(.+)$/i, "restart"],
  [/^(?:take down|bring down|kill|end|terminate)\s+(.+)$/i, "stop"],
  [/^(.+?)\s+(?:needs|has|ought)\s+to\s+be\s+(?:restarted|rebooted)$/i, "restart"],
  [/^(.+?)\s+(?:should|must)\s+be\s+(?:restarted|rebooted)$/i, "restart"],
  [/^(.+?)\s+needs\s+(?:restarting|rebooting)$/i, "restart"],
  [/^(\S+)\s+(?:off|aus|runter)$/i, "stop"],
  [/^(\S+)\s+(?:on|an|hoch)$/i, "start"],
  [/^cycle\s+(.+)$/i, "restart"],
];

export interface Slip {
  verb: Verb;
  what: string;
}

export const readSlip = (words: string): Slip | undefined => {
  const plain = words
    .trim()
    .replace(/[\s.!?]+$/, "")
    .replace(/[\s,]+(?:please|pls|bitte|now|jetzt|for me)$/i, "");
  const [, first = "", rest = ""] = /^(\S+)\s+(.+)$/.exec(plain) ?? [];
  const verb = slipOf(first.toLowerCase());
  if (verb !== undefined) return { verb, what: rest };
  const mind = /^(?:would|do) you mind (restarting|rebooting|starting|stopping)\s+(.+)$/i.exec(plain);
  if (mind) return { verb: GERUNDS[(mind[1] ?? "").toLowerCase()] ?? "restart", what: mind[2] ?? "" };
  for (const [form, meant] of LOOSE) {
    const what = form.exec(plain)?.[1];
    if (what !== undefined) return { verb: meant, what };
  }
  const given = /^(?:give\s+(.+?)\s+a|(.+?)\s+needs a)\s+(?:quick\s+|good\s+)?(?:restart|reboot)$/i.exec(plain);
  if (given) return { verb: "restart", what: given[1] ?? given[2] ?? "" };
  const [, name = "", last = ""] = /^(\S+(?:\s+\S+)?)\s+(restart|reboot|start|stop|shutdown|neustart|stopp)$/i.exec(plain) ?? [];
  if (name === "") return undefined;
  return { verb: WORDS[last.toLowerCase()] ?? (last.toLowerCase() === "stopp" ? "stop" : "restart"), what: name };
};
