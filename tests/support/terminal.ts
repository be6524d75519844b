// A person at a terminal: the command line run in a shell on a pseudo-terminal of its own, whose settings are told before and after. For tests only.
import { join } from "node:path";
import { until } from "./until.ts";

const CLI = join(import.meta.dir, "../../core/cli/main.ts");

/** `data`: the data folder whose Jarvis is meant. End it with `stop`, whatever became of it. */
export const atTerminal = (data: string, words: string, size = { cols: 100, rows: 40 }) => {
  let shown = "";
  const script = `stty -g; sh -c 'echo "pid $$"; exec ${process.execPath} ${CLI} ${words}'; echo "left with $?"; stty -g`;
  const child = Bun.spawn(["sh", "-c", script], {
    env: { PATH: process.env.PATH ?? "", HOME: "/", TERM: "xterm", JARVIS_DATA: data },
    terminal: {
      ...size,
      data: (_, bytes) => {
        shown += Buffer.from(bytes).toString("utf8");
      },
    },
  });
  const { terminal } = child;
  if (terminal === undefined) throw new Error("no terminal");
  return {
    terminal,
    text: () => shown,
    pid: () => Number(/pid (\d+)/.exec(shown)?.[1]),
    sees: (wanted: string) => until(() => shown.includes(wanted), { what: `"${wanted}" on the terminal; there is: ${shown}` }),
    /** `restored`: the terminal is set as it was before. */
    ends: async () => {
      await child.exited;
      const settings = shown.split(/\r?\n/).filter((line) => /^[0-9a-f]+(:[0-9a-f]+){10,}$/.test(line));
      return { code: /left with (\d+)/.exec(shown)?.[1], shown, restored: settings.length === 2 && settings[0] === settings[1] };
    },
    stop: () => child.kill(),
  };
};
