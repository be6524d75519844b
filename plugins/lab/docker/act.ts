// POST /containers/ID/{start,stop,restart,kill}: moves a container for a client and puts every real change into the lab's book. It refuses as the engine does.
import type { Box } from "./box.ts";
import { Failure } from "./failure.ts";
import * as lifecycle from "./lifecycle.ts";
import { signalOf, whole } from "./query.ts";
import type { World } from "./world.ts";

const DEFAULT_GRACE_S = 10;
const FOREVER_S = 86_400;

export type Note = (box: Box, method: string, path: string) => void;

export const ACTIONS = ["start", "stop", "restart", "kill"] as const;
export type Action = (typeof ACTIONS)[number];
export const isAction = (word: string): word is Action => ACTIONS.some((action) => action === word);

function graceMs(query: URLSearchParams): number {
  const seconds = whole(query, "t") ?? DEFAULT_GRACE_S;
  return (seconds < 0 ? FOREVER_S : seconds) * 1_000;
}

/** Answers the HTTP status: 204 done, 304 nothing to do. */
export async function act(world: World, box: Box, action: Action, query: URLSearchParams, note: Note): Promise<204 | 304> {
  const book = (): void => note(box, "POST", `/containers/${box.made.name}/${action}`);
  if (action === "start") {
    if (lifecycle.start(world, box) === "same") return 304;
    book();
    return 204;
  }
  if (action === "kill") {
    const signal = signalOf(query);
    if (box.status !== "running") throw new Failure(409, `Cannot kill container: ${box.made.name}: Container ${box.id} is not running`);
    book();
    lifecycle.kill(world, box, signal);
    return 204;
  }
  const grace = graceMs(query);
  if (action === "restart") {
    book();
    await lifecycle.restart(world, box, grace);
    return 204;
  }
  if (box.status !== "running" && box.status !== "restarting") return 304;
  book();
  await lifecycle.stop(world, box, grace);
  return 204;
}
