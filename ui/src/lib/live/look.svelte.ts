// How this screen looks and moves: kept in this browser only.

export const THEMES = ["arc", "gold", "alert", "matrix", "paper"] as const;
export type Theme = (typeof THEMES)[number];

const STORE = "jarvis.look";
interface Look {
  theme: Theme;
  stillness: "system" | "still";
  ambient: boolean;
  distance: "desk" | "room" | "wall";
}
const DEFAULTS: Look = { theme: "arc", stillness: "system", ambient: false, distance: "room" };

const kept = (): Look => {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORE) ?? "{}") as Partial<Look>) };
  } catch {
    return DEFAULTS;
  }
};

let current = $state.raw<Look>(kept());
const systemStill = matchMedia("(prefers-reduced-motion: reduce)");
let still = $state(systemStill.matches);
systemStill.addEventListener("change", () => {
  still = systemStill.matches;
});

const apply = (): void => {
  const root = document.documentElement;
  root.dataset.theme = current.theme;
  root.dataset.distance = current.distance;
  root.toggleAttribute("data-still", current.stillness === "still");
};
apply();

export const look = {
  get theme(): Theme {
    return current.theme;
  },
  get ambient(): boolean {
    return current.ambient;
  },
  get stillness() {
    return current.stillness;
  },
  get distance() {
    return current.distance;
  },
  /** Nothing may move. */
  get still(): boolean {
    return still || current.stillness === "still";
  },
  set(change: Partial<Look>): void {
    current = { ...current, ...change };
    localStorage.setItem(STORE, JSON.stringify(current));
    apply();
  },
};
