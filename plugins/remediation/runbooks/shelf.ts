// The folder of runbooks, read anew so that an edit is live at once. A file that does not parse is told with its line, hides no other, and leaves its last good text in force; that outlives a restart.
import { type Context, JarvisError } from "jarvis";
import type { Config } from "../config.ts";
import { remembered, revise, type Turns } from "./remembered.ts";
import { isRunbookName, parseRunbook, type Runbook } from "./runbook.ts";
import { mustKnowTools, type Tools, toolsNow } from "./tools-known.ts";

const [MOST, MOST_KEPT, LONGEST_KEPT] = [200, 12, 3000];
/** A look that is younger serves who wants one runbook. */
const RECENT_MS = 15_000;
/** And the monitor, which somebody may watch every two seconds, while the folder has the same names and each was read well. */
const GLANCE_MS = 5_000;

/** `stands`: its last good text is in force instead. */
export interface Broken {
  name: string;
  words: string;
  stands: boolean;
}
export type Shelf = { runbooks: Runbook[]; broken: Broken[] };

/** What a run remembers of the files: their parsed texts, and the last look. */
export interface Memory extends Turns {
  readonly good: Map<string, { text: string; runbook: Runbook }>;
  last?: { at: number; shelf: Shelf };
}
export const createMemory = (): Memory => ({ good: new Map(), writing: Promise.resolve() });

export type Reader = Pick<Context<Config, Memory>, "config" | "client" | "read" | "list" | "kept" | "keep" | "now" | "state">;

const textOf = (ctx: Pick<Reader, "config" | "read">, name: string): Promise<string> => ctx.read(`${ctx.config.runbooks}/${name}.md`);

/** The last good texts of what is broken now, and of nothing else. */
const keepTexts = (ctx: Reader, texts: Record<string, string>): Promise<void> =>
  revise(ctx, (now) => (JSON.stringify(now.good ?? {}) === JSON.stringify(texts) ? undefined : { ...now, good: texts }));

/** Good is what parses and names no tool that nobody brings. */
const parsed = ({ good }: Memory, name: string, text: string, tools: Tools | undefined): Runbook => {
  const known = good.get(name);
  const isSame = known?.text === text;
  const runbook = isSame ? known.runbook : parseRunbook(name, text);
  if (isSame) good.delete(name);
  mustKnowTools(runbook, text, tools);
  good.set(name, { text, runbook });
  return runbook;
};

const namesIn = async (ctx: Reader): Promise<string[]> => {
  const files = await ctx.list(ctx.config.runbooks).catch((error: unknown) => {
    if (error instanceof JarvisError && error.type === "not_found") return [];
    throw error;
  });
  return files
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3))
    .filter(isRunbookName)
    .sort()
    .slice(0, MOST);
};

/** The text that stands for a broken one: of this run, else of the one before. */
const standIn = (memory: Memory, name: string, kept: string | undefined, tools: Tools | undefined): Runbook | undefined => {
  const text = memory.good.get(name)?.text ?? kept;
  if (text === undefined) return undefined;
  try {
    return parsed(memory, name, text, tools);
  } catch {
    // Kept by an older Jarvis whose words are no longer known: nothing stands in, and the broken file is told by its own error.
    return undefined;
  }
};

type Found = { text: string } | { error: unknown };

