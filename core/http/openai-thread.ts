// Which conversation a request goes on with: the protocol has no name for it, so it is known by all that was said in it, or by the front end's own id. Keeps hashes alone, and few.
import { hashOf } from "../store/secret.ts";

const MOST_KEPT = 500;
const ID_LENGTH = 40;

interface Turn {
  role: string;
  text: string;
}

export const createThreads = () => {
  const known = new Map<string, string>();
  const keyOf = (by: string, turns: readonly Turn[]): string => hashOf(JSON.stringify([by, ...turns.map(({ role, text }) => [role, text])]));

  return {
    /** `by`: whose words they are; nobody goes on from another's. `own`: the front end's id of the chat. */
    find(by: string, before: readonly Turn[], own: string | null): string | undefined {
      if (own !== null && own !== "") return hashOf(`${by} ${own}`).slice(0, ID_LENGTH);
      return before.length === 0 ? undefined : known.get(keyOf(by, before));
    },
    /** All of it after the answer, so that the next request is known by it. */
    keep(by: string, turns: readonly Turn[], conversation: string): void {
      known.set(keyOf(by, turns), conversation);
      const oldest = known.size > MOST_KEPT ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
  };
};
