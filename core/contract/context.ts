// All a plugin may touch. A capability is something it is handed, never a global it finds; every argument and result can be structured-cloned.

import type { Incident } from "./incident.ts";
import type { Reading } from "./reading.ts";
import type { IncidentsWanted, PluginRecords } from "./record.ts";
import type { ToolResult } from "./result.ts";

/** How to reach a server: a unix socket, a pinned certificate (SHA-256 of the DER leaf, colon-separated hex), or a CA (PEM). */
export interface FetchInit {
  method?: string;
  headers?: Record<string, string>;
  /** A body of known length; streams are not sent. */
  body?: string;
  /** Path of a unix socket; needs a grant of its own (`net: ["unix:PATH"]`). */
  unix?: string;
  tls?: { fingerprint?: string; ca?: string; cert?: string; key?: string };
  /** Whole-request deadline; default 10 000, at most 60 000 (an opened stream: to its head). */
  timeoutMs?: number;
  /** Largest answer taken; default 16 MiB. More is upstream_garbage. */
  maxBytes?: number;
}

/** An answer, whole. `serverTimeMs`: its Date header as epoch ms, when present. `tookMs`: how long it really took, whatever the clock's rate. */
export interface FetchAnswer {
  status: number;
  statusText: string;
  headers: Record<string, string>;
  body: string;
  serverTimeMs?: number;
  tookMs?: number;
}

/** The head of an answer whose body is taken piece by piece with `next`. */
export interface OpenedStream {
  id: string;
  status: number;
  statusText: string;
  headers: Record<string, string>;
}

/** How to open a WebSocket. `protocol`: the subprotocol that must be agreed on. */
export interface SocketInit extends Pick<FetchInit, "headers" | "tls" | "timeoutMs"> {
  protocol?: string;
}

export interface StreamPiece {
  done: boolean;
  bytes?: Uint8Array;
}

/** One series: [epoch ms, value] points, oldest first. */
export type Series = [number, number][];

/** `runbook`: whose step this is; only within a tool that declares `onBehalf`. `hold`: ask a person first, for this reason; it never loosens anything. */
export interface CallAbout {
  runbook?: string;
  hold?: string;
}

export interface PermissionAsk {
  name: "net" | "run" | "read" | "write" | "env" | "tool" | "state";
  value: string;
}

export interface Context<C, K> {
  readonly config: C;
  /** Whatever connect() returned. */
  readonly client: K;
  /** Aborts on deadline, cancel and unload. */
  readonly signal: AbortSignal;
  /** Epoch ms of the one clock (which may run fast in tests and the lab). */
  readonly now: () => number;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
  fetch(url: string, init?: FetchInit): Promise<FetchAnswer>;
  open(url: string, init?: FetchInit): Promise<OpenedStream>;
  /** A WebSocket at an http(s) URL. With status 101 its bytes come with `next`, whatever the frames; with another the other side said no, and nothing is open. */
  socket(url: string, init?: SocketInit): Promise<OpenedStream>;
  /** One binary message, at most 64 KiB; resolves when the socket has room for more. */
  send(id: string, bytes: Uint8Array): Promise<void>;
  next(id: string): Promise<StreamPiece>;
  cancel(id: string): Promise<void>;
  /** Resolves after so many ms of the one clock, or rejects when the context's signal aborts. Bounded to 60 s. */
  pause(ms: number): Promise<void>;
  /** Another plugin's tool, through the one pipeline (`permissions.tool`). */
  call(tool: string, input: unknown, about?: CallAbout): Promise<ToolResult & { state: string; callId: string }>;
  /** Last good readings of channels matching a pattern (`permissions.state`; one's own need none). */
  state(pattern: string): Promise<Record<string, Reading>>;
  /** The last minutes of series matching a pattern, such as `guest/101/cpuPercent`. */
  history(pattern: string, minutes?: number): Promise<Record<string, Series>>;
  /** Publishes on one's own declared channel. */
  publish(topic: string, data: unknown): Promise<void>;
  run(command: readonly [string, ...string[]], options?: { timeoutMs?: number; stdin?: string }): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Files: a path, `memory:PATH` in the memory folder, or `own:PATH` where this house writes what it remembers (the memory folder, but for a house with data of its own). */
  read(path: string): Promise<string>;
  list(path: string): Promise<string[]>;
  write(path: string, text: string): Promise<void>;
  /** The one document of its own that a plugin has kept across restarts, at most 64 KiB of JSON; undefined at first. */
  kept(): Promise<unknown>;
  keep(value: unknown): Promise<void>;
  /** Its own records, searched by words, across restarts (`permissions.state: records`). */
  readonly records: PluginRecords;
  /** What went wrong before (`permissions.state: core/incidents`). */
  incidents(wanted: IncidentsWanted): Promise<Incident[]>;
  readonly permissions: {
    query(ask: PermissionAsk): Promise<"granted" | "prompt" | "denied">;
    request(ask: PermissionAsk & { why: string }): Promise<"granted" | "prompt" | "denied">;
  };
}
