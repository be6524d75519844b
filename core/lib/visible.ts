// Makes what hides in text from outside visible: control, bidirectional and zero-width characters become a sign, one for one. Pure.

/** All of Unicode's controls and format characters but line feed and tab: escape sequences, bidi overrides, zero-width and tag characters. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}]/u;
const EACH = new RegExp(HIDDEN.source, "gu");
const DEEPEST = 40;

/** Unicode's own pictures of the controls (U+2400 and on); the replacement character for the rest. */
const sign = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
};

/** Never longer than it was: what was bounded stays within its bound. */
export const visible = (text: string): string => (HIDDEN.test(text) ? text.replaceAll("\r\n", "\n").replace(EACH, sign) : text);

const hides = (value: unknown, depth: number): boolean => {
  if (typeof value === "string") return HIDDEN.test(value);
  if (typeof value !== "object" || value === null || depth > DEEPEST) return false;
  for (const [key, entry] of Object.entries(value)) if (hides(entry, depth + 1) || (!Array.isArray(value) && HIDDEN.test(key))) return true;
  return false;
};

const shown = (value: unknown): unknown => {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [visible(key), shown(entry)]));
};

/** Plain data with every string made visible; the very same value where nothing hides, which is nearly always. */
export const visibleData = <T>(value: T): T => (hides(value, 0) ? (shown(value) as T) : value);
