// A made-up shell for tests of the page: it prompts, echoes what is typed, knows `exit` and `flood`; what is off has none. For tests only.
import type { CoreFaces } from "../../core/http/faces.ts";

const FLOOD_LINES = 20_000;
const PIECE = 16_384;
const WINDOW = 65_536;

/** `note`: told of each size and of all that was typed. */
export const echoShell =
  (note: (method: string, params: unknown) => void): NonNullable<CoreFaces["sit"]> =>
  async ({ resource, tool, columns, rows }, _who, sitter) => {
    note("console.open", { tool, resource, columns, rows });
    const answer = { callId: crypto.randomUUID(), state: "succeeded" as const, text: `Console of ${resource}.` };
    if (resource === "guest/107") {
      const text = "win-lab needs a serial port for that: `qm set 107 --serial0 socket` on its node.";
      return { id: "none", opened: Promise.resolve({ answer: { ...answer, state: "failed" as const, text }, isOpen: false }), write: () => undefined, close: () => undefined };
    }
    const waiting: Uint8Array[] = [];
    let unseen = 0;
    let open = true;
    const pump = (): void => {
      while (unseen < WINDOW && open) {
        const piece = waiting.shift();
        if (piece === undefined) return;
        unseen += piece.length;
        sitter.show(piece);
      }
    };
    const show = (text: string): void => {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += PIECE) waiting.push(bytes.subarray(at, at + PIECE));
      pump();
    };
    const close = (why: string): void => {
      if (!open) return;
      open = false;
      note("console.close", { why });
      sitter.closed(why);
    };
    let line = "";
    const enter = (): void => {
      const typed = line;
      line = "";
      note("console.line", typed);
      if (typed === "exit") close("The shell has ended.");
      show(`\r\n${typed === "flood" ? "y\r\n".repeat(FLOOD_LINES) : `you typed ${typed}\r\n`}root@${resource}:~# `);
    };
    const take = (letter: string): void => {
      if (letter === "\r") enter();
      else {
        line += letter;
        show(letter);
      }
    };
    show(`root@${resource}:~# `);
    return {
      id: crypto.randomUUID(),
      opened: Promise.resolve({ answer, isOpen: true }),
      write: ({ text = "", size, tookBytes = 0 }) => {
        if (size) note("console.size", size);
        unseen = Math.max(0, unseen - tookBytes);
        for (const letter of text) take(letter);
        pump();
      },
      close,
    };
  };
