// The one reader of the environment. Every secret variable also has a _FILE form.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { JarvisError } from "./contract/error.ts";

export interface Environment {
  host: string | undefined;
  port: number | undefined;
  /** Set only when JARVIS_CONFIG is: then an absent file is an error. */
  config: string | undefined;
  data: string;
  memory: string;
  personas: string;
  /** More plugin folders. */
  plugins: string[];
  adminToken: string | undefined;
  clockRate: number | undefined;
  /** A file that stands for this machine's identity; tests and the lab only. */
  identity: string | undefined;
  /** A folder in which tests ask this process to hold at a point; under the same rule as the clock rate. */
  holdAt: string | undefined;
  ci: boolean;
  home: string;
  /** Everything, for `${NAME}` in the configuration. */
  get: (name: string) => string | undefined;
}

const text = (name: string): string | undefined => process.env[name] || undefined;

const secret = (name: string): string | undefined => {
  const file = text(`${name}_FILE`);
  if (!file) return text(name);
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (cause) {
    throw new JarvisError("configuration", { message: `${name}_FILE names ${file}, which cannot be read`, cause });
  }
};

const number = (name: string, least: number, most: number): number | undefined => {
  const given = text(name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!Number.isFinite(value) || value < least || value > most)
    throw new JarvisError("configuration", { message: `${name} is "${given}"; expected a number from ${least} to ${most}` });
  return value;
};

export const readEnvironment = (): Environment => ({
  host: text("JARVIS_HOST"),
  port: number("JARVIS_PORT", 0, 65_535),
  config: text("JARVIS_CONFIG"),
  data: resolve(text("JARVIS_DATA") ?? "data"),
  memory: resolve(text("JARVIS_MEMORY") ?? "memory"),
  personas: resolve(text("JARVIS_PERSONAS") ?? "personas"),
  plugins: (text("JARVIS_PLUGINS") ?? "")
    .split(":")
    .filter(Boolean)
    .map((folder) => resolve(folder)),
  adminToken: secret("JARVIS_ADMIN_TOKEN"),
  clockRate: number("JARVIS_CLOCK_RATE", 0.1, 1000),
  identity: text("JARVIS_IDENTITY"),
  holdAt: text("JARVIS_HOLD_AT"),
  ci: Boolean(text("CI")),
  home: text("HOME") ?? "/",
  get: text,
});
