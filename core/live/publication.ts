// One publication of a channel: serialised once, whatever the number of its readers. Refuses nothing.
import type { ChannelEvent } from "../contract/wire.ts";

export interface Publication extends Omit<ChannelEvent, "subscription"> {
  readonly kind: "state" | "event";
  /** The data as JSON text, made once. */
  readonly dataText: string;
  /** The whole notification for one subscription; equal ids of different sockets share one string. */
  frame(subscription: string): string;
}

interface Parts {
  channel: string;
  kind: "state" | "event";
  epoch: string;
  offset: number;
  time: string;
  type: ChannelEvent["type"];
  dataText: string;
}

/** `data` is parsed from the text when asked for, so that no reader can change what another gets. */
export const publication = (parts: Parts): Publication => {
  const tail = `,"channel":${JSON.stringify(parts.channel)},"epoch":${JSON.stringify(parts.epoch)},"offset":${parts.offset},"time":"${parts.time}","type":"${parts.type}","data":${parts.dataText}}}`;
  let lastId: string | undefined;
  let lastFrame = "";
  return {
    ...parts,
    get data(): unknown {
      return JSON.parse(parts.dataText);
    },
    frame: (subscription) => {
      if (subscription === lastId) return lastFrame;
      lastFrame = `{"jsonrpc":"2.0","method":"channel.event","params":{"subscription":${JSON.stringify(subscription)}${tail}`;
      lastId = subscription;
      return lastFrame;
    },
  };
};

/** JSON text of any value; what JSON cannot say becomes null. */
export const jsonText = (value: unknown): string => JSON.stringify(value) ?? "null";
