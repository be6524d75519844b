// Frames only while somebody can see them: what is asked for in a hidden tab waits until it is shown again.
import type { Frames } from "./schedule.ts";

interface Window {
  readonly hidden: () => boolean;
  request(act: (atMs: number) => void): number;
  cancel(id: number): void;
  /** Calls back whenever the tab is hidden or shown. */
  onTurn(act: () => void): void;
}

export const createFrames = ({ hidden, request, cancel, onTurn }: Window): Frames => {
  const waiting = new Map<number, (atMs: number) => void>();
  const running = new Map<number, number>();
  let ids = 0;

  const begin = (id: number, act: (atMs: number) => void): void => {
    const asked = request((atMs) => {
      running.delete(id);
      if (hidden()) waiting.set(id, act);
      else act(atMs);
    });
    running.set(id, asked);
  };
  onTurn(() => {
    if (hidden()) return;
    const all = [...waiting];
    waiting.clear();
    for (const [id, act] of all) begin(id, act);
  });
  return {
    request(act) {
      ids += 1;
      if (hidden()) waiting.set(ids, act);
      else begin(ids, act);
      return ids;
    },
    cancel(id) {
      waiting.delete(id);
      const asked = running.get(id);
      running.delete(id);
      if (asked !== undefined) cancel(asked);
    },
  };
};
