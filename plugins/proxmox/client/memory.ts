// What the client remembers between readings: the last answer of /cluster/resources, shared by all who draw from it. It never asks by itself.
import { JarvisError } from "jarvis";
import type { Facts } from "../shapes/guest.ts";
import type { Entry } from "../shapes/resources.ts";
import type { Task } from "../shapes/task.ts";

export interface Answer {
  /** Epoch ms, ours. */
  readonly at: number;
  readonly entries: readonly Entry[];
}

type Waiter = { resolve: (answer: Answer) => void; reject: (error: unknown) => void };

export interface Memory {
  answered(answer: Answer): void;
  failed(error: unknown): void;
  latest(): Answer | undefined;
  /** The last answer when it is at most so old, else the next one; the last failure when there is nothing newer. Ends with the signal. */
  shared(now: number, maxAgeMs: number, signal: AbortSignal): Promise<Answer>;
  /** What configurations told, by vmid; `at`: when it was read; `failures`: readings in a row that failed. */
  readonly facts: Map<number, { at: number; node: string; facts: Facts | undefined; failures?: number }>;
  /** Epoch ms at which a guest was last seen running, by vmid. */
  readonly running: Map<number, number>;
  /** Epoch ms of a guest's or node's start, kept steady between readings. */
  readonly started: Map<string, { at: number; uptime: number }>;
  /** Whom each node asks for names first, by node. */
  readonly resolvers: Map<string, string>;
  /** Tasks of the reading before, by UPID. */
  tasks: ReadonlyMap<string, Task> | undefined;
  /** Epoch ms of the cluster at which an act on a guest was last sent, by vmid. */
  readonly sent: Map<number, number>;
  /** UPIDs of the last tasks that we began ourselves, in this run: signed in as a person, only these tell our acts from theirs. */
  readonly begun: Set<string>;
  /** Guest states of the reading before, by vmid. */
  states: ReadonlyMap<string, string> | undefined;
}

export const createMemory = (): Memory => {
  let last: Answer | undefined;
  let failure: { error: unknown } | undefined;
  let waiters: Waiter[] = [];
  const release = (act: (waiter: Waiter) => void): void => {
    const waiting = waiters;
    waiters = [];
    waiting.forEach(act);
  };
  return {
    facts: new Map(),
    running: new Map(),
    started: new Map(),
    sent: new Map(),
    begun: new Set(),
    resolvers: new Map(),
    tasks: undefined,
    states: undefined,
    answered(answer) {
      last = answer;
      failure = undefined;
      release((waiter) => waiter.resolve(answer));
    },
    failed(error) {
      failure = { error };
      release((waiter) => waiter.reject(error));
    },
    latest: () => last,
    shared(now, maxAgeMs, signal) {
      if (last && !failure && now - last.at <= maxAgeMs) return Promise.resolve(last);
      if (failure) return Promise.reject(failure.error);
      return new Promise((resolve, reject) => {
        const abandon = (): void => reject(new JarvisError("upstream_timeout", { message: "No reading of /cluster/resources came in time." }));
        if (signal.aborted) return abandon();
        signal.addEventListener("abort", abandon, { once: true });
        waiters.push({ resolve, reject });
      });
    },
  };
};
