// The consoles of one socket: opened, written to, shown and closed over it, and gone with it. No other socket can name them. Refuses more than its bound.
import { JarvisError } from "../contract/error.ts";
import type { Params, Result } from "../contract/wire.ts";
import type { CoreFaces, Sitting, Who } from "./faces.ts";

const MOST_CONSOLES = 4;
const LEFT = "The page or script that opened it has gone.";

interface Options {
  core: CoreFaces;
  notify: (method: string, params: unknown) => void;
}

/** Keeps what is to be said back until `start`, so that nothing comes before the answer. */
const createHeld = () => {
  let held: (() => void)[] | undefined = [];
  return {
    say: (act: () => void): void => {
      if (held === undefined) act();
      else held.push(act);
    },
    start: (): void => {
      const early = held ?? [];
      held = undefined;
      for (const act of early) act();
    },
  };
};

export const createConsoles = ({ core, notify }: Options) => {
  const open = new Map<string, Sitting>();
  let reserving = 0;
  let gone = false;

  const named = (id: string): Sitting => {
    const found = open.get(id);
    if (found === undefined) throw new JarvisError("not_found", { message: "That console is not open on this socket." });
    return found;
  };

  /** `start` must be called once the answer is sent. */
  const ask = async (params: Params<"console.open">, who: Who): Promise<{ answer: Result<"console.open">; start: () => void }> => {
    if (core.sit === undefined) throw new JarvisError("unavailable", { message: "There are no consoles here." });
    if (open.size + reserving >= MOST_CONSOLES) throw new JarvisError("rate", { message: `${MOST_CONSOLES} consoles are open on this page already; close one.` });
    const held = createHeld();
    let id = "";
    const sitter = {
      show: (bytes: Uint8Array): void => held.say(() => notify("console.data", { console: id, data: Buffer.from(bytes).toString("base64") })),
      closed: (why: string): void => {
        open.delete(id);
        held.say(() => notify("console.closed", { console: id, why }));
      },
    };
    reserving += 1;
    const sitting = await core.sit(params, who, sitter).finally(() => {
      reserving -= 1;
    });
    ({ id } = sitting);
    open.set(id, sitting);
    if (gone) sitting.close(LEFT);
    const { answer, isOpen } = await sitting.opened;
    if (isOpen) return { answer: { ...answer, console: id }, start: held.start };
    open.delete(id);
    return { answer, start: () => undefined };
  };

  return {
    open: ask,
    write({ console, ...what }: Params<"console.write">): void {
      named(console).write(what);
    },
    close(id: string): { closed: boolean } {
      const found = open.get(id);
      found?.close("It was closed on the screen.");
      return { closed: found !== undefined };
    },
    closeAll(): void {
      gone = true;
      for (const sitting of [...open.values()]) sitting.close(LEFT);
    },
  };
};

export type Consoles = ReturnType<typeof createConsoles>;
