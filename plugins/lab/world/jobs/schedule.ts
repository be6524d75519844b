// When a calendar event of Proxmox (a small part of systemd's) is due next: `03:00`, `*/15`, `*:0/30`, `mon..fri 22:00`, `sun 01:00`, `daily`, `hourly`, `weekly`. It refuses the rest by answering undefined.

const MINUTE_MS = 60_000;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_AHEAD_MS = 8 * DAY_MS;
const WORDS: Readonly<Record<string, string>> = { hourly: "*:00", daily: "00:00", weekly: "mon 00:00", minutely: "*:*" };

type Fits = (value: number) => boolean;

function part(text: string): Fits | undefined {
  const tests: Fits[] = [];
  for (const word of text.split(",")) {
    const step = /^(\*|\d+)\/(\d+)$/.exec(word);
    const range = /^(\d+)(?:\.\.|-)(\d+)$/.exec(word);
    if (word === "*") tests.push(() => true);
    else if (step) {
      const [from, by] = [step[1] === "*" ? 0 : Number(step[1]), Number(step[2])];
      if (by < 1) return undefined;
      tests.push((value) => value >= from && (value - from) % by === 0);
    } else if (range) tests.push((value) => value >= Number(range[1]) && value <= Number(range[2]));
    else if (/^\d+$/.test(word)) tests.push((value) => value === Number(word));
    else return undefined;
  }
  return (value) => tests.some((test) => test(value));
}

function days(text: string): Fits | undefined {
  const chosen = new Set<number>();
  for (const word of text.toLowerCase().split(",")) {
    const [from = "", to = from] = word.split(/\.\.|-/);
    const [first, last] = [DAYS.indexOf(from.slice(0, 3)), DAYS.indexOf(to.slice(0, 3))];
    if (first < 0 || last < 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      chosen.add(day);
      if (day === last) break;
    }
  }
  return (value) => chosen.has(value);
}

interface Calendar {
  day: Fits;
  hour: Fits;
  minute: Fits;
}

export function parseSchedule(text: string): Calendar | undefined {
  const words = (WORDS[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  const time = words.length > 1 || /^[*\d]/.test(words[0] ?? "") ? words.at(-1) : "0:00";
  const dayWords = words.filter((word) => word !== time).join(",");
  const [hours = "*", minutes] = (time ?? "").includes(":") ? (time ?? "").split(":") : ["*", time];
  const [day, hour, minute] = [dayWords === "" ? part("*") : days(dayWords), part(hours), part(minutes ?? "0")];
  return day && hour && minute ? { day, hour, minute } : undefined;
}

/** World time in milliseconds of the first due minute after `after`; days and hours that do not fit are stepped over whole. */
export function nextRun(schedule: string, after: number): number | undefined {
  const calendar = parseSchedule(schedule);
  if (!calendar) return undefined;
  const end = after + MAX_AHEAD_MS;
  let at = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
  while (at < end) {
    const when = new Date(at);
    if (!calendar.day(when.getUTCDay())) at = (Math.floor(at / DAY_MS) + 1) * DAY_MS;
    else if (!calendar.hour(when.getUTCHours())) at = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
    else if (!calendar.minute(when.getUTCMinutes())) at += MINUTE_MS;
    else return at;
  }
  return undefined;
}

/** The due minutes of the last days up to `now`, oldest first. */
export function runsBefore(schedule: string, now: number): number[] {
  const runs: number[] = [];
  for (let at = nextRun(schedule, now - MAX_AHEAD_MS); at !== undefined && at <= now; at = nextRun(schedule, at)) runs.push(at);
  return runs;
}
