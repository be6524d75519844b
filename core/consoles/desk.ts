// The seats of the people who have a console open: a bounded number, each its own, given up when idle, when its person leaves or when everything is held. Knows no plugin and no socket.
import { type ConsoleEnd, type ConsoleLine, type ConsoleSize, SHELL_ENDED } from "../contract/console.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { createLine } from "./line.ts";

const MOST_SEATS = 12;
/** Nobody typed for so long, by the wall: a root shell is not left lying open. */
const IDLE_WALL_MS = 20 * 60_000;
/** The shell's side closes a line that says nothing; its own page speaks every 30 s. */
const STILL_WALL_MS = 25_000;

/** The person's side: what they are told. */
export interface Person {
  show(bytes: Uint8Array): void;
  /** Once, however it ended. */
  closed(why: string): void;
}

/** What the person's side may do. */
export interface Seat {
  readonly id: string;
  write(what: { text?: string | undefined; size?: ConsoleSize | undefined; tookBytes?: number | undefined }): void;
  close(why: string): void;
  /** The call that opened it: from here on its end is told of. */
  belongsTo(callId: string): void;
}

type Attach = (line: ConsoleLine, signal: AbortSignal) => Promise<void>;

interface Options {
  readonly clock: Clock;
  /** Told of the end of one that was opened. */
  readonly ended: (callId: string, end: ConsoleEnd) => void;
}

const wordsOf = (thrown: unknown): string => (thrown instanceof JarvisError ? thrown.message : "Something in the console broke.");

const createSeat = (person: Person, { clock, ended }: Options, left: () => void) => {
  const life = new AbortController();
  const opening = Promise.withResolvers<string>();
  opening.promise.catch(() => undefined);
  const line = createLine({ signal: life.signal, show: person.show, opened: opening.resolve });
  let callId: string | undefined;
  let end: ConsoleEnd | undefined;
  let lastMs = clock.now();
  let cancel = (): void => undefined;

  const tell = (): void => {
    if (callId === undefined || end === undefined) return;
    const told = callId;
    callId = undefined;
    ended(told, end);
  };
  const close = (why: string): void => {
    if (end !== undefined) return;
    end = { endedAt: clock.iso(), why, ...line.counts() };
    cancel();
    const reason = new JarvisError("unavailable", { message: why });
    opening.reject(reason);
    life.abort(reason);
    left();
    person.closed(why);
    tell();
  };
  const look = (): void => {
    const idle = clock.now() - lastMs >= IDLE_WALL_MS * clock.rate;
    if (idle) close(`Nothing was typed for ${IDLE_WALL_MS / 60_000} minutes.`);
    if (idle) return;
    line.rest();
    watch();
  };
  const watch = (): void => {
    cancel = clock.after(STILL_WALL_MS * clock.rate, look, true);
  };

  return {
    close,
    write: ({ text, size, tookBytes }: Parameters<Seat["write"]>[0]): void => {
      if (text !== undefined) line.type(text);
      if (text !== undefined) lastMs = clock.now();
      if (size !== undefined) line.resize(size);
      if (tookBytes !== undefined) line.took(tookBytes);
    },
    belongsTo: (id: string): void => {
      callId = id;
      tell();
    },
    /** `signal`: of the call that opens it; afterwards only the seat's own end counts. */
    run: async (attach: Attach, signal: AbortSignal): Promise<string> => {
      const give = (): void => close("It was not opened in time.");
      signal.addEventListener("abort", give, { once: true });
      const over = attach(line.plugin, life.signal);
      over.then(
        () => close(SHELL_ENDED),
        (thrown: unknown) => {
          opening.reject(thrown);
          close(wordsOf(thrown));
        },
      );
      try {
        const words = await opening.promise;
        watch();
        return words;
      } finally {
        signal.removeEventListener("abort", give);
      }
    },
  };
};

export const createDesk = (options: Options) => {
  const seats = new Map<string, ReturnType<typeof createSeat> & { taken: boolean }>();

  return {
    /** Throws rate when too many are open. */
    reserve(person: Person): Seat {
      if (seats.size >= MOST_SEATS) throw new JarvisError("rate", { message: `${MOST_SEATS} consoles are open already; close one.` });
      const id = crypto.randomUUID();
      const seat = { ...createSeat(person, options, () => seats.delete(id)), taken: false };
      seats.set(id, seat);
      return { id, write: seat.write, close: seat.close, belongsTo: seat.belongsTo };
    },
    /** Once for each seat. Resolves with the words of the opening. */
    async sit(id: string, attach: Attach, signal: AbortSignal): Promise<string> {
      const seat = seats.get(id);
      if (seat === undefined || seat.taken) throw new JarvisError("unavailable", { message: "Whoever asked for this console has left. Nothing was opened." });
      seat.taken = true;
      return seat.run(attach, signal);
    },
    closeAll(why: string): void {
      for (const seat of [...seats.values()]) seat.close(why);
    },
  };
};

export type Desk = ReturnType<typeof createDesk>;
