// How this screen looks and moves: kept in this browser only. A critical incident that needs a person lends it the Alert theme, which is not kept.

export const THEMES = ["arc", "gold", "alert", "matrix", "paper"] as const;
export type Theme = (typeof THEMES)[number];

const STORE = "jarvis.look";
interface Look {
  theme: Theme;
  /** Turn to Alert while a critical incident needs a person. */
  turns: boolean;
  stillness: "system" | "still";
  ambient: boolean;
  distance: "desk" | "room" | "wall";
}
const DEFAULTS: Look = { theme: "arc", turns: true, stillness: "system", ambient: false, distance: "room" };

const kept = (): Look => {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORE) ?? "{}") as Partial<Look>) };
  } catch {
    return DEFAULTS;
  }
};

let current = $state.raw<Look>(kept());
let alarmed = $state(false);
const shown = $derived<Theme>(alarmed && current.turns ? "alert" : current.theme);
const systemStill = matchMedia("(prefers-reduced-motion: reduce)");
let still = $state(systemStill.matches);
systemStill.addEventListener("change", () => {
  still = systemStill.matches;
});

const apply = (): void => {
  const root = document.documentElement;
  root.dataset.theme = shown;
  root.dataset.distance = current.distance;
  root.toggleAttribute("data-still", current.stillness === "still");
};
apply();

export const look = {
  /** The one that was chosen. */
  get theme(): Theme {
    return current.theme;
  },
  /** The one that is on the screen now. */
  get shown(): Theme {
    return shown;
  },
  get turns(): boolean {
    return current.turns;
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
  /** Whether a critical incident needs a person. */
  alarm(on: boolean): void {
    if (alarmed === on) return;
    alarmed = on;
    apply();
  },
  set(change: Partial<Look>): void {
    current = { ...current, ...change };
    localStorage.setItem(STORE, JSON.stringify(current));
    apply();
  },
};
