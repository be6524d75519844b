// Reads the engine's query words as Go reads them: booleans, whole numbers, filters, signals. It refuses in Go's own sentences.
import { Failure } from "./failure.ts";

const FALSE = ["", "0", "no", "false", "none"];
const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, TERM: 15, CONT: 18, STOP: 19, WINCH: 28 };

export const flag = (query: URLSearchParams, name: string): boolean => !FALSE.includes((query.get(name) ?? "").trim().toLowerCase());

export function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^-?\d+$/.test(text)) throw new Failure(500, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** `{"status":["exited"]}`, or the old form `{"status":{"exited":true}}`. */
export function filtersOf(query: URLSearchParams): Record<string, string[]> {
  const text = query.get("filters");
  if (text === null || text === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Failure(500, `invalid character '${text[0]}' looking for beginning of value`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new Failure(400, "invalid filter");
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map(String)];
      if (typeof value === "object" && value !== null) return [key, Object.keys(value)];
      throw new Failure(400, "invalid filter");
    }),
  );
}

export function signalOf(query: URLSearchParams): number {
  const text = query.get("signal") ?? "";
  if (text === "") return SIGNALS.KILL ?? 9;
  const number = /^\d+$/.test(text) ? Number(text) : SIGNALS[text.toUpperCase().replace(/^SIG/, "")];
  if (number === undefined || number < 1 || number > 64) throw new Failure(400, `Invalid signal: ${text}`);
  return number;
}
