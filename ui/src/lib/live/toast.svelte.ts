// The results of one's own actions, shown for a while. Refuses to pile up.

export interface Toast {
  id: number;
  tone: "done" | "failed" | "waiting";
  words: string;
}

const SHOWN_MS = 8000;
const MOST = 4;

let ids = 0;
let shown = $state.raw<readonly Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

const remove = (id: number): void => {
  clearTimeout(timers.get(id));
  timers.delete(id);
  shown = shown.filter((toast) => toast.id !== id);
};
const plan = (id: number): void => {
  timers.set(
    id,
    setTimeout(() => remove(id), SHOWN_MS),
  );
};

export const toasts = {
  get shown(): readonly Toast[] {
    return shown;
  },
  say(tone: Toast["tone"], words: string): void {
    ids += 1;
    shown = [...shown, { id: ids, tone, words }].slice(-MOST);
    plan(ids);
  },
  remove,
  /** Stays while looked at. */
  keep(id: number): void {
    clearTimeout(timers.get(id));
  },
  release: plan,
};
