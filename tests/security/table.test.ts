// DESIGN 5's table, cell by cell, through every door of a running core: what runs ran once, what is held or refused left no trace in the world.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import type { Call } from "../../core/contract/call.ts";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { bySession, bySocket, byToken, cli, type Rpc, type Session, signIn } from "./doors.ts";
import { type Cell, EFFECTS, type Effect, expected, KILLS, type Kill, MODES, type Mode, type Outcome, type Row, TARGETS, TOOL, targetOf } from "./expected.ts";
import { ADMIN, createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

/** One way in for one row of the table. */
interface Door {
  readonly name: string;
  readonly row: Row;
  call(tool: string, input: { target: string; nonce: string }): Promise<string>;
  /** How many of its cells are tried: a process costs more than a request. */
  readonly sample?: number;
}

const random = randomOf("table");
let house: FixtureHouse;
let session: Session;
const closing: (() => void)[] = [];

const stateOf = (result: unknown): string => (typeof result === "object" && result !== null && "state" in result ? String(result.state) : "no state");

const over = (name: string, row: Row, rpc: Rpc): Door => ({
  name,
  row,
  call: async (tool, input) => {
    const answer = await rpc("tools.call", { name: tool, arguments: input, waitSeconds: 300 });
    return answer.error ? `error ${answer.error.data?.type}` : stateOf(answer.result);
  },
});

/** The shape a remedy's step has when the tracker asks for it (core/app/tracking). */
const remedy = (): Door => ({
  name: "a remedy's step",
  row: "remedy",
  call: async (tool, input) =>
    (
      await house.app.pipeline.call({
        tool,
        arguments: input,
        caller: { kind: "remedy", id: "fixture/repair", scope: "operate", tainted: false },
        incident: house.incidentOn(input.target, { by: "fixture/repair", tool }),
        remedy: "fixture/repair",
        waitSeconds: 300,
      })
    ).state,
});

const plugin = (): Door => ({
  name: "a plugin's own call",
  row: "plugin",
  call: async (tool, input) => {
    const before = house.answers().length;
    appendFileSync(house.files.orders, `${JSON.stringify({ tool, input })}\n`);
    return until(() => house.answers()[before], { withinMs: 20_000, what: `the plugin's call of ${tool}` });
  },
});

const EXIT: Record<string, string> = { 0: "succeeded", 2: "refused", 3: "held" };
const commandLine = (row: Row, sample: number, more: Record<string, string> = {}): Door => ({
  name: `./jarvis call as ${row}`,
  row,
  sample,
  call: async (tool, input) => {
    const ended = await cli(house.data, ["call", tool, JSON.stringify(input), "--wait", "300", "--json"], more);
    const state = stateOf(JSON.parse(ended.out || "{}"));
    return EXIT[ended.code] === state ? state : `exit ${ended.code} ${state} ${ended.err}`;
  },
});

const doors = async (): Promise<Door[]> => {
  const { url } = house;
  const token = async (scope: "operate" | "read"): Promise<string> => (await house.operator("tokens.new", { name: `table ${scope}`, scope })).token;
  const tokens = { admin: ADMIN, operate: await token("operate"), read: await token("read") };
  const sockets = await Promise.all([
    bySocket(url, session).then((opened) => ({ ...opened, row: "session" as const })),
    ...(["admin", "operate", "read"] as const).map(async (row) => ({ ...(await bySocket(url, { token: tokens[row] })), row })),
  ]);
  for (const { client } of sockets) closing.push(client.close);
  return [
    over("the control socket", "cli", async (method, params) => ({ result: await house.operator("tools.call", params as Record<string, unknown>), method })),
    commandLine("cli", full ? 1000 : 14),
    over("rpc with a session", "session", bySession(url, session)),
    ...(["admin", "operate", "read"] as const).map((row) => over(`rpc with the ${row} token`, row, byToken(url, tokens[row]))),
    ...sockets.map(({ row, rpc }) => over(`a WebSocket as ${row}`, row, rpc)),
  ];
};

const cellsOf = (row: Row, mode: Mode, kill: Kill): Cell[] => EFFECTS.flatMap((effect) => TARGETS.map((target): Cell => ({ row, effect, mode, kill, target })));

interface Tried extends Cell {
  readonly door: string;
  readonly nonce: string;
  readonly want: Outcome;
  readonly got: string;
}

const setSwitches = async (mode: Mode, kill: Kill): Promise<void> => {
  await house.operator("release");
  await house.operator("autonomy.set", { mode });
  if (kill !== "none") await house.operator("kill", { level: kill });
};

/** Every cell of every door, the world's switches outermost, all in an order drawn by the seed. */
const tryAll = async (all: readonly Door[]): Promise<Tried[]> => {
  const tried: Tried[] = [];
  const combinations = shuffled(
    MODES.flatMap((mode) => KILLS.map((kill) => ({ mode, kill }))),
    random,
  );
  for (const { mode, kill } of combinations) {
    await setSwitches(mode, kill);
    const each = all.flatMap((door) => {
      const cells = cellsOf(door.row, mode, kill).map((cell) => ({ door, cell }));
      return door.sample === undefined ? cells : shuffled(cells, random).slice(0, Math.ceil(door.sample / combinations.length));
    });
    for (const { door, cell } of shuffled(each, random)) {
      const nonce = `${tried.length}:${door.name}`;
      const got = await door.call(TOOL[cell.effect], { target: targetOf(cell), nonce });
      tried.push({ ...cell, door: door.name, nonce, want: expected(cell), got });
    }
  }
  return tried;
};

const judge = (tried: readonly Tried[]): void => {
  expect(tried.filter(({ want, got }) => want !== got)).toEqual([]);
  const ran = (effect: (word: Effect) => boolean): string[] => tried.filter((cell) => effect(cell.effect) && cell.want === "succeeded").map(({ nonce }) => nonce);
  // Exactly once each, in the order asked for, and nothing else: no effect in a refused or held cell.
  expect(house.effects()).toEqual(ran((effect) => effect !== "read"));
  expect(house.looks()).toEqual(ran((effect) => effect === "read"));
};

/** Without a start the journal answers with its newest calls. */
const EPOCH = new Date(0).toISOString();

/** C44: effects in the world and rows in the journal are the same set. */
const journalAgrees = async (tried: readonly Tried[]): Promise<void> => {
  const rows: Call[] = [];
  for (;;) {
    const last = rows.at(-1);
    const { calls } = await house.operator("journal.list", { limit: 1000, since: last?.callId ?? EPOCH });
    const known = new Set(rows.map(({ callId }) => callId));
    expect(calls.filter(({ callId }) => known.has(callId))).toEqual([]);
    rows.push(...calls);
    if (calls.length < 1000) break;
  }
  const nonceOf = (call: Call): string => (typeof call.arguments === "object" && call.arguments !== null && "nonce" in call.arguments ? String(call.arguments.nonce) : "none");
  const acts = tried.filter(({ effect }) => effect !== "read");
  expect(rows.map(nonceOf).toSorted()).toEqual(acts.map(({ nonce }) => nonce).toSorted());
  // An ask that nobody decides within ten minutes of the house's clock has expired by now; one of an incident that was only made up for the cell ended with it.
  const states: Record<Outcome, readonly string[]> = { succeeded: ["succeeded"], held: ["held", "expired", "denied"], refused: ["refused"] };
  const byNonce = new Map(rows.map((call) => [nonceOf(call), call]));
  expect(acts.filter(({ nonce, want }) => !states[want].includes(byNonce.get(nonce)?.state ?? ""))).toEqual([]);
  const done = rows.filter(({ state }) => state === "succeeded").map(nonceOf);
  expect(done.toSorted()).toEqual(house.effects().toSorted());
};

const open = async (): Promise<void> => {
  house = await createFixtureHouse();
  const signed = await signIn(house.url, house.code);
  if (!signed.session) throw new Error(`no session: ${signed.text}`);
  session = signed.session;
  await until(async () => (await house.operator("state.get")).resources.length === 6, { what: "the fixture's guests" });
};
const shut = async (): Promise<void> => {
  for (const close of closing.splice(0)) close();
  await house?.stop();
};

describe("the table of DESIGN 5", () => {
  describe("for Jarvis unasked", () => {
    beforeAll(open, 30_000);
    afterAll(shut);
    test("holds in every cell for a remedy's step and a plugin's own call", async () => {
      const tried = await tryAll([remedy(), plugin()]);
      expect(tried.length).toBe(2 * 144);
      judge(tried);
      await journalAgrees(tried);
    }, 90_000);
  });

  describe("for the operator and for tokens", () => {
    beforeAll(open, 30_000);
    afterAll(shut);
    test(
      "holds in every cell over the control socket, rpc, WebSocket, and for a sample over the command line",
      async () => {
        const tried = await tryAll(await doors());
        expect(tried.length).toBeGreaterThan(9 * 144);
        judge(tried);
        await journalAgrees(tried);
      },
      full ? 5_400_000 : 600_000,
    );
  });
});
