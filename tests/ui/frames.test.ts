// When the stage asks for frames: never in a hidden tab, and never for data that says the same.
import { expect, test } from "bun:test";
import { createFrames } from "../../ui/src/lib/scene/frames.ts";
import { createKept } from "../../ui/src/lib/scene/kept.ts";

const setUp = () => {
  const asked = new Map<number, (atMs: number) => void>();
  const state = { hidden: false, turn: (): void => undefined, ids: 0 };
  const frames = createFrames({
    hidden: () => state.hidden,
    request: (act) => {
      state.ids += 1;
      asked.set(state.ids, act);
      return state.ids;
    },
    cancel: (id) => void asked.delete(id),
    onTurn: (act) => {
      state.turn = act;
    },
  });
  const run = (): void => {
    const all = [...asked.values()];
    asked.clear();
    for (const act of all) act(0);
  };
  return { frames, asked, state, run };
};

test("what is asked for in a hidden tab is drawn once it is shown, and not before", () => {
  const { frames, asked, state, run } = setUp();
  const drawn: string[] = [];
  state.hidden = true;
  frames.request(() => drawn.push("a"));
  state.turn();
  expect(asked.size).toBe(0);
  state.hidden = false;
  state.turn();
  run();
  expect(drawn).toEqual(["a"]);
});

test("a frame that was asked for before the tab was hidden waits too, and can be taken back", () => {
  const { frames, state, run } = setUp();
  const drawn: string[] = [];
  const first = frames.request(() => drawn.push("a"));
  frames.request(() => drawn.push("b"));
  state.hidden = true;
  run();
  expect(drawn).toEqual([]);
  frames.cancel(first);
  state.hidden = false;
  state.turn();
  run();
  expect(drawn).toEqual(["b"]);
});

test("the same said again keeps its old reference", () => {
  const kept = createKept<{ a: number }>();
  const first = kept({ a: 1 });
  expect(kept({ a: 1 })).toBe(first);
  expect(kept({ a: 2 })).not.toBe(first);
});
