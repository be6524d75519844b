// The known word nearest to a mistyped one, by edits; nothing when even the nearest is far off.

const FAR = 0.6;
const MAX_LENGTH = 200;

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] ?? 0;
}

export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.toLowerCase().slice(0, MAX_LENGTH);
  let best: { entry: string; distance: number } | undefined;
  for (const entry of known) {
    const distance = edits(given, entry.toLowerCase()) / Math.max(1, given.length, entry.length);
    if (!best || distance < best.distance) best = { entry, distance };
  }
  return best && best.distance <= FAR ? best.entry : undefined;
}
