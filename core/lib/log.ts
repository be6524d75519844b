// One line per event on stderr: time, level, words, data as JSON; everything redacted. Keeps nothing.
import type { Clock } from "./clock.ts";
import type { Redactor } from "./redact.ts";

export type Level = "debug" | "info" | "warn" | "error";

export type Log = (level: Level, message: string, data?: Record<string, unknown>) => void;

interface Options {
  clock: Clock;
  redact: Redactor;
  least?: Level;
  write?: (line: string) => void;
}

const RANK: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export const createLog = ({ clock, redact, least = "info", write = (line) => void process.stderr.write(line) }: Options): Log => {
  return (level, message, data) => {
    if (RANK[level] < RANK[least]) return;
    const rest = data && Object.keys(data).length > 0 ? ` ${JSON.stringify(redact.data(data))}` : "";
    write(`${clock.iso()} ${level.padEnd(5)} ${redact.text(message)}${rest}\n`);
  };
};
