// A copy of one channel: snapshot, then patches in their order. Refuses to guess: anything that does not follow is a gap. Pure but for the copy it holds.
import type { Operation } from "$contract/patch.ts";
import { patched } from "$contract/patched.ts";
import type { ChannelEvent, Position } from "$contract/wire.ts";

export interface Begun extends Position {
  recovered: boolean;
  snapshot?: unknown;
}

export type Took = "changed" | "event" | "old" | "gap";

export const createMirror = () => {
  let position: Position | undefined;
  let value: unknown;

  const place = ({ epoch, offset }: Position): void => {
    position = { epoch, offset };
  };

  return {
    /** What the answer to a subscription says. True: the value may be new. */
    begin(begun: Begun): boolean {
      place(begun);
      if (begun.recovered || begun.snapshot === undefined) return false;
      value = begun.snapshot;
      return true;
    },
    take(event: Pick<ChannelEvent, "epoch" | "offset" | "type" | "data">): Took {
      if (position === undefined) return "gap";
      if (event.type === "snapshot") {
        place(event);
        value = event.data;
        return "changed";
      }
      if (event.epoch !== position.epoch) return "gap";
      if (event.offset <= position.offset) return "old";
      if (event.offset !== position.offset + 1) return "gap";
      if (event.type === "event") {
        place(event);
        return "event";
      }
      try {
        value = patched(value, event.data as Operation[]);
      } catch {
        return "gap";
      }
      place(event);
      return "changed";
    },
    /** Where to resume; undefined asks for everything. */
    get position(): Position | undefined {
      return position;
    },
    get value(): unknown {
      return value;
    },
    forget(): void {
      position = undefined;
    },
  };
};

export type Mirror = ReturnType<typeof createMirror>;
