// The engine's ways to write a time: RFC 3339 with nanoseconds, Unix seconds, and "Up 3 hours". Pure; it refuses a since/until it cannot read by answering undefined.

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

const splitMs = (ms: number): { wholeMs: number; nanos: number } => {
  const wholeMs = Math.floor(ms);
  return { wholeMs, nanos: Math.floor((ms - wholeMs) * 1_000_000) };
};

/** 0 is Go's zero time; trailing zeros of the fraction are dropped as Go does. */
export function rfc3339(ms: number): string {
  if (ms === 0) return "0001-01-01T00:00:00Z";
  const { wholeMs, nanos } = splitMs(ms);
  const iso = new Date(wholeMs).toISOString();
  const fraction = (iso.slice(20, 23) + String(nanos).padStart(6, "0")).replace(/0+$/, "");
  return `${iso.slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** With all nine digits, as log lines have it. */
export function rfc3339Fixed(ms: number): string {
  const { wholeMs, nanos } = splitMs(ms);
  const iso = new Date(wholeMs).toISOString();
  return `${iso.slice(0, 23)}${String(nanos).padStart(6, "0")}Z`;
}

export const unixSeconds = (ms: number): number => Math.floor(ms / 1_000);

/** As a JSON number literal: JavaScript's own numbers do not hold nanoseconds. */
export function unixNanos(ms: number): string {
  const { wholeMs, nanos } = splitMs(ms);
  return `${wholeMs}${String(nanos).padStart(6, "0")}`;
}

/** `1700000000`, `1700000000.5`, `2026-01-02T03:04:05Z` or `10m` (ago). */
export function readTime(text: string | null, nowMs: number): number | undefined {
  if (text === null || text === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const ago = /^(\d+(?:\.\d+)?)([smh])$/.exec(text);
  if (ago) return nowMs - Number(ago[1]) * UNIT_MS[ago[2] === "s" ? "s" : ago[2] === "m" ? "m" : "h"];
  const when = Date.parse(text);
  return Number.isNaN(when) ? undefined : when;
}

/** Docker's rough words for a span: "Less than a second", "About a minute", "3 hours". */
export function roughly(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  return `${Math.floor(hours / 24 / 30)} months`;
}
