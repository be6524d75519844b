// The consoles of this page: asked for, open, ended. They outlive a change of tab or page, not a reload, and end with the line to the core.
import { call, house } from "../live/house.svelte.ts";
import { toasts } from "../live/toast.svelte.ts";
import { isWireError, wordsOf } from "../live/wire-error.ts";
import type { Screen } from "./screen.ts";
import { createTyping } from "./typing.ts";

export interface ConsoleTab {
  readonly key: string;
  readonly tool: string;
  readonly resource: string;
  /** Whose shell it is, in the owner's words. */
  readonly name: string;
  readonly state: "opening" | "open" | "ended";
  /** What it is, or why it is not. */
  readonly words: string;
  readonly openedAt?: number;
}

interface Line {
  readonly typing: ReturnType<typeof createTyping>;
  readonly screen: Screen;
  id?: string;
}

/** Opening waits for the pipeline, and that for the other side. */
const OPEN_MS = 80_000;
export const COMMAND_LINE = "jarvis";

let count = 0;
let tabs = $state.raw<readonly ConsoleTab[]>([]);
let active = $state(COMMAND_LINE);
let asked = $state(0);
const lines = new Map<string, Line>();

const edit = (key: string, change: Partial<ConsoleTab>): void => {
  tabs = tabs.map((tab) => (tab.key === key ? { ...tab, ...change } : tab));
};
const end = (key: string, words: string): void => {
  const line = lines.get(key);
  line?.typing.stop();
  line?.screen.freeze();
  if (line) delete line.id;
  edit(key, { state: "ended", words });
};
const keyOf = (id: string): string | undefined => [...lines].find(([, line]) => line.id === id)?.[0];
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const takes: Record<string, (params: unknown) => void> = {
  "console.data": (params) => {
    const { console: id, data } = params as { console: string; data: string };
    const line = lines.get(keyOf(id) ?? "");
    const bytes = bytesOf(data);
    line?.screen.write(bytes, () => line.typing.drew(bytes.length));
  },
  "console.closed": (params) => {
    const { console: id, why } = params as { console: string; why: string };
    const key = keyOf(id);
    if (key !== undefined) end(key, why);
  },
};
house.onNotice((method, params) => takes[method]?.(params));
const lose = (): void => {
  for (const [key, line] of lines) if (line.id !== undefined) end(key, "The connection to Jarvis was lost, and the console with it.");
};
house.onLive(lose);

const failed = (key: string) => (thrown: unknown) => {
  if (isWireError(thrown, "too_large") || isWireError(thrown, "rate")) toasts.say("failed", wordsOf(thrown));
  else end(key, wordsOf(thrown));
};

/** Once its screen stands and has a size. */
const begin = async ({ key, tool, resource }: ConsoleTab, line: Line): Promise<void> => {
  try {
    const answer = await call("console.open", { tool, resource, ...line.screen.size() }, OPEN_MS);
    if (answer.console === undefined) return end(key, answer.text);
    if (lines.get(key) !== line) return void call("console.close", { console: answer.console }).catch(() => undefined);
    line.id = answer.console;
    edit(key, { state: "open", words: answer.text, openedAt: Date.now() });
    line.screen.focus();
  } catch (thrown) {
    end(key, wordsOf(thrown));
  }
};

export const consoles = {
  get tabs(): readonly ConsoleTab[] {
    return tabs;
  },
  get active(): string {
    return active;
  },
  /** Grows with every wish to see the terminal strip. */
  get asked(): number {
    return asked;
  },
  choose(key: string): void {
    active = key;
  },
  open(tool: string, resource: string, name: string): void {
    count += 1;
    const key = `console-${count}`;
    tabs = [...tabs, { key, tool, resource, name, state: "opening", words: "" }];
    active = key;
    asked += 1;
  },
  /** The screen of a tab; made and opened with the first look at it. */
  async screenOf(tab: ConsoleTab, place: HTMLElement, leave: () => void): Promise<Screen | undefined> {
    const known = lines.get(tab.key);
    if (known) return known.screen;
    const { createScreen } = await import("./screen.ts");
    if (lines.has(tab.key) || !tabs.some(({ key }) => key === tab.key)) return lines.get(tab.key)?.screen;
    const line: Line = {
      typing: createTyping({ send: (what) => (line.id === undefined ? Promise.resolve() : call("console.write", { console: line.id, ...what })), failed: failed(tab.key) }),
      screen: createScreen({
        label: `Console of ${tab.name}`,
        typed: (text) => line.id !== undefined && line.typing.type(text),
        resized: (size) => line.typing.resize(size),
        leave,
      }),
    };
    lines.set(tab.key, line);
    line.screen.show(place);
    void begin(tab, line);
    return line.screen;
  },
  /** The same shell once more, in the same tab. */
  again({ key, tool, resource, name }: ConsoleTab): void {
    consoles.close(key);
    consoles.open(tool, resource, name);
  },
  close(key: string): void {
    const line = lines.get(key);
    lines.delete(key);
    line?.typing.stop();
    if (line?.id !== undefined) call("console.close", { console: line.id }).catch(() => undefined);
    line?.screen.dispose();
    const index = tabs.findIndex((tab) => tab.key === key);
    tabs = tabs.filter((tab) => tab.key !== key);
    if (active === key) active = (tabs[index] ?? tabs[index - 1])?.key ?? COMMAND_LINE;
  },
};
