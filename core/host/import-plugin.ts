// Imports one reviewed plugin and checks its literal. What is wrong comes back as words with file and line; nothing is thrown.
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import { blame, blameIssue } from "./blame.ts";
import { check } from "./check.ts";
import type { Bundled } from "./discover.ts";
import { installJarvisModule } from "./jarvis-module.ts";
import type { PluginLiteral } from "./literal.ts";

const LONGEST_IMPORT_MS = 10_000;
const Module = z.looseObject({ default: z.unknown().optional() });

export type Imported = { readonly literal: PluginLiteral } | { readonly error: string };

export const importPlugin = async ({ id, root, entry }: Bundled, clock: Clock): Promise<Imported> => {
  installJarvisModule();
  try {
    const { default: value } = Module.parse(await withinTime(import(entry), clock));
    if (value === undefined) return { error: blameIssue("", "there is no default export: write export default definePlugin({ ... })", entry) };
    const { literal, issues } = check(id, value, { bundled: true });
    if (literal !== undefined) return { literal };
    return { error: issues.map(({ path, message }) => blameIssue(path, message, entry)).join("\n") };
  } catch (thrown) {
    return { error: blame(thrown, { root, entry }) };
  }
};

/** A module that waits forever at its top level must not hold up the others. */
export const withinTime = async <T>(work: Promise<T>, clock: Clock, what = "importing it"): Promise<T> => {
  let stop = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    stop = clock.after(LONGEST_IMPORT_MS * Math.max(1, clock.rate), () => reject(new Error(`${what} took longer than ${LONGEST_IMPORT_MS / 1000} s`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop();
  }
};
