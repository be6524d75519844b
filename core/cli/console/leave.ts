// The ways out of a console by key: Ctrl-] anywhere, or ~. at the beginning of a line, for keyboards on which Ctrl-] is hard to reach. Pure.

const CTRL_BRACKET = "\x1d";

export interface Typed {
  /** What goes to the shell. */
  readonly text: string;
  readonly leaves: boolean;
}

/** Takes what was typed, however it is cut. A ~ at the beginning of a line waits for the next key; ~~ sends one. */
export const createLeaving = () => {
  let atStart = true;
  let tilde = false;

  const after = (letter: string): string => {
    if (tilde) {
      tilde = false;
      atStart = letter === "\r" || letter === "\n";
      return letter === "~" ? "~" : `~${letter}`;
    }
    if (atStart && letter === "~") {
      tilde = true;
      return "";
    }
    atStart = letter === "\r" || letter === "\n";
    return letter;
  };

  return (typed: string): Typed => {
    let text = "";
    for (const letter of typed) {
      if (letter === CTRL_BRACKET || (tilde && letter === ".")) return { text, leaves: true };
      text += after(letter);
    }
    return { text, leaves: false };
  };
};
