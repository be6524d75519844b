// Figures as people read them. Pure.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Whole numbers from ten on, one digit below: `7.8 GiB`, `24 GiB`. */
export const bytes = (value: number): string => {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  const digits = power > 0 && scaled < 9.95 ? 1 : 0;
  return `${scaled.toFixed(digits).replace(/\.0$/, "")} ${UNITS[power]}`;
};

/** `9,880`: a count that may be long. */
export const grouped = (count: number): string => count.toLocaleString("en-GB");

export const plural = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

const WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
/** A count at the head of a sentence. */
export const countWord = (count: number): string => WORDS[count] ?? String(count);

/** Mean of what is known, weighted; undefined when nothing is. */
export const weighted = (parts: readonly { value: number | undefined; weight: number }[]): number | undefined => {
  const known = parts.flatMap(({ value, weight }) => (value === undefined || weight <= 0 ? [] : [{ value, weight }]));
  const whole = known.reduce((sum, { weight }) => sum + weight, 0);
  return whole === 0 ? undefined : Math.round(known.reduce((sum, { value, weight }) => sum + value * weight, 0) / whole);
};
