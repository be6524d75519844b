// The record of every call that reached a listener, and the replies that are to be lost. Read by `GET /requests`; set by `POST /drop-reply`.

const MAX_REQUESTS = 50_000;
const MAX_DROPS = 100;

export interface RequestRecord {
  seq: number;
  /** ISO 8601, world time. */
  time: string;
  /** The node whose listener was called, or `docker`. */
  node: string;
  method: string;
  path: string;
  user: string;
  /** 0 while no answer was given, also when it was dropped. */
  status: number;
}

export interface Match {
  method?: string | undefined;
  /** A part of the path. */
  path?: string | undefined;
  node?: string | undefined;
}

export interface Drop {
  match: Match;
  /** Whether the work is done before the reply is lost. */
  apply: boolean;
}

export interface Traffic {
  record(about: Omit<RequestRecord, "seq" | "time" | "status">): RequestRecord;
  since(seq: number): RequestRecord[];
  drop(drop: Drop): void;
  /** Takes the first drop that fits out of the list. */
  takeDrop(about: { method: string; path: string; node: string }): Drop | undefined;
}

export function createTraffic(now: () => number): Traffic {
  const requests: RequestRecord[] = [];
  const drops: Drop[] = [];
  let seq = 0;
  return {
    record(about) {
      const kept = { seq: ++seq, time: new Date(now()).toISOString(), ...about, status: 0 };
      requests.push(kept);
      if (requests.length > MAX_REQUESTS) requests.splice(0, MAX_REQUESTS / 10);
      return kept;
    },
    since: (from) => requests.filter((request) => request.seq > from),
    drop(drop) {
      if (drops.length >= MAX_DROPS) throw new RangeError(`more than ${MAX_DROPS} lost replies are waiting`);
      drops.push(drop);
    },
    takeDrop({ method, path, node }) {
      const index = drops.findIndex(
        ({ match }) => (!match.method || match.method === method) && (!match.path || path.includes(match.path)) && (!match.node || match.node === node),
      );
      return index < 0 ? undefined : drops.splice(index, 1)[0];
    },
  };
}
