// What is written to a terminal: names and logs from outside must not steer it.
import { expect, spyOn, test } from "bun:test";
import { createTerminal } from "../../core/cli/terminal.ts";

test("of control characters only the end of a line and the tab reach the terminal", () => {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    spyOn(stream, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    }),
  );
  const terminal = createTerminal({ jsonAsked: false, isTerminal: true });
  terminal.line("a\u001b[31mred\u0007\tb\nc");
  terminal.piece("\u009b2Jgone");
  terminal.say("\u001b]0;title\u0007x");
  for (const spy of spies) spy.mockRestore();
  expect(written).toEqual(["a[31mred\tb\nc\n", "2Jgone", "]0;titlex\n"]);
});
