// What every model is made with, whatever it speaks. A list of hands, no behaviour.
import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "./guard.ts";
import type { ModelHealth } from "./model.ts";

export interface Making {
  clock: Clock;
  /** Removes secrets. */
  clean: (text: string) => string;
  /** Its health is another. */
  changed: (health: ModelHealth) => void;
  /** How long it may take; each dialect has its own. */
  limits?: Limits | undefined;
}
