// The answers being written for one socket: started, streamed, stopped. Refuses more at once than its bound.
import { JarvisError } from "../contract/error.ts";
import type { Params } from "../contract/wire.ts";
import type { CoreFaces, Emit, Talk, Who } from "./faces.ts";

const MOST_TALKS = 4;

export const createTalks = ({ core, notify }: { core: CoreFaces; notify: (method: string, params: unknown) => void }) => {
  const talks = new Map<string, Talk>();
  const emit: Emit = (name, params) => notify(name, params);

  const broken = ({ conversation, message }: Talk): void =>
    emit("chat.done", {
      conversation,
      message,
      text: "Something in me broke while answering; the log says what.",
      route: "reflex",
      tokens: { input: 0, output: 0, cached: 0 },
      costUsd: 0,
      calls: [],
      evidence: [],
    });

  const send = (params: Params<"chat.send">, who: Who): { conversation: string; message: string } => {
    if (talks.size >= MOST_TALKS) throw new JarvisError("rate", { message: `${MOST_TALKS} answers are being written for this socket already; wait or stop one.` });
    const talk = core.chat(params, who, emit);
    talks.set(talk.message, talk);
    talk.done.catch(() => broken(talk)).finally(() => talks.delete(talk.message));
    return { conversation: talk.conversation, message: talk.message };
  };

  /** Without a message: all of this socket's. */
  const stop = ({ message }: Params<"chat.stop">): { stopped: boolean } => {
    const meant = [...talks.values()].filter((talk) => message === undefined || talk.message === message);
    for (const talk of meant) talk.stop();
    return { stopped: meant.length > 0 };
  };

  return { send, stop };
};
