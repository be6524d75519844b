// Each node's system journal in the words systemd, the kernel and Proxmox's daemons use; kept in memory, oldest lines fall out. It refuses nothing: an unknown node has an empty journal.

const MAX_LINES = 5_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface Line {
  /** Counts up over all lines of a node. */
  seq: number;
  /** World time in milliseconds. */
  at: number;
  /** `systemd[1]: 101.scope: Deactivated successfully.` */
  text: string;
}

export interface Journals {
  add(node: string, text: string, at?: number): void;
  read(node: string): readonly Line[];
}

export function createJournals(now: () => number): Journals {
  const journals = new Map<string, Line[]>();
  let seq = 0;
  return {
    add(node, text, at = now()) {
      const lines = journals.get(node) ?? [];
      journals.set(node, lines);
      lines.push({ seq: ++seq, at, text });
      if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
    },
    read: (node) => journals.get(node) ?? [],
  };
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `Nov 22 21:51:47`, in UTC as the lab's nodes are set to it. */
export function stamp(ms: number): string {
  const when = new Date(ms);
  const day = String(when.getUTCDate()).padStart(2, "0");
  return `${MONTHS[when.getUTCMonth()]} ${day} ${two(when.getUTCHours())}:${two(when.getUTCMinutes())}:${two(when.getUTCSeconds())}`;
}

export const printLine = (node: string, line: Line): string => `${stamp(line.at)} ${node} ${line.text}`;

/** A cursor as the journal reader prints before the first and after the last line. */
export function cursorOf(node: string, line: Line): string {
  const boot = Bun.hash.xxHash64(node).toString(16).padStart(16, "0").repeat(2);
  return `s=${boot};i=${line.seq.toString(16)};b=${boot};m=${Math.floor(line.at).toString(16)};t=${Math.floor(line.at * 1000).toString(16)};x=${line.seq.toString(16)}`;
}
