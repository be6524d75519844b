// Breaks things and kills the core with SIGKILL while its acts on them stand at a named point; then starts the next core. For tests only.
import { until } from "../support/until.ts";
import { containerId } from "./account.ts";
import type { Fate } from "./relay.ts";
import type { RelayedHouse } from "./relayed-house.ts";

/**
 * intent: before `sending` is written. sending: written, no byte sent. lose: sent, never arrived. late: arrives after the death, within the grace.
 * answer: done, the reply lost. Those that need the grace come first, so that theirs passes while the others run.
 */
export const POINTS = ["sending", "lose", "late", "answer", "intent"] as const;
export type Point = (typeof POINTS)[number];
/** What was sent never took effect, which only time proves. */
export const NEED_GRACE: ReadonlySet<Point> = new Set(["sending", "lose"]);

const PATIENCE_MS = 60_000;

/** How things are broken there, and which id a container has. */
export interface World {
  breakOne(target: string): Promise<unknown>;
  idOf(target: string): Promise<string>;
}

export const labWorld = ({ lab }: Pick<RelayedHouse, "lab">): World => ({
  breakOne: (target) => lab.break(target.startsWith("guest/") ? "guest-crash" : "container-crash", target),
  idOf: async (target) => containerId(await lab.state(), target),
});

const breakAll = async (world: World, targets: readonly string[]): Promise<void> => {
  for (const target of targets) await world.breakOne(target);
};

const inPipeline = async (house: RelayedHouse, world: World, point: "intent" | "sending", targets: readonly string[]): Promise<void> => {
  house.hold(point);
  await breakAll(world, targets);
  const held = async (): Promise<boolean> => {
    const { calls } = await house.rpc("journal.list", { limit: 500 });
    return targets.every((target) => calls.some((call) => call.target === target && call.state === point));
  };
  await until(held, { withinMs: PATIENCE_MS, what: `acts on ${targets.join(" and ")} at ${point}` });
  await house.killCore();
  house.open(point);
  await house.startCore();
};

const onTheWire = async (house: RelayedHouse, world: World, fate: Fate, targets: readonly string[]): Promise<void> => {
  const traps = await Promise.all(
    targets.map(async (target) => {
      if (target.startsWith("guest/")) return house.pve.trap((path) => path.includes(`/${target.split("/")[1]}/status/start`), fate);
      const names = [await world.idOf(target), target.split("/").at(-1)];
      return house.docker.trap((path) => names.some((name) => path.includes(`/containers/${name}/start`)), fate);
    }),
  );
  await breakAll(world, targets);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const given = new Promise<never>((_, reject) => patience.addEventListener("abort", () => reject(new Error(`no act on ${targets.join(" and ")} was sent`))));
  await Promise.race([Promise.all(traps.map((trap) => trap.caught)), given]);
  await house.killCore();
  for (const trap of traps) trap.release();
  await house.startCore();
};

/** `targets`: guests and containers; all of them stand at the point when the core dies. */
export const dieAt = (house: RelayedHouse, world: World, point: Point, targets: readonly string[]): Promise<void> =>
  point === "intent" || point === "sending" ? inPipeline(house, world, point, targets) : onTheWire(house, world, point, targets);
