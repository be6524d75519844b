// Cuts a byte stream into lines, whatever pieces it came in; refuses a line beyond the bound by dropping it whole. Pure but for the rest it keeps.

const MAX_LINE_BYTES = 262_144;
const NEWLINE = 10;

/** `push` answers the lines that became complete. */
export const createLines = (): { push(bytes: Uint8Array): string[] } => {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let dropping = false;
  const keep = (bytes: Uint8Array): void => {
    if (dropping || bytes.length === 0) return;
    restBytes += bytes.length;
    dropping = restBytes > MAX_LINE_BYTES;
    rest = dropping ? [] : [...rest, bytes];
  };
  const take = (): string | undefined => {
    const line = dropping ? undefined : new TextDecoder().decode(joined(rest, restBytes)).trim();
    rest = [];
    restBytes = 0;
    dropping = false;
    return line;
  };
  const push = (bytes: Uint8Array): string[] => {
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE, from); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      keep(bytes.subarray(from, end));
      from = end + 1;
      const line = take();
      if (line) lines.push(line);
    }
    keep(bytes.slice(from));
    return lines;
  };
  return { push };
};

export const joined = (parts: readonly Uint8Array[], size: number): Uint8Array => {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
