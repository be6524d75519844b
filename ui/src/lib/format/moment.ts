// Moments and spans as people read them, 24 h. Pure; the caller brings the time.

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

export const hourMinute = (at: number | string): string => {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
};

export const hourMinuteSecond = (at: number | string): string => `${hourMinute(at)}:${two(new Date(at).getSeconds())}`;

/** `21:54` today, `Fri 21:54` this week, `9 Nov` before. */
export const moment = (at: number | string, now: number): string => {
  const date = new Date(at);
  const days = Math.floor((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days <= 0) return hourMinute(at);
  if (days < 7) return `${date.toLocaleDateString("en-GB", { weekday: "short" })} ${hourMinute(at)}`;
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
};

/** For who points at a time: `Mon 23 Nov 2026, 09:48:21, 3 min ago`. What is to come says `in 3 min`. */
export const whole = (at: number | string, now: number): string => {
  const date = new Date(at);
  const day = date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(/^(\w+),/, "$1");
  const away = now - date.getTime();
  return `${day}, ${hourMinuteSecond(at)}, ${Math.abs(away) < 60_000 ? "just now" : away > 0 ? `${span(away)} ago` : `in ${span(-away)}`}`;
};

/** `0:42`, `9:42`, `1:02:03`. Never below zero. */
export const countdown = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const tail = `${hours > 0 ? two((seconds / 60) % 60) : Math.floor((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
};

/** `53 s`, `12 min`, `3 h 20 min`, `5 d 2 h`. */
export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
};
