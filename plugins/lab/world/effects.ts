// The book of every change the lab really made on somebody's behalf: what tests count to see that nothing was done twice. Read by `GET /effects`.

const MAX_EFFECTS = 50_000;

export interface Effect {
  seq: number;
  /** ISO 8601, world time. */
  time: string;
  /** `user@realm`, with `!token` where one was used; `docker` for the engine's clients. */
  user: string;
  method: string;
  path: string;
  /** `guest/101`, `container/mgmt/grafana`, `node/pve`. */
  target: string;
  upid?: string;
  /** How its task ended, once it has. */
  exit?: string;
}

export interface Effects {
  add(effect: Omit<Effect, "seq" | "time">): Effect;
  since(seq: number): Effect[];
}

export function createEffects(now: () => number): Effects {
  const effects: Effect[] = [];
  let seq = 0;
  return {
    add(effect) {
      const kept: Effect = { seq: ++seq, time: new Date(now()).toISOString(), ...effect };
      effects.push(kept);
      if (effects.length > MAX_EFFECTS) effects.shift();
      return kept;
    },
    since: (from) => effects.filter((effect) => effect.seq > from),
  };
}
