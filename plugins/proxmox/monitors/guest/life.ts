// Since when each guest stands as it does: its last start, when it was first seen stopped, since when it carries its lock. Told by readings alone, kept over restarts by the state; no clock of its own.

/** Epoch ms, ours. */
export interface Life {
  startedAt?: number;
  stoppedAt?: number;
  lock?: { word: string; since: number };
}

type Times = Partial<Record<"startedAt" | "lastStartedAt" | "stoppedAt" | "lock" | "lockSince", string | undefined>>;
/** As the state carries it; times in ISO 8601. */
interface Past extends Times {
  vmid: number;
}

export interface Lives {
  /** What an earlier run told. */
  restore(guest: Past): void;
  /** Takes one sight of a guest and answers what is known then. */
  see(sight: { vmid: number; status: string; startedAt: string | undefined; lock: string | undefined; nowMs: number }): Readonly<Life>;
  keepOnly(present: ReadonlySet<number>): void;
}

const timeOf = (iso: string | undefined): number | undefined => {
  const at = Date.parse(iso ?? "");
  return Number.isNaN(at) ? undefined : at;
};

export const createLives = (): Lives => {
  const lives = new Map<number, Life>();
  return {
    restore({ vmid, startedAt, lastStartedAt, stoppedAt, lock, lockSince }) {
      const life: Life = {};
      const [start, stop, held] = [timeOf(startedAt ?? lastStartedAt), timeOf(stoppedAt), timeOf(lockSince)];
      if (start !== undefined) life.startedAt = start;
      if (stop !== undefined) life.stoppedAt = stop;
      if (lock !== undefined && held !== undefined) life.lock = { word: lock, since: held };
      lives.set(vmid, life);
    },
    see({ vmid, status, startedAt, lock, nowMs }) {
      const life = lives.get(vmid) ?? {};
      lives.set(vmid, life);
      const start = timeOf(startedAt);
      if (start !== undefined) life.startedAt = start;
      if (status === "stopped") life.stoppedAt ??= nowMs;
      // What is unknown may still be stopped.
      else if (status !== "unknown") delete life.stoppedAt;
      if (lock === undefined) delete life.lock;
      else if (life.lock?.word !== lock) life.lock = { word: lock, since: nowMs };
      return life;
    },
    keepOnly(present) {
      for (const vmid of lives.keys()) if (!present.has(vmid)) lives.delete(vmid);
    },
  };
};
