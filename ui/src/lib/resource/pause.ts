// Whether Jarvis only waits with an open incident, what for, and until when, by the reader's own clock. Pure.
import type { Incident } from "$contract/incident.ts";
import { hourMinute, hourMinuteSecond } from "../format/moment.ts";

export interface Pause {
  words: string;
  /** Absent: until something else changes. */
  untilMs?: number;
}

const DAY_MS = 86_400_000;
/** How the core writes when it tries again. */
const NEXT_TRY = /the next try is at (\d\d):(\d\d) UTC/;

/** The first such time of day that is not before `from`. */
const timeAfter = (from: number, hour: number, minute: number): number => {
  const sameDay = new Date(from).setUTCHours(hour, minute, 0, 0);
  return sameDay < from ? sameDay + DAY_MS : sameDay;
};

const graceOf = ({ cause, openedAt }: Pick<Incident, "cause" | "openedAt">): Pause | undefined => {
  if (cause.verdict !== "unclear" || cause.graceSeconds === undefined) return undefined;
  const untilMs = Date.parse(openedAt) + cause.graceSeconds * 1000;
  return { untilMs, words: `It is not proven to be a fault. If it still stands at ${hourMinuteSecond(untilMs)}, I act. ${cause.words}`.trim() };
};

/** Undefined while it is looked at or worked on, waits for a person, or is over. */
export const pauseOf = (incident: Pick<Incident, "status" | "cause" | "openedAt" | "words">): Pause | undefined => {
  const { status, cause, openedAt, words } = incident;
  if (status !== "open") return undefined;
  if (words === undefined || words === cause.words) return graceOf(incident);
  const [told, hour, minute] = NEXT_TRY.exec(words) ?? [];
  if (told === undefined) return { words };
  const untilMs = timeAfter(Date.parse(openedAt), Number(hour), Number(minute));
  return { untilMs, words: words.replace(told, `the next try is at ${hourMinute(untilMs)}`) };
};
