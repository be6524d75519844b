// The terminal that draws a console, loaded with the first one: its colours are the theme's, its keys are the shell's but for leaving and copying. Decides nothing about the line.
import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";

const SCROLLBACK_LINES = 5000;
const PHONE = "(max-width: 37.4375em)";

interface Options {
  label: string;
  typed: (text: string) => void;
  resized: (size: { columns: number; rows: number }) => void;
  /** Ctrl and the full stop: the focus goes back to the page. */
  leave: () => void;
}

const theme = (): ITheme => {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    background: token("bg"),
    foreground: token("tx"),
    cursor: token("arc"),
    cursorAccent: token("bg"),
    selectionBackground: token("line2"),
    black: token("raised"),
    red: token("crit"),
    green: token("ok"),
    yellow: token("warn"),
    blue: token("info"),
    magenta: token("data"),
    cyan: token("arc"),
    white: token("tx2"),
    brightBlack: token("tx3"),
    brightRed: token("crit"),
    brightGreen: token("ok"),
    brightYellow: token("ember"),
    brightBlue: token("info"),
    brightMagenta: token("data"),
    brightCyan: token("arc"),
    brightWhite: token("tx"),
  };
};

/** Over plain http there is no clipboard to write to, but a copy event there is. */
const copy = (): void => void document.execCommand("copy");

export const createScreen = ({ label, typed, resized, leave }: Options) => {
  const terminal = new Terminal({
    allowProposedApi: false,
    cursorBlink: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontSize: matchMedia(PHONE).matches ? 12 : 14,
    lineHeight: 1.15,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: false,
    theme: theme(),
  });
  const fit = new FitAddon();
  const place = document.createElement("div");
  place.style.cssText = "position: absolute; inset: 0";
  terminal.loadAddon(fit);
  terminal.onData(typed);
  terminal.onBinary(typed);
  terminal.onResize(({ cols, rows }) => resized({ columns: cols, rows }));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== "keydown" || !event.ctrlKey || event.altKey) return true;
    const isCopy = event.shiftKey && event.code === "KeyC" && terminal.hasSelection();
    const isLeave = event.key === ".";
    if (!isCopy && !isLeave) return true;
    event.preventDefault();
    if (isCopy) copy();
    else leave();
    return false;
  });
  let opened = false;
  const measure = (): void => {
    if (place.clientWidth > 0 && place.clientHeight > 0) fit.fit();
  };
  const watcher = new ResizeObserver(measure);
  const painter = new MutationObserver(() => {
    terminal.options.theme = theme();
  });
  painter.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-distance"] });

  return {
    /** Into the page, wherever that is now. */
    show(parent: HTMLElement): () => void {
      parent.append(place);
      if (!opened) {
        opened = true;
        terminal.open(place);
        terminal.textarea?.setAttribute("aria-label", label);
      }
      measure();
      watcher.observe(place);
      return () => {
        watcher.disconnect();
        place.remove();
      };
    },
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    write: (bytes: Uint8Array, drawn: () => void): void => terminal.write(bytes, drawn),
    /** Nobody listens any more: what stands there stays to be read and copied. */
    freeze(): void {
      terminal.options.disableStdin = true;
      terminal.options.cursorInactiveStyle = "none";
    },
    focus: (): void => terminal.focus(),
    dispose(): void {
      watcher.disconnect();
      painter.disconnect();
      terminal.dispose();
      place.remove();
    },
  };
};

export type Screen = ReturnType<typeof createScreen>;
