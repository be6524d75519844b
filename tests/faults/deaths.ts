// Kills a core with SIGKILL at a named point of acts asked for by the operator: held in the pipeline, on the wire, on either side of one fsync of the journal, or at a time drawn by lot under load. For tests only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../support/until.ts";
import { effectsOf } from "./account.ts";
import { type Act, ask, askUntilUnderWay, type createActs, KINDS, type Kind } from "./acts.ts";
import type { Fate } from "./relay.ts";
import type { RelayedHouse } from "./relayed-house.ts";

/** Held: intent is durable; sending is, and no byte has left; the reply is in and not written; accepted is written; the first look is to come. Wire: see relay.ts. */
export const POINTS = ["intent", "sending", "sent", "accepted", "verifying", "lose", "late", "answer"] as const;
export type Point = (typeof POINTS)[number];
/** Transactions of an act that goes well, one fsync each: the first is its proposal, the last its end and its report. */
export const FSYNCS = ["proposed", "intent", "sending", "accepted", "verifying", "succeeded"] as const;
export const SIDES = ["before", "after"] as const;

const PATIENCE_MS = 60_000;
const STOPPED_SECONDS = 20;

interface Scene {
  readonly house: RelayedHouse;
  readonly acts: ReturnType<typeof createActs>;
  readonly told: Map<string, string>;
}

const isWire = (point: Point): point is Fate => point === "lose" || point === "late" || point === "answer";

/** `sent` is `sending` as the journal tells it; that the reply is in shows in the lab's book. */
const stand = async ({ house }: Scene, point: Point, acts: readonly Act[], booked: number): Promise<boolean> => {
  const state = point === "sent" ? "sending" : point;
  const { calls } = await house.rpc("journal.list", { limit: 100 });
  const done = point === "sent" ? effectsOf(await house.lab.effects(booked)) : [];
  return acts.every(({ target }) => calls.some((call) => call.target === target && call.state === state) && (point !== "sent" || done.some((effect) => effect.target === target)));
};

const bookedSoFar = async ({ lab }: RelayedHouse): Promise<number> => effectsOf(await lab.effects()).at(-1)?.seq ?? 0;

/** All four kinds at once stand at the point when the core dies. Answers after the next core has started. */
export const dieAtPoint = async (scene: Scene, point: Point): Promise<void> => {
  const { house, acts, told } = scene;
  const four: Act[] = [];
  for (const kind of KINDS) four.push(await acts.next(kind));
  const booked = await bookedSoFar(house);
  const traps = isWire(point) ? four.map((act) => (act.kind === "docker" ? house.docker : house.pve).trap(act.isRequest, point)) : [];
  if (!isWire(point)) house.hold(point);
  let over = false;
  const asked = Promise.all(four.map((act) => askUntilUnderWay(house, act, told, () => over)));
  const reached = isWire(point)
    ? Promise.all(traps.map(({ caught }) => caught))
    : until(() => stand(scene, point, four, booked), { withinMs: PATIENCE_MS, what: `four acts at ${point}` });
  const patience = Promise.withResolvers<never>();
  const alarm = setTimeout(() => patience.reject(new Error(`not all four acts came to ${point}`)), PATIENCE_MS);
  await Promise.race([Promise.all([asked, reached]), patience.promise]);
  clearTimeout(alarm);
  over = true;
  await house.killCore();
  if (!isWire(point)) house.open(point);
  for (const trap of traps) trap.release();
  await house.startCore();
};

/** strace stops the core as it enters or leaves the `nth` fsync of the journal's log; there it dies. */
export const dieAtFsync = async ({ house, acts, told }: Scene, kind: Kind, nth: number, side: (typeof SIDES)[number]): Promise<void> => {
  const act = await acts.next(kind);
  const trace = join(house.folder, "fsync.trace");
  const how = side === "before" ? "signal=KILL" : `delay_exit=${STOPPED_SECONDS}s`;
  const calls = "fsync,fdatasync";
  const filter = ["-P", join(house.data(), "journal.db-wal"), "-e", `trace=${calls}`, "-e", `inject=${calls}:${how}:when=${nth}`];
  const strace = Bun.spawn(["strace", "-f", ...filter, "-o", trace, "-p", String(house.pid())], { stdio: ["ignore", "ignore", "pipe"] });
  const reader = strace.stderr.getReader();
  let said = "";
  while (!said.includes("attached")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`strace did not attach: ${said}`);
    said += new TextDecoder().decode(value);
  }
  const stopped = (): boolean => strace.exitCode !== null || readFileSync(trace, "utf8").includes("(DELAYED)");
  const asked = askUntilUnderWay(house, act, told, stopped);
  await until(stopped, { withinMs: PATIENCE_MS, what: `fsync ${nth} of ${act.tool}` });
  await house.killCore();
  await Promise.all([strace.exited, asked]);
  await house.startCore();
};

/** Calls of all kinds, one after the other in each, until `stop`; what they are told is kept. */
export const startLoad = ({ house, acts, told }: Scene): { stop: () => Promise<void> } => {
  let stopped = false;
  const work = async (kind: Kind): Promise<void> => {
    while (!stopped) {
      const act = await acts.next(kind);
      if ((await ask(house, act, told, 20)) === "unanswered") await Bun.sleep(20);
    }
  };
  const all = Promise.all(KINDS.map(work));
  return {
    async stop() {
      stopped = true;
      await all;
    },
  };
};
