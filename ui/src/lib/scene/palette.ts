// The theme's tokens as numbers for the canvas. Reads the page's style; changes nothing.

const NAMES = ["bg", "panel", "tx", "tx2", "tx3", "data", "line2", "arc", "arc2", "ember", "heart", "ok", "warn", "crit", "idle"] as const;
type Name = (typeof NAMES)[number];

export type Palette = Readonly<Record<Name, number>> & { readonly light: boolean };

const numberOf = (text: string): number => Number.parseInt(text.trim().replace("#", ""), 16) || 0;

export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, numberOf(style.getPropertyValue(`--${name}`))] as const);
  return { ...(Object.fromEntries(entries) as Record<Name, number>), light: style.colorScheme === "light" };
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
