// What the edge needs from the core: one closure per method, handed in by app. Holds no behaviour.

import type { z } from "zod";
import type { CallAnswer } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import type { ConsoleSize } from "../contract/console.ts";
import type { Sent } from "../contract/ingest.ts";
import type { Metric } from "../contract/metric.ts";
import type { ChatDone, MethodName, NOTIFICATIONS, Params, Result } from "../contract/wire.ts";

/** Who sent a request. `authenticatedAt`: ISO time a dashboard session last proved itself; `session`, `token`: ids, never secrets. */
export interface Who {
  readonly caller: Caller;
  readonly via: "socket" | "rpc" | "control";
  readonly authenticatedAt?: string;
  readonly session?: string;
  readonly token?: string;
}

/** Methods the edge answers by itself: it owns sockets, credentials and sessions. */
type EdgeMethod =
  | "channels.list"
  | "channels.subscribe"
  | "channels.unsubscribe"
  | "chat.send"
  | "chat.stop"
  | "console.open"
  | "console.write"
  | "console.close"
  | "tokens.new"
  | "tokens.list"
  | "tokens.revoke"
  | "login.code";
type CoreMethod = Exclude<MethodName, EdgeMethod>;

type ChatNotification = "chat.delta" | "chat.call" | "chat.ask" | "chat.done";
/** Says one notification of an answer in the making. */
export type Emit = <N extends ChatNotification>(name: N, params: z.output<(typeof NOTIFICATIONS)[N]>) => void;

/** An answer that has begun. `done` resolves with what `chat.done` carried, also after `stop`; it rejects only on a bug. */
export interface Talk {
  readonly conversation: string;
  readonly message: string;
  readonly done: Promise<ChatDone>;
  stop(): void;
}

/** The person's side of a console: what they are told. `closed` comes once. */
export interface Sitter {
  show(bytes: Uint8Array): void;
  closed(why: string): void;
}

/** A console that was asked for. `opened` says what became of the asking; with `isOpen` false nothing is open. */
export interface Sitting {
  readonly id: string;
  readonly opened: Promise<{ readonly answer: CallAnswer; readonly isOpen: boolean }>;
  write(what: { text?: string | undefined; size?: ConsoleSize | undefined; tookBytes?: number | undefined }): void;
  close(why: string): void;
}

/** `secret`: what the sender must show. */
export interface Intake {
  readonly secret: string;
  take(sent: Sent): Promise<{ taken: number; left: number }>;
}

/** The MCP server behind its door. */
export interface McpDoor {
  /** `body`: the parsed one of a POST; `deckUrl`: where a person decides. Throws rate, unavailable. */
  answer(request: Request, body: unknown, who: Who, deckUrl: string): Promise<Response>;
  /** Ends what this token or session has open. */
  leave(credential: string): void;
  stop(): void;
}

export type CoreFaces = { readonly [N in CoreMethod]: (params: Params<N>, who: Who) => Promise<Result<N>> } & {
  /** Starts an answer and returns at once. */
  chat(params: Params<"chat.send">, who: Who, emit: Emit): Talk;
  /** Asks for a console in the name of whoever sits at the socket. Throws rate. Absent: there are none. */
  sit?(params: Params<"console.open">, who: Who, sitter: Sitter): Promise<Sitting>;
  /** Who takes what a plugin's source sends by itself; undefined when nobody does. */
  intake?(plugin: string): Intake | undefined;
  /** Absent: there is no MCP here. */
  mcp?: McpDoor;
  /** What /metrics tells beyond the edge's own: what plugins counted. */
  metrics?(): readonly Metric[];
};
