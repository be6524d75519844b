// How far apart the runs of a schedule lie: the calendar events of Proxmox (a part of systemd's), `03:00`, `*/15`, `mon..fri 22:00`, `sat 1:00`, `monthly`. What cannot be read is undefined, never "daily".
const MINUTES_A_DAY = 1440;
const WEEK = 7 * MINUTES_A_DAY;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const WORDS: Readonly<Record<string, number>> = {
  minutely: 1 / 60,
  hourly: 1,
  daily: 24,
  weekly: 168,
  monthly: 744,
  quarterly: 2208,
  semiannually: 4416,
  "semi-annually": 4416,
  yearly: 8784,
  annually: 8784,
};
const [MONTH_HOURS, YEAR_HOURS, LONGEST_TEXT] = [744, 8784, 128];

const range = (from: number, to: number, by: number): number[] => Array.from({ length: Math.max(0, Math.floor((to - from) / by) + 1) }, (_, index) => from + index * by);

/** `*`, `5`, `1..5`, `*\/15`, `0/30`, `8..18/2` and lists of them. */
const values = (text: string, most: number): number[] | undefined => {
  const found: number[] = [];
  for (const word of text.split(",")) {
    const [, from, to, by] = /^(\*|\d{1,2})(?:(?:\.\.|-)(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(word) ?? [];
    if (from === undefined || by === "0") return undefined;
    const first = from === "*" ? 0 : Number(from);
    const last = to === undefined ? (from === "*" || by !== undefined ? most : first) : Number(to);
    if (first > most || last > most) return undefined;
    found.push(...range(first, last, Number(by ?? 1)));
  }
  return [...new Set(found)].sort((a, b) => a - b);
};

const weekdays = (text: string): number[] | undefined => {
  const found: number[] = [];
  for (const word of text.split(",")) {
    const [from = "", to = from] = word.split(/\.\.|-/);
    const [first, last] = [DAYS.indexOf(from.slice(0, 3)), DAYS.indexOf(to.slice(0, 3))];
    if (first < 0 || last < 0) return undefined;
    found.push(...range(first, last < first ? last + 7 : last, 1).map((day) => day % 7));
  }
  return [...new Set(found)];
};

const longest = (minutes: readonly number[]): number => {
  const sorted = [...minutes].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return WEEK;
  return Math.max(...sorted.map((minute, index) => (sorted[index + 1] ?? first + WEEK) - minute));
};

/** The longest time between two runs, in hours. */
export const longestGapHours = (schedule: string): number | undefined => {
  const text = schedule.trim().toLowerCase().slice(0, LONGEST_TEXT);
  if (text === "") return undefined;
  const word = WORDS[text];
  if (word !== undefined) return word;
  const parts = text.split(/\s+/);
  const dates = parts.filter((part) => /^[\d*,./]+-[\d*,./-]+$/.test(part));
  if (dates.length > 0) return dates.some((date) => /(?:^|-)\d+-/.test(date)) ? YEAR_HOURS : MONTH_HOURS;
  const days = parts.filter((part) => /^[a-z]/.test(part));
  const [time = "0:0", ...more] = parts.filter((part) => /^[\d*]/.test(part));
  if (more.length > 0 || days.length + 1 < parts.length) return undefined;
  const [hours, minutes] = time.includes(":") ? time.split(":") : ["*", time];
  const on = days.length === 0 ? range(0, 6, 1) : weekdays(days.join(","));
  const [atHours, atMinutes] = [values(hours ?? "", 23), values(minutes ?? "", 59)];
  if (on === undefined || atHours === undefined || atMinutes === undefined) return undefined;
  return longest(on.flatMap((day) => atHours.flatMap((hour) => atMinutes.map((minute) => day * MINUTES_A_DAY + hour * 60 + minute)))) / 60;
};
