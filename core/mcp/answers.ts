// The answers that are under way: counted by credential, and cut off when their credential is taken back or everything is held. Refuses more than so many at once.
import { JarvisError } from "../contract/error.ts";

const MOST_OF_ONE = 32;
const MOST = 256;
/** A comment of the event stream: nobody reads it. */
const OPEN = new TextEncoder().encode(": open\n\n");

interface Open {
  readonly credential: string;
  cut: () => void;
}

export const createAnswers = () => {
  const open = new Set<Open>();

  const followed = (response: Response, one: Open): Response => {
    const { body } = response;
    if (body === null) {
      open.delete(one);
      return response;
    }
    const reader = body.getReader();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        // The head leaves with the first byte: who listens to a silent stream must know that it is open.
        if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) controller.enqueue(OPEN);
        one.cut = () => {
          open.delete(one);
          void reader.cancel().catch(() => undefined);
          controller.close();
        };
      },
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!open.has(one)) return;
          if (!done) return controller.enqueue(value);
          open.delete(one);
          controller.close();
        } catch (thrown) {
          if (open.delete(one)) controller.error(thrown);
        }
      },
      cancel: (reason) => {
        open.delete(one);
        return reader.cancel(reason);
      },
    });
    return new Response(stream, { status: response.status, headers: response.headers });
  };

  /** Throws rate, but for what `isUrgent`. Resolves with the answer, which may still be streaming. */
  const take = async (credential: string, work: () => Promise<Response>, isUrgent = false): Promise<Response> => {
    const own = [...open].filter((one) => one.credential === credential).length;
    if (!isUrgent && (own >= MOST_OF_ONE || open.size >= MOST))
      throw new JarvisError("rate", { message: `${Math.min(own, MOST_OF_ONE)} requests of yours are open already; let some end.`, data: { retryAfterSeconds: 1 } });
    const cut = Promise.withResolvers<Response>();
    const one: Open = { credential, cut: () => cut.reject(new JarvisError("unavailable", { message: "This connection was closed from Jarvis's side." })) };
    open.add(one);
    try {
      return followed(await Promise.race([work(), cut.promise]), one);
    } catch (thrown) {
      open.delete(one);
      throw thrown;
    }
  };

  const close = (credential?: string): void => {
    for (const one of [...open]) if (credential === undefined || one.credential === credential) one.cut();
  };

  return { take, close, count: (): number => open.size };
};
