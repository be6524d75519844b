// The one error class and the one error table: type -> JSON-RPC code, fault, HTTP status, sentence. Holds no state.

export type Fault = "caller" | "policy" | "upstream" | "bug";

interface Row {
  readonly code: number;
  readonly fault: Fault;
  readonly status: number;
  readonly retryable: boolean;
  readonly sentence: string;
}

/** Every error Jarvis can answer with. `data.type` is the stable word (docs/errors.md is checked against this). */
export const ERRORS = {
  parse: { code: -32700, fault: "caller", status: 400, retryable: false, sentence: "That is not JSON." },
  invalid_request: { code: -32600, fault: "caller", status: 400, retryable: false, sentence: "That is not a JSON-RPC 2.0 request." },
  method_not_found: { code: -32601, fault: "caller", status: 404, retryable: false, sentence: "There is no such method." },
  bad_input: { code: -32602, fault: "caller", status: 400, retryable: false, sentence: "The input does not fit its schema." },
  too_large: { code: -32602, fault: "caller", status: 413, retryable: false, sentence: "That is larger than allowed." },
  unauthorised: { code: -32001, fault: "caller", status: 401, retryable: false, sentence: "Sign in first: no valid credential came with this." },
  scope: { code: -32003, fault: "policy", status: 403, retryable: false, sentence: "This credential's scope does not reach that far." },
  operator_only: { code: -32003, fault: "policy", status: 403, retryable: false, sentence: "Only the operator may do that." },
  permission: { code: -32003, fault: "policy", status: 403, retryable: false, sentence: "The plugin was not granted that permission." },
  not_found: { code: -32004, fault: "caller", status: 404, retryable: false, sentence: "There is no such thing here." },
  ambiguous: { code: -32602, fault: "caller", status: 400, retryable: false, sentence: "More than one thing answers to that name." },
  upstream: { code: -32010, fault: "upstream", status: 502, retryable: true, sentence: "The other side failed." },
  upstream_refused: { code: -32010, fault: "upstream", status: 502, retryable: true, sentence: "The other side could not be reached." },
  upstream_timeout: { code: -32010, fault: "upstream", status: 504, retryable: true, sentence: "The other side did not answer in time." },
  upstream_tls: { code: -32010, fault: "upstream", status: 502, retryable: false, sentence: "The other side's certificate is not the one that was pinned." },
  upstream_auth: { code: -32010, fault: "upstream", status: 502, retryable: false, sentence: "The other side refused our credential." },
  upstream_denied: { code: -32010, fault: "upstream", status: 502, retryable: false, sentence: "The other side says our credential may not do that." },
  upstream_garbage: { code: -32010, fault: "upstream", status: 502, retryable: true, sentence: "The other side's answer makes no sense." },
  unavailable: { code: -32011, fault: "upstream", status: 503, retryable: true, sentence: "That is not available right now." },
  rate: { code: -32029, fault: "caller", status: 429, retryable: true, sentence: "Too many requests; slow down." },
  configuration: { code: -32603, fault: "caller", status: 500, retryable: false, sentence: "The configuration is wrong." },
  bug: { code: -32603, fault: "bug", status: 500, retryable: false, sentence: "Something in Jarvis is broken." },
} as const satisfies Record<string, Row>;

export type ErrorType = keyof typeof ERRORS;

/** One thing wrong with an input: a dotted path and a sentence. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

interface Details {
  readonly message?: string;
  readonly path?: string;
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
  /** Plain data a program can act on; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export class JarvisError extends Error {
  readonly type: ErrorType;
  readonly details: Details;

  constructor(type: ErrorType, details: Details = {}) {
    super(details.message ?? ERRORS[type].sentence, { cause: details.cause });
    this.name = "JarvisError";
    this.type = type;
    this.details = details;
  }

  get fault(): Fault {
    return ERRORS[this.type].fault;
  }
}

/** What goes over the wire for an error: `{code, message, data: {type, fault, retryable, path?, issues?}}`. */
export interface ErrorBody {
  code: number;
  message: string;
  data: { type: string; fault: Fault; retryable: boolean; path?: string; issues?: Issue[]; [more: string]: unknown };
}

/** Anything thrown, as the wire says it. What is no JarvisError is our bug: its words stay inside. */
export const errorBody = (thrown: unknown): ErrorBody => {
  const error = thrown instanceof JarvisError ? thrown : new JarvisError("bug");
  const row = ERRORS[error.type];
  return {
    code: row.code,
    message: error.message,
    data: {
      type: error.type,
      fault: row.fault,
      retryable: row.retryable,
      ...(error.details.path === undefined ? {} : { path: error.details.path }),
      ...(error.details.issues === undefined ? {} : { issues: [...error.details.issues] }),
      ...error.details.data,
    },
  };
};

export const httpStatus = (thrown: unknown): number => (thrown instanceof JarvisError ? ERRORS[thrown.type].status : 500);
