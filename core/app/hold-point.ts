// A point of the pipeline where a test holds this process, so that another process can kill it there. Never without JARVIS_HOLD_AT, and only on loopback.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `folder`: the test's. A file `at-POINT` there asks to hold; reaching the point writes `held-POINT` with the call's id and waits for ever.
 * Points: intent, sending, sent, accepted, verifying.
 */
export const createHoldPoint =
  (folder: string) =>
  async (point: string, callId: string): Promise<void> => {
    if (!existsSync(join(folder, `at-${point}`))) return;
    writeFileSync(join(folder, `held-${point}`), callId);
    await new Promise<never>(() => undefined);
  };
