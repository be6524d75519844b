// Keeps a refused credential from being hammered (hazard 6): after a 401 at most 3 requests a minute go out until one works. Holds times only.
import { JarvisError } from "jarvis";

const WINDOW_MS = 60_000;
const TRIES = 3;

export interface Breaker {
  /** Throws upstream_auth when the credential was refused and its tries for this minute are used up. */
  admit(now: number): void;
  refused(words: string): void;
  works(): void;
}

export const createBreaker = (): Breaker => {
  let open: string | undefined;
  let sent: number[] = [];
  return {
    admit(now) {
      sent = sent.filter((at) => at > now - WINDOW_MS);
      if (open !== undefined && sent.length >= TRIES) throw new JarvisError("upstream_auth", { message: `${open} Asking again within a minute.`, data: { reason: "auth" } });
      if (sent.length < TRIES || open !== undefined) sent.push(now);
    },
    refused(words) {
      open = words;
    },
    works() {
      open = undefined;
      sent = [];
    },
  };
};
