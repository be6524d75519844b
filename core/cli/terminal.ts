// Where words go: results to stdout (JSON when asked for or when nobody is looking), messages to stderr. Decides nothing else.

export interface Terminal {
  /** True with --json or when stdout is no terminal. */
  readonly json: boolean;
  /** True only with --json: for commands whose plain output is text even into a pipe. */
  readonly jsonAsked: boolean;
  /** Prints a result in the form that fits; `people` is made only when people look. */
  result(value: unknown, people: () => string): void;
  /** One line on stdout. */
  line(text: string): void;
  /** Text on stdout as it is, no line end. */
  piece(text: string): void;
  /** A message on stderr. */
  say(text: string): void;
}

/** Names and logs come from outside, and a terminal obeys what is written to it: of control characters only the end of a line and the tab are passed on. */
const tame = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, "");

export const createTerminal = (options: { jsonAsked: boolean; isTerminal: boolean }): Terminal => {
  const json = options.jsonAsked || !options.isTerminal;
  const line = (text: string): void => {
    process.stdout.write(`${tame(text)}\n`);
  };
  return {
    json,
    jsonAsked: options.jsonAsked,
    result: (value, people) => line(json ? JSON.stringify(value) : people()),
    line,
    piece: (text) => {
      process.stdout.write(tame(text));
    },
    say: (text) => {
      process.stderr.write(`${tame(text)}\n`);
    },
  };
};
