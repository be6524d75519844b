// When to draw: only when something is dirty or still moving. Asks for a frame then, and for none otherwise.

export interface Frames {
  request(act: (atMs: number) => void): number;
  cancel(id: number): void;
}

/** `draw`: paints and answers how soon it wants the next frame: 0 at once, ms from now, or undefined for not at all. */
export const createSchedule = (frames: Frames, draw: (atMs: number, dirty: boolean) => number | undefined) => {
  let asked: number | undefined;
  let dirty = false;
  let dueAt = 0;
  let stopped = false;

  const ask = (): void => {
    if (asked === undefined && !stopped) asked = frames.request(run);
  };
  const run = (atMs: number): void => {
    asked = undefined;
    if (stopped) return;
    if (!dirty && atMs < dueAt) {
      ask();
      return;
    }
    const was = dirty;
    dirty = false;
    const next = draw(atMs, was);
    if (next === undefined && !dirty) return;
    dueAt = atMs + (next ?? 0) - 4;
    ask();
  };

  return {
    touch(): void {
      dirty = true;
      ask();
    },
    stop(): void {
      stopped = true;
      if (asked !== undefined) frames.cancel(asked);
    },
    get idle(): boolean {
      return asked === undefined;
    },
  };
};
