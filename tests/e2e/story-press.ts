// Asks the page with the words of story-in-page.js. For tests only; it judges nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const source = readFileSync(join(import.meta.dir, "story-in-page.js"), "utf8").replace(/;\s*$/, "");

export interface Pressable {
  /** Things of one kind do the same to different rows. */
  kind: string;
  name: string;
  /** Which of those with this kind and name. */
  nth: number;
}

interface Answers {
  pressables: Pressable[];
  visibleState: string;
  hiddenTabs: string[];
  smallTexts: string[];
  smallTargets: string[];
  pixelsLike: number;
}

export const ask = <N extends keyof Answers>(page: Page, name: N, argument?: unknown): Promise<Answers[N]> =>
  page.evaluate<Answers[N]>(`(${source}).${name}(${JSON.stringify(argument)})`);
