// The three ways to break a container: it crashes, its checks fail, or somebody stops it. A target that cannot be broken so is not offered.
import { type Box, isUp } from "./box.ts";
import { crash, start, stop } from "./lifecycle.ts";
import type { World } from "./world.ts";

/** The lab's fault, as far as the engine fills it in. */
export interface ContainerFault {
  readonly name: string;
  readonly targetKind: "container";
  readonly what: string;
  targets(): string[];
  break(target: string, args: Readonly<Record<string, string>>): void;
  heal(target?: string): void;
}

interface Parts {
  readonly world: World;
  readonly boxes: readonly Box[];
  readonly host: string;
  /** What a person did is in the lab's book like any client's act; what broke by itself is nobody's act and is not. */
  readonly note: (box: Box, user: string, path: string) => void;
}

const DEFAULT_EXIT = 1;
const OOM_EXIT = 137;
const STOP_GRACE_MS = 10_000;
const FIRST = "grafana";
const PERSON = "root";

export function createFaults({ world, boxes, host, note }: Parts): ContainerFault[] {
  const nameOf = (box: Box): string => `container/${host}/${box.made.name}`;
  const at = (target: string | undefined): Box[] => boxes.filter((box) => target === undefined || nameOf(box) === target);
  const offered = (fits: (box: Box) => boolean): string[] =>
    [...boxes]
      .filter(fits)
      .sort((a, b) => Number(b.made.name === FIRST) - Number(a.made.name === FIRST))
      .map(nameOf);
  const held = new Map<string, Set<Box>>();
  const hold = (fault: string, box: Box): void => void held.set(fault, (held.get(fault) ?? new Set()).add(box));
  const release = (fault: string, target: string | undefined): Box[] => {
    const mine = held.get(fault) ?? new Set();
    const freed = at(target).filter((box) => mine.has(box));
    for (const box of freed) mine.delete(box);
    return freed;
  };
  const bringBack = (fault: string, target: string | undefined): Box[] =>
    release(fault, target).filter((box) => {
      box.doomed = undefined;
      return start(world, box) === "done";
    });

  return [
    {
      name: "container-crash",
      targetKind: "container",
      what: "its process ends by itself (exit=N; oom=yes: killed for memory) until somebody starts it again",
      targets: () => offered(isUp),
      break(target, args) {
        for (const box of at(target)) {
          const oom = args.oom === "yes";
          const exitCode = oom ? OOM_EXIT : Math.min(255, Math.max(1, Math.floor(Number(args.exit ?? DEFAULT_EXIT)) || DEFAULT_EXIT));
          // A policy that brings it back finds it crashing again until its tries are used up.
          if (box.made.restart.name === "on-failure") box.doomed = { starts: box.made.restart.retries - box.restartCount, exitCode };
          hold("container-crash", box);
          crash(world, box, { exitCode, oom });
        }
      },
      heal: (target) => void bringBack("container-crash", target),
    },
    {
      name: "container-unhealthy",
      targetKind: "container",
      what: "its health check fails until it is restarted (sticky=yes: even then)",
      targets: () => offered((box) => isUp(box) && box.health !== undefined),
      break(target, args) {
        for (const box of at(target)) {
          box.sick = args.sticky === "yes" ? "for-good" : "until-restart";
          hold("container-unhealthy", box);
        }
      },
      heal(target) {
        for (const box of release("container-unhealthy", target)) box.sick = "no";
      },
    },
    {
      name: "container-user-stop",
      targetKind: "container",
      what: "a person stops it on purpose with docker stop (user=root)",
      targets: () => offered(isUp),
      break(target, args) {
        for (const box of at(target)) {
          hold("container-user-stop", box);
          note(box, args.user ?? PERSON, `/containers/${box.made.name}/stop`);
          void stop(world, box, STOP_GRACE_MS).catch(() => {});
        }
      },
      heal(target) {
        for (const box of bringBack("container-user-stop", target)) note(box, PERSON, `/containers/${box.made.name}/start`);
      },
    },
  ];
}
