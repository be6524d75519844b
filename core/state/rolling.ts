// Keeps the tiers of the past up to date: a piece at a time, with a breath after each, so that the loop never waits. Only drives; what is due the store knows.
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { History } from "../store/history.ts";

const EVERY_MS = 60_000;
/** On the wall, between two pieces of a few ms each. */
const BREATH_MS = 10;

interface Options {
  clock: Clock;
  log: Log;
  history: Pick<History, "work">;
}

export const createRolling = ({ clock, log, history }: Options) => {
  const life = new AbortController();
  let turn: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;

  const work = async (): Promise<void> => {
    try {
      for (const _ of history.work(clock.now())) await clock.pause(BREATH_MS * clock.rate, life.signal);
    } catch (thrown) {
      if (!life.signal.aborted) log("error", `the past could not be kept: ${String(thrown)}`);
    }
    plan();
  };
  const plan = (): void => {
    if (life.signal.aborted) return;
    cancel = clock.after(
      EVERY_MS,
      () => {
        turn = work();
      },
      true,
    );
  };

  return {
    start: plan,
    /** Resolves when nothing is written any more. */
    async stop(): Promise<void> {
      cancel();
      life.abort(new Error("stopping"));
      await turn;
    },
  };
};
