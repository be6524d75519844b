// A theme's tokens as numbers for the canvas. Reads the page's style; changes nothing that stays.

const NAMES = ["bg", "panel", "tx", "tx2", "tx3", "data", "line2", "arc", "arc2", "ember", "heart", "ok", "warn", "crit", "idle"] as const;
type Name = (typeof NAMES)[number];

export type Palette = Readonly<Record<Name, number>> & { readonly light: boolean };

/** `#5bd9ff`, or `rgb(91, 217, 255)` as registered tokens are told. */
const numberOf = (text: string): number => {
  const [red, green, blue] = text.startsWith("rgb") ? (text.match(/\d+/g) ?? []).map(Number) : [];
  if (red !== undefined && green !== undefined && blue !== undefined) return (red << 16) | (green << 8) | blue;
  return Number.parseInt(text.trim().replace("#", ""), 16) || 0;
};

/** Read off an element of that theme, because the page's own colours may still be on their way to it. */
export const readPalette = (theme: string): Palette => {
  const probe = document.createElement("i");
  probe.dataset.theme = theme;
  document.documentElement.append(probe);
  const style = getComputedStyle(probe);
  const entries = NAMES.map((name) => [name, numberOf(style.getPropertyValue(`--${name}`))] as const);
  const palette = { ...(Object.fromEntries(entries) as Record<Name, number>), light: style.colorScheme === "light" };
  probe.remove();
  return palette;
};

/** Everything as shades of its own grey: the stage out of contact. */
export const greyed = (palette: Palette): Palette => {
  const grey = (colour: number): number => {
    const value = Math.round(0.3 * ((colour >> 16) & 255) + 0.59 * ((colour >> 8) & 255) + 0.11 * (colour & 255));
    return (value << 16) | (value << 8) | value;
  };
  const entries = NAMES.map((name) => [name, name === "bg" || name === "panel" ? palette[name] : grey(palette[name])] as const);
  return { ...(Object.fromEntries(entries) as Record<Name, number>), light: palette.light };
};
