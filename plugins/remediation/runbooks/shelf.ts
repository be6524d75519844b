// The folder of runbooks, read anew each time so that an edit is live at once. A file that does not parse is told with its words and hides no other.
import { type Context, JarvisError } from "jarvis";
import type { Config } from "../config.ts";
import { isRunbookName, parseRunbook, type Runbook } from "./runbook.ts";

const MOST = 200;

export type Shelf = { runbooks: Runbook[]; broken: { name: string; words: string }[] };
export type Reader = Pick<Context<Config, unknown>, "config" | "read" | "list">;

const readOne = async (ctx: Reader, name: string): Promise<Runbook> => parseRunbook(name, await ctx.read(`${ctx.config.runbooks}/${name}.md`));

export const shelfOf = async (ctx: Reader): Promise<Shelf> => {
  const files = await ctx.list(ctx.config.runbooks).catch((error: unknown) => {
    if (error instanceof JarvisError && error.type === "not_found") return [];
    throw error;
  });
  const names = files
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3))
    .filter(isRunbookName)
    .slice(0, MOST);
  const shelf: Shelf = { runbooks: [], broken: [] };
  for (const name of names) {
    try {
      shelf.runbooks.push(await readOne(ctx, name));
    } catch (error) {
      shelf.broken.push({ name, words: error instanceof Error ? error.message : String(error) });
    }
  }
  return shelf;
};

export const runbookNamed = async (ctx: Reader, name: string): Promise<Runbook> => {
  if (!isRunbookName(name)) throw new JarvisError("bad_input", { message: "That is no runbook's name.", path: "name" });
  try {
    return await readOne(ctx, name);
  } catch (error) {
    if (error instanceof JarvisError && error.type === "not_found") throw new JarvisError("not_found", { message: `There is no runbook called ${name}.` });
    throw error;
  }
};
