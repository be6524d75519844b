// Runs jobs in lanes, one at a time in each, telling of each as it ends; a lane that is through helps the others. Answers the outcomes lane by lane, in the order they were given.

export const runCrew = async <T>(lanes: readonly (readonly (() => Promise<T>)[])[], ended: (outcome: T) => void): Promise<T[]> => {
  const outcomes = lanes.map((): T[] => []);
  const next = lanes.map(() => 0);
  const work = async (own: number): Promise<void> => {
    for (const turn of lanes.keys()) {
      const lane = (own + turn) % lanes.length;
      for (;;) {
        const at = next[lane] ?? 0;
        const job = lanes[lane]?.[at];
        if (!job) break;
        next[lane] = at + 1;
        const outcome = await job();
        const kept = outcomes[lane];
        if (kept) kept[at] = outcome;
        ended(outcome);
      }
    }
  };
  await Promise.all([...lanes.keys()].map(work));
  return outcomes.flat();
};
