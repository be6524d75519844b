// Waits for a condition without sleeping blindly: polls quickly, gives up with words. For tests only.

/** Resolves with the first truthy answer of `condition`; throws naming `what` after `withinMs` (default 10 s). */
export const until = async <T>(condition: () => T | Promise<T>, { withinMs = 10_000, what = "the condition" } = {}): Promise<NonNullable<T>> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await Bun.sleep(10);
  }
};
