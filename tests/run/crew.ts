// Runs jobs at most so many at once, telling of each as it ends; answers their outcomes in the order they were given.

export const runCrew = async <T>(jobs: readonly (() => Promise<T>)[], most: number, ended: (outcome: T) => void): Promise<T[]> => {
  const outcomes: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at];
      if (!job) return;
      const outcome = await job();
      outcomes[at] = outcome;
      ended(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, jobs.length) }, work));
  return outcomes;
};
