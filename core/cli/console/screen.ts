// This terminal lent to a shell: every key passes through, and however the console ends the terminal is given back as it was. Knows nothing of the line.
import type { ConsoleSize } from "../../contract/console.ts";

/** The cursor shown, no mouse told, no marks around what is pasted, plain letters: what a program that was left may have changed. */
const PLAIN = "\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[0m";
const [OTHER_SCREEN, OWN_SCREEN] = ["\x1b[?1049h", "\x1b[?1049l"];
const [LEAST_CELLS, MOST_CELLS] = [2, 1000];
const [USUAL_COLUMNS, USUAL_ROWS] = [80, 24];

export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Answers what stty says; empty where there is none. */
const stty = (...words: string[]): string => {
  if (Bun.which("stty") === null) return "";
  return Bun.spawnSync(["stty", ...words], { stdin: "inherit", stdout: "pipe", stderr: "ignore" })
    .stdout.toString()
    .trim();
};

const cells = (count: number | undefined, usual: number): number => Math.min(MOST_CELLS, Math.max(LEAST_CELLS, count || usual));

export const sizeNow = (): ConsoleSize => ({ columns: cells(process.stdout.columns, USUAL_COLUMNS), rows: cells(process.stdout.rows, USUAL_ROWS) });

/** Whether a full-screen program was left on the other screen, from all that was shown, however it is cut. */
const createScreens = () => {
  let tail = "";
  let other = false;
  return {
    note(bytes: Uint8Array): void {
      const text = tail + Buffer.from(bytes).toString("latin1");
      const [into, out] = [text.lastIndexOf(OTHER_SCREEN), text.lastIndexOf(OWN_SCREEN)];
      if (into !== out) other = into > out;
      tail = text.slice(1 - OTHER_SCREEN.length);
    },
    isOther: (): boolean => other,
  };
};

interface Options {
  typed(text: string): void;
  resized(size: ConsoleSize): void;
  /** The terminal has gone, or somebody ends this program: the console is to be left. */
  gone(): void;
}

/** Takes the terminal. `giveBack` may be called more than once, and is when the process ends. */
export const borrowTerminal = ({ typed, resized, gone }: Options) => {
  const screens = createScreens();
  const decoder = new TextDecoder();
  const read = (bytes: Uint8Array): void => typed(decoder.decode(bytes, { stream: true }));
  const resize = (): void => resized(sizeNow());
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
  const settings = stty("-g");
  let lent = true;

  const giveBack = (): void => {
    if (!lent) return;
    lent = false;
    process.stdin.off("data", read);
    process.stdin.off("end", gone);
    process.stdout.off("resize", resize);
    for (const signal of signals) process.off(signal, gone);
    process.stdout.write(`${screens.isOther() ? OWN_SCREEN : ""}${PLAIN}`);
    process.stdin.setRawMode(false);
    if (settings !== "") stty(settings);
    process.stdin.pause();
  };

  process.once("exit", giveBack);
  process.stdin.setRawMode(true);
  // Raw mode leaves line ends to this terminal; the shell has its own on the other side, and full-screen programs mean a line feed alone.
  stty("-opost");
  process.stdin.on("data", read);
  process.stdin.on("end", gone);
  process.stdout.on("resize", resize);
  for (const signal of signals) process.on(signal, gone);
  process.stdin.resume();

  return {
    /** `drawn`: the terminal has taken it. */
    show(bytes: Uint8Array, drawn: () => void): void {
      screens.note(bytes);
      process.stdout.write(bytes, () => drawn());
    },
    giveBack,
  };
};
