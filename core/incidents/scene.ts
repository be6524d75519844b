// How much of a scene is kept: 64 KiB in all. Small pieces are kept whole, large ones share what is left, and what is cut off says so. Pure.

export const MOST_BYTES = 64 * 1024;
const CUT = "\n[cut]";

/** Cut at a whole character. */
const cut = (text: string, bytes: number): string => {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  const kept = whole.subarray(0, Math.max(0, bytes - CUT.length)).toString("utf8");
  return `${kept.replace(/\uFFFD+$/, "")}${CUT}`;
};

/** Names count too. */
export const bounded = (pieces: Readonly<Record<string, string>>, most: number = MOST_BYTES): Record<string, string> => {
  const sizes = Object.entries(pieces)
    .map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) }))
    .sort((a, b) => a.bytes - b.bytes);
  let left = most - Buffer.byteLength(Object.keys(pieces).join(""));
  const shares = new Map<string, number>();
  for (const [index, { name, bytes }] of sizes.entries()) {
    const share = Math.max(0, Math.min(bytes, Math.floor(left / (sizes.length - index))));
    shares.set(name, share);
    left -= share;
  }
  return Object.fromEntries(Object.entries(pieces).map(([name, text]) => [name, cut(text, shares.get(name) ?? 0)]));
};