const readAll = async (ctx: Reader): Promise<Shelf> => {
  const names = await namesIn(ctx);
  for (const name of ctx.client.good.keys()) if (!names.includes(name)) ctx.client.good.delete(name);
  const before = (await remembered(ctx)).good ?? {};
  const tools = await toolsNow(ctx);
  const shelf: Shelf = { runbooks: [], broken: [] };
  const standing: Record<string, string> = {};
  const texts = await Promise.all(
    names.map(
      (name): Promise<Found> =>
        textOf(ctx, name).then(
          (text) => ({ text }),
          (error: unknown) => ({ error }),
        ),
    ),
  );
  for (const [index, name] of names.entries()) {
    try {
      const found = texts[index];
      if (found === undefined || "error" in found) throw found?.error;
      shelf.runbooks.push(parsed(ctx.client, name, found.text, tools));
    } catch (error) {
      const stand = standIn(ctx.client, name, before[name], tools);
      shelf.broken.push({ name, words: error instanceof Error ? error.message : String(error), stands: stand !== undefined });
      if (stand !== undefined) shelf.runbooks.push(stand);
      const text = ctx.client.good.get(name)?.text;
      if (text !== undefined && text.length <= LONGEST_KEPT && Object.keys(standing).length < MOST_KEPT) standing[name] = text;
    }
  }
  await keepTexts(ctx, standing);
  return shelf;
};

/** Every file as it is now. */
export const shelfOf = async (ctx: Reader): Promise<Shelf> => {
  const shelf = await readAll(ctx);
  ctx.client.last = { at: ctx.now(), shelf };
  return shelf;
};

/** As the last look found it, where that is recent, found nothing broken and the names are the same still; else every file as it is now. An edit is told within a tick; reading all of them oftener costs more than all else that somebody watches. */
export const glance = async (ctx: Reader): Promise<Shelf> => {
  const { last } = ctx.client;
  if (last === undefined || ctx.now() < last.at || ctx.now() - last.at >= GLANCE_MS || last.shelf.broken.length > 0) return shelfOf(ctx);
  const names = last.shelf.runbooks.map(({ name }) => name);
  return (await namesIn(ctx)).join() === names.join() ? last.shelf : shelfOf(ctx);
};

/**
 * The one that is wanted, as its file is now; the others as they were at the last look, which the monitor takes every few seconds. An edit of the one that is in force is live at once,
 * and reading them all for each look at each incident would be dear.
 */
export const pickedNow = async (ctx: Reader, pick: (runbooks: readonly Runbook[]) => Runbook | undefined): Promise<{ runbook: Runbook; shelf: Shelf } | undefined> => {
  const { last, good } = ctx.client;
  const isRecent = last !== undefined && ctx.now() >= last.at && ctx.now() - last.at < RECENT_MS;
  const shelf = isRecent ? last.shelf : await shelfOf(ctx);
  const first = pick(shelf.runbooks);
  if (first === undefined || !isRecent) return first && { runbook: first, shelf };
  const text = await textOf(ctx, first.name).catch(() => undefined);
  if (text !== undefined && text === good.get(first.name)?.text) return { runbook: first, shelf };
  const anew = await shelfOf(ctx);
  const runbook = pick(anew.runbooks);
  return runbook && { runbook, shelf: anew };
};

export const brokenWords = ({ words, stands }: Broken): string => `${words}${stands ? "\nIts last good text stays in force until it can be read." : ""}`;

/** Throws not_found, or configuration with the line where nothing good stands for a broken file. */
export const runbookNamed = async (ctx: Reader, name: string): Promise<Runbook> => {
  if (!isRunbookName(name)) throw new JarvisError("bad_input", { message: "That is no runbook's name.", path: "name" });
  const shelf = await shelfOf(ctx);
  const found = shelf.runbooks.find((one) => one.name === name);
  if (found !== undefined) return found;
  const broken = shelf.broken.find((one) => one.name === name);
  if (broken !== undefined) throw new JarvisError("configuration", { message: broken.words });
  throw new JarvisError("not_found", { message: `There is no runbook called ${name}.` });
};

/** For who stands behind what is written: a text that only stands in for a broken file is not it. Throws as above. */
export const runbookAsWritten = async (ctx: Reader, name: string): Promise<Runbook> => {
  const runbook = await runbookNamed(ctx, name);
  const broken = ctx.client.last?.shelf.broken.find((one) => one.name === runbook.name);
  if (broken !== undefined) throw new JarvisError("configuration", { message: `${brokenWords(broken)}\nMend the file, then confirm it.` });
  return runbook;
};
