// What the turn knows of a model: one request in, a stream of events out. A failure is an event; `run` refuses to throw.

/** One thing said in a conversation, oldest first. */
export interface Said {
  role: "person" | "jarvis" | "result";
  text: string;
  /** What Jarvis wished for with these words; only with role "jarvis". */
  calls?: ToolWish[];
  /** Id of the ToolWish a result answers; only with role "result". */
  of?: string;
}

/** A tool as a model sees it. */
export interface ToolFace {
  name: string;
  about: string;
  /** JSON Schema of an object. */
  input: Record<string, unknown>;
}

/** What a model would like called. Only a wish: policy stands behind it. */
export interface ToolWish {
  id: string;
  tool: string;
  arguments: unknown;
  /** The arguments as the model wrote them. */
  raw: string;
}

/** A part of the instructions. Stable parts stand first, so that a prefix cache holds. */
export interface SystemPart {
  text: string;
  isStable: boolean;
}

export interface ModelRequest {
  system: readonly SystemPart[];
  said: readonly Said[];
  tools: readonly ToolFace[];
  /** Most tokens of the answer. */
  mostTokens: number;
  /** The answer must be a call of one of the tools. */
  mustCall?: boolean;
  signal?: AbortSignal;
}

/** Why a model gave no answer; the words of the event say what to do about it. */
export type ModelFault = "absent" | "auth" | "overloaded" | "rate" | "timeout" | "malformed" | "overflow" | "cancelled" | "budget";

export type ModelEvent =
  | { kind: "text"; text: string }
  | { kind: "wish"; wish: ToolWish }
  /** Tokens; `cached` is the part of `input` the server did not have to read again. */
  | { kind: "usage"; input: number; output: number; cached: number; costUsd: number }
  | { kind: "end"; why: "done" | "wishes" | "length" | "refused" }
  | { kind: "failed"; fault: ModelFault; words: string; isRetryable: boolean };

export interface ModelHealth {
  state: "ok" | "down" | "unknown";
  words: string;
  /** RFC 3339; when this state began. */
  since: string;
}

export interface Model {
  route: "local" | "cloud";
  name: string;
  /** What the model holds at once, question and answer together. */
  contextTokens: number;
  /** The server's own tokenizer where it has one, an upper bound by bytes where not. */
  count(text: string): Promise<number>;
  /** The stream ends with `end` or `failed`, always with exactly one of them. Closing the iterator frees the server's slot. */
  run(request: ModelRequest): AsyncIterable<ModelEvent>;
  health(): ModelHealth;
}
