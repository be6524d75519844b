// One row of the matrix of failures: what breaks, what is to be told of it, and what only looks like it; or what was meant and is left alone. Read by tests/e2e/failures.test.ts.
import type { Severity } from "../../../core/contract/resource.ts";

/** A fault of the lab (`./jarvis lab list`) at a target, `node/pve`, `guest/101`, `storage/shared/nas`. */
export interface Broken {
  readonly fault: string;
  readonly target: string;
  readonly options?: Readonly<Record<string, string | number>>;
}

export interface LookAlike extends Broken {
  /** Alert keys that may be open meanwhile, because something else is true that has to be told. */
  readonly besides?: readonly string[];
  /** How long it is looked at, of the clock; 90 s unless said. */
  readonly forSeconds?: number;
}

/** What somebody or something meant: it opens no incident, and is left alone with its cause said once. */
export interface Meant extends Broken {
  readonly row: number;
  readonly what: string;
  readonly resource: string;
  /** The cause's kind. */
  readonly cause: string;
  readonly channel: string;
}

export interface Row extends Broken {
  /** Its number in the list of failures. */
  readonly row: number;
  readonly what: string;
  /** The one root incident; `cause` is its kind. */
  readonly alert: { readonly key: string; readonly resource: string; readonly cause: string; readonly severity: Severity };
  /** What its cause says, in these words. */
  readonly words?: string;
  /** A resource that has to be known before it breaks. */
  readonly known?: string;
  /** Ids that are hurt with it, among others. */
  readonly victims?: readonly string[];
  /** The monitor that sees it, `proxmox/nodes`. */
  readonly channel: string;
  /** Within how many readings of `channel` it is told; 2 unless said (a monitor that takes nodes in turn needs more). */
  readonly readings?: number;
  /** Within how long of the clock; 320 s unless said (a monitor that spares calls needs more). */
  readonly withinSeconds?: number;
  /** Channels read before `channel` each time, when it draws from what they remember. */
  readonly first?: readonly string[];
  /** The release it can be seen in; absent: every one. */
  readonly dialect?: "8.4" | "9.1";
  /** What is done about it cannot mend it in the simulated house, where only its healing does: it is tried, told, and left to a person. */
  readonly stays?: true;
  readonly lookAlikes: readonly LookAlike[];
}
