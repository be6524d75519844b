// The answers being written for one socket: started, streamed, stopped. Refuses more at once than its bound, but never one that holds everything.
import { JarvisError } from "../contract/error.ts";
import type { ChatDone, Params } from "../contract/wire.ts";
import type { CoreFaces, Emit, Talk, Who } from "./faces.ts";
import { saysStop } from "./stopping.ts";

const MOST_TALKS = 4;

const broken = ({ conversation, message }: Talk): ChatDone => ({
  conversation,
  message,
  text: "Something in me broke while answering; the log says what.",
  route: "reflex",
  tokens: { input: 0, output: 0, cached: 0 },
  costUsd: 0,
  calls: [],
  evidence: [],
  broken: true,
});

export const createTalks = ({ core, notify }: { core: CoreFaces; notify: (method: string, params: unknown) => void }) => {
  const talks = new Map<string, Talk>();

  /** `start` must be called once the answer is sent; until then notifications wait. */
  const send = async (params: Params<"chat.send">, who: Who): Promise<{ answer: { conversation: string; message: string }; start: () => void }> => {
    if (talks.size >= MOST_TALKS && !(await saysStop(params.text)))
      throw new JarvisError("rate", { message: `${MOST_TALKS} answers are being written for this socket already; wait or stop one.` });
    let held: (() => void)[] | undefined = [];
    const emit: Emit = (name, said) => {
      if (held === undefined) notify(name, said);
      else held.push(() => notify(name, said));
    };
    const talk = core.chat(params, who, emit);
    talks.set(talk.message, talk);
    talk.done.catch(() => emit("chat.done", broken(talk))).finally(() => talks.delete(talk.message));
    const start = (): void => {
      const early = held ?? [];
      held = undefined;
      for (const say of early) say();
    };
    return { answer: { conversation: talk.conversation, message: talk.message }, start };
  };

  /** Without a message: all of this socket's. */
  const stop = ({ message }: Params<"chat.stop">): { stopped: boolean } => {
    const meant = [...talks.values()].filter((talk) => message === undefined || talk.message === message);
    for (const talk of meant) talk.stop();
    return { stopped: meant.length > 0 };
  };

  return { send, stop };
};
