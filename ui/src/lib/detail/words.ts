// Names and values of figures and labels in people's words: the unit by the end of the name, the rest by its parts. Knows no plugin. Pure.
import { bytes } from "../format/figure.ts";
import { moment, span } from "../format/moment.ts";

/** Names whose parts alone would not be understood, or that are written as one word. */
const SAID: Readonly<Record<string, string>> = {
  hastate: "HA state",
  lock: "Locked by",
  load1: "Load, 1 min",
  load5: "Load, 5 min",
  load15: "Load, 15 min",
  wait: "Waiting for disks",
  pressurecpusome: "Some wait for CPU",
  pressureiosome: "Some wait for I/O",
  pressureiofull: "All wait for I/O",
  pressurememorysome: "Some wait for memory",
  pressurememoryfull: "All wait for memory",
  root: "Root disk",
  swap: "Swap",
  vote: "Votes",
  quorate: "Has quorum",
  agent: "Guest agent",
  api: "Its own API",
  macs: "MAC addresses",
  exitcode: "Exit code",
  oldestsnapshot: "Oldest snapshot",
  netin: "Network in",
  netout: "Network out",
  diskread: "Disk read",
  diskwrite: "Disk write",
  fullin: "Full in",
};
const CAPITALS: ReadonlySet<string> = new Set([
  "cpu",
  "ha",
  "api",
  "zfs",
  "smart",
  "ip",
  "mac",
  "os",
  "uuid",
  "id",
  "ssd",
  "nvme",
  "lvm",
  "ceph",
  "pbs",
  "dns",
  "tls",
  "url",
  "raid",
]);

interface Unit {
  end: string;
  words: (value: number) => string;
}
const digits = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 1 : 0).replace(/\.0$/, ""));
const counted = (word: string) => (value: number) => `${digits(value)} ${word}${value === 1 ? "" : "s"}`;
/** The longest end first. */
const UNITS: readonly Unit[] = [
  { end: "BytesPerSecond", words: (value) => `${bytes(value)}/s` },
  { end: "PerSecond", words: (value) => `${digits(value)} a second` },
  { end: "PerMinute", words: (value) => `${digits(value)} a minute` },
  { end: "Percent", words: (value) => `${digits(value)} %` },
  { end: "Bytes", words: bytes },
  { end: "Seconds", words: (value) => span(value * 1000) },
  { end: "Minutes", words: (value) => span(value * 60_000) },
  { end: "Hours", words: (value) => span(value * 3_600_000) },
  { end: "Days", words: counted("day") },
  { end: "Celsius", words: (value) => `${digits(value)} °C` },
  { end: "Watts", words: (value) => `${digits(value)} W` },
  { end: "Usd", words: (value) => `$${value.toFixed(2)}` },
  { end: "Ms", words: (value) => (value < 1000 ? `${digits(value)} ms` : span(value)) },
  { end: "Count", words: digits },
];

/** `waitPercent` is the figure `wait` in percent. */
export const unitOf = (name: string): { stem: string; words: (value: number) => string } => {
  const unit = UNITS.find(({ end }) => name.endsWith(end) && name.length > end.length);
  return unit ? { stem: name.slice(0, -unit.end.length), words: unit.words } : { stem: name, words: digits };
};

/** `zfsFragmentation`, `zfs_fragmentation` -> `ZFS fragmentation`. */
export const nameWords = (stem: string): string => {
  const said = SAID[stem.toLowerCase()];
  if (said !== undefined) return said;
  const parts = stem
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_.:-]+/)
    .filter((part) => part !== "")
    .map((part) => (CAPITALS.has(part.toLowerCase()) ? part.toUpperCase() : part.toLowerCase()));
  const text = parts.join(" ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** A moment is told with how long ago; a list keeps its parts apart. */
export const valueWords = (value: string, now: number): string => {
  if (!INSTANT.test(value)) return value.replace(/\s*[;,]\s*/g, ", ");
  const at = Date.parse(value);
  return at <= now ? `${moment(at, now)}, ${span(now - at)} ago` : `${moment(at, now)}, in ${span(at - now)}`;
};
