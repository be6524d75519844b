// journalctl and dmesg over the node's journal. `-f` is not followed: it answers what is there.
import { type Line, printLine, stamp } from "../../world/journal.ts";
import { type Command, type Machine, said } from "../output.ts";
import { countOf } from "./text.ts";

const UNIT_WORDS: Readonly<Record<string, string>> = { "pve-cluster": "pmxcfs", cron: "CRON", ssh: "sshd", chrony: "chronyd" };
const UNITS_MS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, min: 60_000, hour: 3_600_000, day: 86_400_000 };
const DEFAULT_LINES = 1_000;

function optionOf(words: readonly string[], short: string, long: string): string | undefined {
  for (const [index, word] of words.entries()) {
    if (word === short || word === long) return words[index + 1];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
  }
  return undefined;
}

/** `1 hour ago`, `-15min`, `today`, `2026-11-22 03:00`; undefined when it is none of these. */
function moment({ world }: Machine, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const now = world.clock.now();
  const ago = /^-?(\d+)\s*(second|minute|min|hour|day)s?(?:\s+ago)?$/.exec(text.trim());
  if (ago) return now - Number(ago[1]) * (UNITS_MS[ago[2] ?? ""] ?? 0);
  if (text === "today") return now - (now % 86_400_000);
  const parsed = Date.parse(`${text.trim().replace(" ", "T")}${text.includes(":") ? "Z" : "T00:00:00Z"}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function fits(words: readonly string[]): (line: Line) => boolean {
  const unit = optionOf(words, "-u", "--unit")?.replace(/\.service$/, "");
  const kernel = words.includes("-k") || words.includes("--dmesg");
  const word = unit === undefined ? undefined : (UNIT_WORDS[unit] ?? unit);
  return ({ text }) =>
    (!kernel || text.startsWith("kernel:")) && (word === undefined || text.startsWith(word) || text.includes(`${unit}.service`) || text.includes(`${unit}.scope`));
}

const journalctl: Command = (at, words) => {
  const { world, node } = at;
  const since = moment(at, optionOf(words, "-S", "--since"));
  const until = moment(at, optionOf(words, "-U", "--until"));
  const fit = fits(words);
  const lines = world.journals.read(node.name).filter((line) => fit(line) && (since === undefined || line.at >= since) && (until === undefined || line.at <= until));
  const shown = lines.slice(-Math.max(1, countOf(words, "n", DEFAULT_LINES)));
  if (shown.length === 0) return said("-- No entries --");
  return said(words.includes("cat") ? shown.map((line) => line.text) : shown.map((line) => printLine(node.name, line)));
};

const dmesg: Command = ({ world, node }) =>
  said(
    world.journals
      .read(node.name)
      .filter((line) => line.text.startsWith("kernel: "))
      .slice(-DEFAULT_LINES)
      .map((line) => `[${stamp(line.at)}] ${line.text.slice(8)}`),
  );

export const logs: Record<string, Command> = { journalctl, dmesg };
