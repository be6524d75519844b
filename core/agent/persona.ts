// The persona in force: read again when its file changed, the last good one kept when the new one does not fit.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Persona } from "../contract/persona.ts";
import type { Log } from "../lib/log.ts";

const LARGEST_BYTES = 65_536;

/** Front matter between two `---` lines, and the prose below it. */
export const splitFrontMatter = (text: string): { front: unknown; prose: string } => {
  const [, front = "", prose = text] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? [];
  return { front: front ? parse(front) : {}, prose };
};

export const createPersona = ({ folder, name = "jarvis", log }: { folder: string; name?: string; log: Log }) => {
  const path = join(folder, `${name}.md`);
  let good = Persona.parse({ name: "Jarvis" });
  let seen = "";

  return (): Persona => {
    try {
      const { mtimeMs, size } = statSync(path);
      const stamp = `${mtimeMs}:${size}`;
      if (stamp === seen) return good;
      seen = stamp;
      if (size > LARGEST_BYTES) throw new Error("it is larger than 64 KiB");
      good = Persona.parse(splitFrontMatter(readFileSync(path, "utf8")).front);
    } catch (thrown) {
      if (seen !== "absent") log("warn", `the persona ${path} cannot be used, the last good one stays: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      if (seen === "") seen = "absent";
    }
    return good;
  };
};
