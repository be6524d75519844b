// Keeps a refused credential from being hammered (hazard 6): after a 401 at most 3 requests a minute go out until one works, those on their way at the first refusal included. Holds times only.
import { JarvisError } from "jarvis";

const WINDOW_MS = 60_000;
const TRIES = 3;

export interface Breaker {
  /** Throws upstream_auth when the credential was refused and its tries for this minute are used up. */
  admit(now: number): void;
  refused(now: number, words: string): void;
  works(): void;
}

export const createBreaker = (): Breaker => {
  let open: string | undefined;
  /** Tries since the first refusal, and refusals of what was on its way before it. */
  let tries: number[] = [];
  let unanswered = 0;
  return {
    admit(now) {
      if (open === undefined) return;
      tries = tries.filter((at) => at > now - WINDOW_MS);
      if (tries.length >= TRIES) throw new JarvisError("upstream_auth", { message: `${open} Asking again within a minute.`, data: { reason: "auth" } });
      tries.push(now);
      unanswered += 1;
    },
    refused(now, words) {
      open = words;
      if (unanswered > 0) unanswered -= 1;
      else tries.push(now);
    },
    works() {
      open = undefined;
      tries = [];
      unanswered = 0;
    },
  };
};
