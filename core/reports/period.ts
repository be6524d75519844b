// When a day and a week of the reports begin and end, in the operator's zone. A day begins at the report's time of day, so that a report tells everything up to the moment it is written. Pure.
import type { Period } from "../contract/report.ts";

export interface Calendar {
  /** IANA name. */
  readonly timeZone: string;
  /** HH:MM, at which a day ends and the next begins. */
  readonly at: string;
}

export interface Span {
  readonly period: Period;
  /** Of its beginning there, YYYY-MM-DD. */
  readonly date: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const DAYS: Readonly<Record<Period, number>> = { day: 1, week: 7 };
const MONDAY = 1;

/** A time of day that the clocks skip is taken as much later, one they show twice as the first. */
const startOf = ({ timeZone, at }: Calendar, date: Temporal.PlainDate): number => date.toZonedDateTime({ timeZone, plainTime: at }).epochMilliseconds;

const mondayOf = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - MONDAY });

const spanFrom = (calendar: Calendar, period: Period, date: Temporal.PlainDate): Span => ({
  period,
  date: date.toString(),
  fromMs: startOf(calendar, date),
  toMs: startOf(calendar, date.add({ days: DAYS[period] })),
});

const dateAt = (calendar: Calendar, ms: number): Temporal.PlainDate => {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  return ms < startOf(calendar, local) ? local.subtract({ days: 1 }) : local;
};

/** The period that `ms` falls into. */
export const spanAt = (calendar: Calendar, period: Period, ms: number): Span => {
  const date = dateAt(calendar, ms);
  return spanFrom(calendar, period, period === "week" ? mondayOf(date) : date);
};

/** The last one that was over at `ms`. */
export const lastOver = (calendar: Calendar, period: Period, ms: number): Span => spanAt(calendar, period, spanAt(calendar, period, ms).fromMs - 1);

/** The period that begins on this date; a week: the one the date lies in. Undefined for what is no date. */
export const spanOn = (calendar: Calendar, period: Period, date: string): Span | undefined => {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  try {
    const day = Temporal.PlainDate.from(date, { overflow: "reject" });
    return spanFrom(calendar, period, period === "week" ? mondayOf(day) : day);
  } catch {
    return undefined;
  }
};

/** The days of a span, oldest first. */
export const daysOf = (calendar: Calendar, { period, date }: Span): Span[] =>
  Array.from({ length: DAYS[period] }, (_, index) => spanFrom(calendar, "day", Temporal.PlainDate.from(date).add({ days: index })));

/** `2026-11-22` of a day, `2026-W47` of a week: what its file is called. */
export const nameOf = ({ period, date }: Pick<Span, "period" | "date">): string => {
  if (period === "day") return date;
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(date);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, "0")}`;
};

/** `14:03:05`; with its date where that is not `date`. */
export const clockTime = (timeZone: string, ms: number, date?: string): string => {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime().toString({ smallestUnit: "second" });
  const day = local.toPlainDate().toString();
  return day === date ? time : `${day} ${time}`;
};

/** `26 s`, `5 min`, `3 h 10 min`, `2 days`. */
export const lasting = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(minutes / 1440)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};
