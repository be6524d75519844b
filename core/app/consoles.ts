// Consoles wired: a person's wish becomes a call of the one pipeline, its end a note beside that call; holding all closes every one. The desk is made with the first.

import type { Desk } from "../consoles/desk.ts";
import type { CallAnswer } from "../contract/call.ts";
import type { ConsoleEnd } from "../contract/console.ts";
import type { Params } from "../contract/wire.ts";
import type { Attach } from "../host/faces.ts";
import type { Sitter, Sitting, Who } from "../http/faces.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Journal } from "../store/journal/open.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Switches } from "../tools/switches.ts";

const WAIT_SECONDS = 75;
const HELD = "The kill switch was engaged (all).";

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: Redactor;
  readonly journal: Pick<Journal, "note">;
  readonly switches: Pick<Switches, "on">;
  /** Told of the call again, with its end. */
  readonly changed: (callId: string) => void;
}

export const createConsoles = (parts: Parts) => {
  let made: Promise<Desk> | undefined;

  const ended = (callId: string, end: ConsoleEnd): void => {
    try {
      parts.journal.note({ console: { ...end, why: parts.redact.text(end.why) } }, callId);
      parts.changed(callId);
    } catch (thrown) {
      parts.log("error", "the end of a console could not be written down", { callId, error: String(thrown) });
    }
  };
  const make = async (): Promise<Desk> => {
    const { createDesk } = await import("../consoles/desk.ts");
    const desk = createDesk({ clock: parts.clock, ended });
    parts.switches.on(({ killLevel }) => {
      if (killLevel === "all") desk.closeAll(HELD);
    });
    return desk;
  };
  const desk = (): Promise<Desk> => {
    made ??= make();
    return made;
  };

  /** `call`: the pipeline's. Only a session, or who has the owner's own socket, may have somebody in front of it; everybody else is refused, on record. */
  const sit = async (call: Pipeline["call"], { tool, ...wanted }: Params<"console.open">, who: Who, sitter: Sitter): Promise<Sitting> => {
    const seat = (await desk()).reserve(sitter);
    const ask = async (): Promise<{ answer: CallAnswer; isOpen: boolean }> => {
      try {
        const attended = who.session === undefined && who.via !== "control" ? {} : { seat: seat.id };
        const answer = await call({ tool, arguments: wanted, caller: who.caller, waitSeconds: WAIT_SECONDS, ...attended });
        const isOpen = answer.state === "succeeded";
        if (isOpen) seat.belongsTo(answer.callId);
        else seat.close(answer.text);
        return { answer, isOpen };
      } catch (thrown) {
        seat.close("It could not be opened.");
        throw thrown;
      }
    };
    return { id: seat.id, write: seat.write, close: seat.close, opened: ask() };
  };

  return {
    sit,
    seat: async (id: string, attach: Attach, signal: AbortSignal): Promise<string> => (await desk()).sit(id, attach, signal),
    stop: async (): Promise<void> => (await made)?.closeAll("Jarvis was stopped."),
  };
};
