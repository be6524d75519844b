// Which tools there are: a runbook that names one nobody brings is told with its line and is not armed; one of a plugin that is not up waits for it. What cannot be read accuses nobody. Pure but for the one look.
import { type Context, JarvisError, z } from "jarvis";
import { frontMatter } from "./front-matter.ts";
import type { Runbook } from "./runbook.ts";

const CHANNEL = "core/tools";
const MOST_TOLD = 5;
const Tools = z.object({ tools: z.array(z.string()), waiting: z.array(z.string()) });

/** `waiting`: plugins that are not up, whose tools nobody knows. */
export type Tools = z.output<typeof Tools>;

export const toolsNow = async (ctx: Pick<Context<unknown, unknown>, "state">): Promise<Tools | undefined> => {
  const readings = await ctx.state(CHANNEL).catch(() => undefined);
  return Tools.safeParse(readings?.[CHANNEL]?.value).data;
};

const pairsOf = (word: string): Set<string> => new Set(Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2)));

const lettersOf = (word: string): string => [...word].sort().join("");

/** The one whose letters only stand otherwise, else the one that shares most of its pairs of letters, if that is most of them. */
const nearest = (word: string, known: readonly string[]): string | undefined => {
  const own = pairsOf(word);
  const swapped = known.find((name) => name.length === word.length && lettersOf(name) === lettersOf(word));
  if (swapped !== undefined) return swapped;
  const scored = known.map((name) => {
    const pairs = pairsOf(name);
    return { name, share: (2 * own.intersection(pairs).size) / (own.size + pairs.size) };
  });
  const best = scored.reduce((most, one) => (one.share > most.share ? one : most), { name: "", share: 0.6 });
  return best.name === "" ? undefined : best.name;
};

const namedIn = ({ steps, verify, compensation }: Runbook): { path: PropertyKey[]; tool: string }[] => [
  ...steps.map(({ tool }, index) => ({ path: ["steps", index, "tool"], tool })),
  ...(typeof verify === "string" ? [] : [{ path: ["verify", "tool"], tool: verify.tool }]),
  ...(compensation === "none" ? [] : [{ path: ["compensation", "tool"], tool: compensation.tool }]),
];

/** Throws configuration with a line for each tool nobody brings: `x.md:5: steps.0.tool: there is no tool ...`. */
export const mustKnowTools = (runbook: Runbook, text: string, known: Tools | undefined): void => {
  if (known === undefined) return;
  const strange = namedIn(runbook).filter(({ tool }) => !known.tools.includes(tool) && !known.waiting.some((plugin) => tool.startsWith(`${plugin}_`)));
  if (strange.length === 0) return;
  const file = `${runbook.name}.md`;
  const { lineOf } = frontMatter(text, file);
  const told = strange.slice(0, MOST_TOLD).map(({ path, tool }) => {
    const near = nearest(tool, known.tools);
    return `${file}:${lineOf(path)}: ${path.map(String).join(".")}: there is no tool ${tool}.${near === undefined ? "" : ` Did you mean ${near}?`}`;
  });
  throw new JarvisError("configuration", { message: told.join("\n") });
};
