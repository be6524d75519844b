// Removes secrets before any log, frame, journal or prompt: known values in every encoding, and the shapes secrets have. Pure once made.

const MARK = "[redacted]";
const LONGEST_TEXT = 1_048_576;
const DEEPEST = 40;

/** Shapes: PVE tokens and tickets, bearer tokens, URL passwords, key = value pairs of telling names, PEM private keys, our own tokens. */
const SHAPES: readonly [RegExp, string][] = [
  [/(PVEAPIToken[= ][^\s=:;"']+![^\s=:;"']+[=: ])[0-9a-f-]{8,}/gi, `$1${MARK}`],
  [/\b(PVE(?:VNC)?:[^\s:]+:[0-9A-F]{8}::)[A-Za-z0-9+/=]+/g, `$1${MARK}`],
  [/\b(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${MARK}`],
  [/\bjrv_[A-Za-z0-9_-]{16,}/g, MARK],
  [/\bsk-(?:ant-)?[A-Za-z0-9_-]{16,}/g, MARK],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s/@]+(@)/gi, `$1${MARK}$2`],
  [/(["']?\b(?:pass(?:word|wd)?|secret|token|api[_-]?key|cipassword|authorization|cookie)["']?\s*[:=]\s*["']?)(?!\[redacted\])[^\s"',;&]{4,}/gi, `$1${MARK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, MARK],
];

/** In every text that one of the shapes matches: one quick look instead of eight. */
const HINT = /pve|bearer|jrv_|sk-|:\/\/|pass|secret|token|api|authorization|cookie|-----begin/i;

export interface Redactor {
  text(text: string): string;
  /** Plain data with every string cleaned, the same value where nothing had to be; keys that name a secret lose their value. */
  data<T>(value: T): T;
}

const encodings = (secret: string): string[] => {
  const bytes = new TextEncoder().encode(secret);
  return [secret, encodeURIComponent(secret), Buffer.from(bytes).toString("base64"), Buffer.from(bytes).toString("base64url"), Buffer.from(bytes).toString("hex")];
};

const SECRET_KEY = /^(pass(word|wd)?|secret|token|acttoken|apikey|api_key|authorization|cookie|cipassword|privatekey|sshkeys)$/i;

/** `secrets`: values known from the configuration; shorter than 6 characters they would eat ordinary words and are left to the shapes. */
export const createRedactor = (secrets: readonly string[]): Redactor => {
  const known = [...new Set(secrets.filter((secret) => secret.length >= 6).flatMap(encodings))].sort((a, b) => b.length - a.length);

  const shortest = Math.min(...known.map(({ length }) => length));

  const text = (input: string): string => {
    const bounded = input.length > LONGEST_TEXT ? `${input.slice(0, LONGEST_TEXT)}…` : input;
    // Most strings of a reading are short words: they cannot hold a known secret.
    const clean = bounded.length < shortest ? bounded : known.reduce((words, secret) => (words.includes(secret) ? words.replaceAll(secret, MARK) : words), bounded);
    if (!HINT.test(clean)) return clean;
    return SHAPES.reduce((words, [shape, put]) => words.replace(shape, put), clean);
  };

  const walk = (value: unknown, depth: number): unknown => {
    if (depth > DEEPEST) return MARK;
    // Never longer than it was: what a schema bounded before stays within its bound.
    if (typeof value === "string") return text(value).slice(0, Math.max(value.length, MARK.length));
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      const made = value.map((entry) => walk(entry, depth + 1));
      return made.some((entry, index) => entry !== value[index]) ? made : value;
    }
    // Copied only where something is taken out: a reading of thousands has nothing in it.
    let made: Record<string, unknown> | undefined;
    for (const [key, entry] of Object.entries(value)) {
      const cleaned = typeof entry === "string" && SECRET_KEY.test(key) ? MARK : walk(entry, depth + 1);
      if (cleaned !== entry) made = { ...(made ?? value), [key]: cleaned };
    }
    return made ?? value;
  };

  return { text, data: <T>(value: T): T => walk(value, 0) as T };
};
