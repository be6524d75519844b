// One simulated container: what it was made from and how it is. Makes new ones; moves none (lifecycle.ts does) and refuses nothing.
import type { Definition } from "./catalog.ts";

export type BoxStatus = "created" | "running" | "restarting" | "exited";

/** Its place on a network. */
export interface Attached {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

export interface HealthCheck {
  startMs: number;
  endMs: number;
  exitCode: number;
  output: string;
}

export interface LogLine {
  atMs: number;
  stream: 1 | 2;
  text: string;
}

export interface Box {
  readonly id: string;
  readonly imageId: string;
  /** The networks it is on, its own first; none when it has no network. */
  networks: Attached[];
  /** Replaced as a whole when it is renamed or its limits change. */
  made: Definition;
  readonly createdMs: number;
  status: BoxStatus;
  /** Frozen; its status stays running. */
  paused: boolean;
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  startedMs: number;
  finishedMs: number;
  restartCount: number;
  health: { status: "starting" | "healthy" | "unhealthy"; streak: number; log: HealthCheck[] } | undefined;
  logs: LogLine[];
  /** Who follows its log; told `undefined` when its process ends. */
  followers: Set<(line: LogLine | undefined) => void>;
  /** A fault holds it: its checks fail (until its process is replaced, or for good). */
  sick: "no" | "until-restart" | "for-good";
  /** How many more starts end in a crash at once, and with which code. */
  doomed: { starts: number; exitCode: number } | undefined;
  /** Ends the timers of its present process. */
  timers: Set<() => void>;
}

const MAX_LOG_LINES = 1_000;
const MAX_CHECKS = 5;
export const CHECK_EVERY_MS = 10_000;
export const CHECK_RETRIES = 3;

export interface Randomness {
  whole(low: number, high: number): number;
  hex(digits: number): string;
}

/** As `docker create` leaves it. */
export function freshBox(made: Definition, { imageId, networks }: Pick<Box, "imageId" | "networks">, nowMs: number, random: Randomness): Box {
  return {
    id: random.hex(64),
    imageId,
    networks,
    made,
    createdMs: nowMs,
    status: "created",
    paused: false,
    pid: 0,
    exitCode: 0,
    oomKilled: false,
    startedMs: 0,
    finishedMs: 0,
    restartCount: 0,
    health: undefined,
    logs: [],
    followers: new Set(),
    sick: "no",
    doomed: undefined,
    timers: new Set(),
  };
}

/** A container that has run for days already. */
export function createBox(made: Definition, place: Pick<Box, "imageId" | "networks">, nowMs: number, random: Randomness): Box {
  const startedMs = nowMs - random.whole(20, 400) * 3_600_000;
  const createdMs = startedMs - random.whole(1, 60) * 86_400_000;
  const ran = { status: "running", pid: random.whole(1_200, 30_000), startedMs, finishedMs: startedMs - 4_000 } as const;
  const box: Box = { ...freshBox(made, place, createdMs, random), ...ran, health: made.health === undefined ? undefined : { status: "healthy", streak: 0, log: [] } };
  for (const [offset, text] of made.hello.entries()) box.logs.push({ atMs: startedMs + 300 * (offset + 1), stream: 1, text });
  return box;
}

export function addLog(box: Box, line: LogLine): void {
  box.logs.push(line);
  if (box.logs.length > MAX_LOG_LINES) box.logs.shift();
  for (const follower of box.followers) follower(line);
}

export function addCheck(box: Box, check: HealthCheck): void {
  if (box.health === undefined) return;
  box.health.log.push(check);
  if (box.health.log.length > MAX_CHECKS) box.health.log.shift();
}

export const isUp = (box: Box): boolean => box.status === "running";

/** Its own labels, or those compose writes. */
export const labelsOf = (made: Definition): Readonly<Record<string, string>> => made.labels ?? composeLabels(made);

const composeLabels = (made: Definition): Record<string, string> => ({
  "com.docker.compose.project": made.project,
  "com.docker.compose.service": made.name,
  "com.docker.compose.oneoff": "False",
  "com.docker.compose.container-number": "1",
  "com.docker.compose.project.working_dir": `/opt/stacks/${made.project}`,
  "com.docker.compose.project.config_files": `/opt/stacks/${made.project}/compose.yaml`,
});
