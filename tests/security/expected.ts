// DESIGN 5's table of who may do what, written down a second time from the page, as data: no code of the core stands behind it.

export const EFFECTS = ["read", "reversible", "disruptive", "destructive"] as const;
export const MODES = ["observe", "propose", "act"] as const;
export const KILLS = ["none", "pause", "effects", "all"] as const;
export const TARGETS = ["plain", "protected", "self"] as const;
export const ROWS = ["remedy", "plugin", "cli", "session", "admin", "operate", "read"] as const;

export type Effect = (typeof EFFECTS)[number];
export type Mode = (typeof MODES)[number];
export type Kill = (typeof KILLS)[number];
export type Target = (typeof TARGETS)[number];
export type Row = (typeof ROWS)[number];
export type Outcome = "succeeded" | "held" | "refused";

export const TOOL: Record<Effect, string> = {
  read: "fixture_thing_look",
  reversible: "fixture_thing_mark",
  disruptive: "fixture_thing_shake",
  destructive: "fixture_thing_wipe",
};

/** A plain target of its own for the one disruptive act that Jarvis runs unasked: the budgets of one target are another test's subject. */
export const targetOf = ({ row, target, effect, mode }: Cell): string => {
  if (target === "protected") return "guest/902";
  if (target === "self") return "guest/903";
  return { read: "guest/901", reversible: "guest/901", disruptive: row === "remedy" && mode === "act" ? "guest/904" : "guest/905", destructive: "guest/906" }[effect];
};

type Line = readonly [reversible: Outcome, disruptive: Outcome, destructive: Outcome];
const RUNS = "succeeded";
const HELD = "held";
const NO = "refused";
const NOTHING: Line = [NO, NO, NO];
const OPERATOR: Line = [RUNS, RUNS, HELD];

/** Nothing engaged, nothing special about the target. A plugin's own call is Jarvis unasked with no remedy behind it. */
const TABLE: Record<Exclude<Mode, "observe">, Record<Row, Line>> = {
  act: {
    remedy: [RUNS, RUNS, HELD],
    plugin: [RUNS, HELD, HELD],
    cli: OPERATOR,
    session: OPERATOR,
    admin: OPERATOR,
    operate: [RUNS, RUNS, NO],
    read: NOTHING,
  },
  propose: {
    remedy: [RUNS, HELD, HELD],
    plugin: [RUNS, HELD, HELD],
    cli: OPERATOR,
    session: OPERATOR,
    admin: OPERATOR,
    operate: [RUNS, RUNS, NO],
    read: NOTHING,
  },
};

export interface Cell {
  readonly row: Row;
  readonly effect: Effect;
  readonly mode: Mode;
  readonly kill: Kill;
  readonly target: Target;
}

/** What becomes of it, by the page alone. */
export const expected = ({ row, effect, mode, kill, target }: Cell): Outcome => {
  if (effect === "read") return RUNS;
  if (mode === "observe" || kill === "effects" || kill === "all" || target !== "plain") return NO;
  if (kill === "pause" && (row === "remedy" || row === "plugin")) return NO;
  const [reversible, disruptive, destructive] = TABLE[mode][row];
  return { reversible, disruptive, destructive }[effect];
};
