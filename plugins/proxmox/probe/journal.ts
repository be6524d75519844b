// Takes the lines of GET /nodes/N/journal apart: whose they are and when, in epoch ms. Pure. The lines carry neither year nor zone, so both are told from the window that was asked for.
export interface Line {
  /** Epoch ms of the node's clock; undefined when the stamp cannot be read. */
  at: number | undefined;
  /** `systemd[1]` and the like, with the number. */
  from: string;
  text: string;
}

const MAX_LINES = 4000;
const MAX_TEXT = 600;
const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const SLACK_MS = 2 * MINUTE_MS;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const SHORT = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d+)? (\S+) ([^:]+?): ?(.*)$/s;
const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?)(Z|[+-]\d{2}:?\d{2})? (\S+) ([^:]+?): ?(.*)$/s;

interface Raw {
  host: string;
  from: string;
  text: string;
  /** As if the stamp were UTC. */
  local: number;
  exact: boolean;
}

/** A stamp without year belongs to the year that brings it nearest to now. */
const nearest = (month: number, day: number, rest: [number, number, number], nowMs: number): number => {
  const year = new Date(nowMs).getUTCFullYear();
  const times = [year - 1, year, year + 1].map((candidate) => Date.UTC(candidate, month, day, ...rest));
  return times.reduce((best, time) => (Math.abs(time - nowMs) < Math.abs(best - nowMs) ? time : best));
};

const rawOf = (line: string, nowMs: number): Raw | undefined => {
  const iso = ISO.exec(line);
  if (iso) {
    const [, stamp = "", zone = "", host = "", from = "", text = ""] = iso;
    return { host, from, text, local: Date.parse(`${stamp.replace(",", ".")}${zone || "Z"}`), exact: zone !== "" };
  }
  const [, month = "", day, hour, minute, second, host = "", from = "", text = ""] = SHORT.exec(line) ?? [];
  const index = MONTHS.indexOf(month);
  if (index < 0) return undefined;
  return { host, from, text, local: nearest(index, Number(day), [Number(hour), Number(minute), Number(second)], nowMs), exact: false };
};

/** The zone's offset (a multiple of a quarter of an hour) under which the most lines fall into the window; 0 when none does. */
const offsetOf = (times: readonly number[], sinceMs: number, nowMs: number): number => {
  const newest = times.reduce((best, time) => Math.max(best, time), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(newest)) return 0;
  const guess = Math.round((newest - nowMs) / QUARTER_MS) * QUARTER_MS;
  const fits = (offset: number): number => times.filter((time) => time - offset >= sinceMs - SLACK_MS && time - offset <= nowMs + SLACK_MS).length;
  const offsets = [guess, guess + QUARTER_MS, guess - QUARTER_MS, 0];
  return offsets.reduce((best, offset) => (fits(offset) > fits(best) ? offset : best));
};

/** Only lines the node itself wrote; cursors (first and last entry) and torn lines are left out. `nowMs`, `sinceMs`: the node's clock; `offsetMs`: its zone where known. */
export const parseJournal = (entries: readonly unknown[], window: { node: string; sinceMs: number; nowMs: number; offsetMs?: number | undefined }): Line[] => {
  const host = window.node.toLowerCase();
  const raw = entries.slice(-MAX_LINES).flatMap((entry) => (typeof entry === "string" ? (rawOf(entry, window.nowMs) ?? []) : []));
  const own = raw.filter((line) => line.host.toLowerCase().split(".")[0] === host);
  const times = own.filter((line) => !line.exact && Number.isFinite(line.local)).map((line) => line.local);
  const offset = window.offsetMs ?? offsetOf(times, window.sinceMs, window.nowMs);
  return own.map(({ from, text, local, exact }) => {
    const at = exact ? local : local - offset;
    return { at: Number.isFinite(at) ? at : undefined, from: from.slice(0, 100), text: text.slice(0, MAX_TEXT) };
  });
};
