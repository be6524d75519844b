// InfluxDB's line protocol: measurement and tags, fields, time in nanoseconds. Bounded in lines and fields; a line that is none is counted and left out.

const MOST_LINES = 20_000;
const LONGEST_LINE = 65_536;
const MOST_PAIRS = 500;

export interface Line {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Numbers alone; texts and flags are no figures. */
  readonly fields: Readonly<Record<string, number>>;
  readonly atMs: number | undefined;
}

/** Cut at every `mark` that is neither escaped nor within quotes. */
const cut = (text: string, mark: string): string[] => {
  const parts: string[] = [];
  let [from, quoted] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (one === "\\") at += 1;
    else if (one === '"') quoted = !quoted;
    else if (one === mark && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
};

const plain = (text: string): string => text.replace(/\\([,= \\])/g, "$1");

const pairsOf = (parts: readonly string[]): [string, string][] =>
  parts.slice(0, MOST_PAIRS).flatMap((part) => {
    const [name = "", ...value] = cut(part, "=");
    return value.length === 1 && name !== "" ? [[plain(name), value[0] ?? ""]] : [];
  });

/** `1`, `1.5`, `1e3`, `15i`, `15u`. */
const numberIn = (text: string): number | undefined => {
  const value = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[iu]?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
};

const lineIn = (text: string): Line | undefined => {
  const [head = "", body, time, ...more] = cut(text, " ").filter((part) => part !== "");
  if (body === undefined || more.length > 0) return undefined;
  const [measurement = "", ...tags] = cut(head, ",");
  const fields = pairsOf(cut(body, ",")).flatMap(([name, value]) => {
    const number = numberIn(value);
    return number === undefined ? [] : [[name, number] as const];
  });
  const nanoseconds = time === undefined ? undefined : Number(time);
  if (measurement === "" || (nanoseconds !== undefined && !Number.isFinite(nanoseconds))) return undefined;
  return {
    measurement: plain(measurement),
    tags: Object.fromEntries(pairsOf(tags).map(([name, value]) => [name, plain(value)])),
    fields: Object.fromEntries(fields),
    atMs: nanoseconds === undefined ? undefined : nanoseconds / 1_000_000,
  };
};

export const linesIn = (body: string): { lines: Line[]; broken: number } => {
  const texts = body.split("\n", MOST_LINES).filter((text) => text.trim() !== "" && !text.startsWith("#"));
  const lines = texts.flatMap((text) => (text.length > LONGEST_LINE ? [] : (lineIn(text.trim()) ?? [])));
  return { lines, broken: texts.length - lines.length };
};
