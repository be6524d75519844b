// Rings whenever the cluster's tasks were read, for who waits for one of them to end. It reads nothing and has no clock of its own.
import type { Client } from "../client/client.ts";
import { perClient } from "./turns.ts";

const bellOf = perClient(() => ({ next: Promise.withResolvers<void>() }));

export const ring = (client: Client): void => {
  const bell = bellOf(client);
  bell.next.resolve();
  bell.next = Promise.withResolvers();
};

/** Resolves at the next reading from now on; rejects with the signal. */
export const rung = async (client: Client, signal: AbortSignal): Promise<void> => {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  try {
    if (signal.aborted) end();
    await Promise.race([bellOf(client).next.promise, ended.promise]);
  } finally {
    signal.removeEventListener("abort", end);
    ended.promise.catch(() => undefined);
  }
};
