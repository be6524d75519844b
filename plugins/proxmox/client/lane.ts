// The slow lane: readings that may wait share a few calls a minute, fewer while the API has it hard, so that a house's whole picture never costs more than its budget. Counts only; it never asks or waits by itself.
import type { Client } from "./client.ts";
import type { Level } from "./strain.ts";

const MINUTE_MS = 60_000;
/**
 * What has its turn, all together; what is learned by and by, which else would never get its turn; who the guests are, which acts wait for; and the past,
 * which takes of what `idle` leaves.
 */
type Share = "due" | "idle" | "who" | "past";
type Shares = Readonly<Record<Share, number>>;
const PER_MINUTE: Readonly<Record<Level, Shares>> = {
  calm: { due: 4, idle: 2, who: 5, past: 1 },
  slow: { due: 2, idle: 0, who: 4, past: 0 },
  worn: { due: 1, idle: 0, who: 2, past: 0 },
};
/** All shares and appointments together: with the rounds of a house of two nodes (23 calls at most, some of them early or late) this stays within 30 in whatever minute. */
const TOGETHER: Readonly<Record<Level, number>> = { calm: 5, slow: 5, worn: 3 };
/** And one more for who a guest is, whatever the others have taken: who Jarvis itself is hangs on it, and so does every act that cuts something. */
const MORE_FOR_WHO = 1;
/** While guests are still to be known the others step back, so that a first minute costs no more than any other. */
const WHILE_LEARNING: Readonly<Partial<Record<Share, number>>> = { due: 1, idle: 0, past: 0 };
const LEARNING_MS = 15_000;
/** Who of `idle` did not get what it wanted goes before the past, when its turn comes again. */
const LET_BY_MS = 20 * MINUTE_MS;

/** What somebody asked for, in a minute: every node's answer in a house, and no flood in a large one. */
const MOST_ASKED = 60;
const ASKED = "asked";

export interface Lane {
  /** How many of `wanted` calls may be made now; they count as made. */
  take(nowMs: number, wanted: number, share?: Share): number;
  /** All of `wanted` calls or none of them. Who was refused has its place kept for a minute, and asks again until then. */
  whole(nowMs: number, wanted: number, who: string): boolean;
  /** How many of `wanted` may be made for somebody who asked, or when all that failed is read again: not bound to the shares nor counted with them, but to a number a minute. */
  asked(nowMs: number, wanted: number): number;
  /** Calls that go out now whatever else does, and again after so long: the others keep away from them. */
  appointed(nowMs: number, calls: number, everyMs: number, who: string): void;
}

/** `who`: a share, or who asks by a name of its own. `made`: they went out then; else a place that is kept. */
type Booking = Readonly<{ who: string; at: number; calls: number; made: boolean }>;
/** Of any minute that holds this moment: calls of the last one, and places of the next. */
const isAround = ({ at, made }: Booking, nowMs: number): boolean => at > nowMs - MINUTE_MS && at <= nowMs + (made ? 0 : MINUTE_MS);
const sum = (bookings: readonly Booking[]): number => bookings.reduce((all, { calls }) => all + calls, 0);

/** `level`: how the API has it. */
export const createLane = (level: (nowMs: number) => Level = () => "calm"): Lane => {
  let booked: Booking[] = [];
  const appointedAt = new Map<string, number>();
  let begunAt: number | undefined;
  let learningAt = Number.NEGATIVE_INFINITY;
  let waitingAt = Number.NEGATIVE_INFINITY;

  const lately = (who: string, nowMs: number): number => sum(booked.filter((one) => one.made && one.who === who && isAround(one, nowMs)));

  /** What any minute that holds this moment may already hold, but for who asks. */
  const together = (nowMs: number, but?: string): number => sum(booked.filter((one) => one.who !== ASKED && isAround(one, nowMs) && (one.made || one.who !== but)));

  const room = (share: Share, nowMs: number): number => {
    const usual = PER_MINUTE[level(nowMs)];
    const limits = nowMs - learningAt < LEARNING_MS ? { ...usual, ...WHILE_LEARNING } : usual;
    // A run begins with a burst of what is read once; that must not put off the moment from which Jarvis knows itself.
    const burst = share === "who" && nowMs - (begunAt ?? nowMs) < MINUTE_MS;
    const all = burst ? limits.who : TOGETHER[level(nowMs)] - together(nowMs) + (share === "who" ? MORE_FOR_WHO : 0);
    const own = Math.min(all, limits[share] - lately(share, nowMs));
    if (share !== "idle" && share !== "past") return own;
    if (share === "past" && nowMs - waitingAt < LET_BY_MS) return 0;
    return Math.min(own, limits.idle - lately("idle", nowMs) - lately("past", nowMs));
  };

  /** Calls that are made, and a place that is kept, take the kept place of the same asker; what was long ago is forgotten, and after a clock that was set back what has not been yet. */
  const book = (nowMs: number, who: string, calls: number, ...times: number[]): void => {
    const others = booked.filter((one) => one.at > nowMs - MINUTE_MS && (one.made ? one.at <= nowMs : one.who !== who));
    booked = [...others, ...times.flatMap((at) => (calls > 0 ? [{ who, at, calls, made: at <= nowMs }] : []))];
  };

  return {
    take(nowMs, wanted, share = "due") {
      begunAt ??= nowMs;
      if (share === "who") learningAt = nowMs;
      const granted = Math.max(0, Math.min(wanted, room(share, nowMs)));
      if (share === "idle") waitingAt = granted < wanted ? nowMs : Number.NEGATIVE_INFINITY;
      book(nowMs, share, granted, nowMs);
      return granted;
    },
    whole(nowMs, wanted, who) {
      // As much as the others may have taken of the minute its place was kept in, who a guest is among them.
      const granted = together(nowMs, who) + wanted <= TOGETHER[level(nowMs)] + MORE_FOR_WHO;
      book(nowMs, who, wanted, granted ? nowMs : nowMs + MINUTE_MS);
      return granted;
    },
    asked(nowMs, wanted) {
      const granted = Math.max(0, Math.min(wanted, MOST_ASKED - lately(ASKED, nowMs)));
      book(nowMs, ASKED, granted, nowMs);
      return granted;
    },
    appointed(nowMs, calls, everyMs, who) {
      // Long before its time somebody asked for it, who may ask as often as they like.
      const isAsked = nowMs - (appointedAt.get(who) ?? Number.NEGATIVE_INFINITY) < everyMs / 2;
      appointedAt.set(who, nowMs);
      book(nowMs, who, calls, ...(isAsked ? [] : [nowMs]), nowMs + everyMs);
    },
  };
};

const lanes = new WeakMap<Client, Lane>();

/** One lane for each cluster that is talked to. */
export const laneOf = (client: Client): Lane => {
  const lane = lanes.get(client) ?? createLane((nowMs) => client.ledger.strain(nowMs).level);
  lanes.set(client, lane);
  return lane;
};
