// The tools there are, by their one name. Refuses a second tool of a name, and one that changes things but cannot say before and after what is so.
import { JarvisError } from "../contract/error.ts";
import type { BoundTool } from "./bound.ts";

const MOST_TOOLS = 1000;

const broken = (message: string): JarvisError => new JarvisError("bug", { message });

const check = (tool: BoundTool): void => {
  if (tool.effect === "read") return;
  if (!tool.preflight) throw broken(`tool ${tool.name} changes things and has no preflight: nothing could be decided by`);
  if (!tool.verify && !tool.console) throw broken(`tool ${tool.name} changes things and has no verify: nothing would prove that it worked`);
};

export const createRegistry = () => {
  const tools = new Map<string, BoundTool>();
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  /** The answer takes the tool out again. */
  const add = (tool: BoundTool): (() => void) => {
    if (tools.has(tool.name)) throw broken(`there are two tools named ${tool.name}`);
    if (tools.size >= MOST_TOOLS) throw broken(`there are more than ${MOST_TOOLS} tools`);
    check(tool);
    tools.set(tool.name, tool);
    tell();
    return () => {
      if (tools.get(tool.name) !== tool) return;
      tools.delete(tool.name);
      tell();
    };
  };

  const named = (): BoundTool[] => [...tools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

  return {
    add,
    get: (name: string): BoundTool | undefined => tools.get(name),
    /** What may be called; consoles are opened, by a person alone. */
    list: (): BoundTool[] => named().filter((tool) => tool.console === undefined),
    consoles: (): BoundTool[] => named().filter((tool) => tool.console !== undefined),
    /** Hears whenever a tool comes or goes. */
    on: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

export type Registry = ReturnType<typeof createRegistry>;
