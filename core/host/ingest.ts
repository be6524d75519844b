// What sources send to plugins by themselves: which plugin takes it, what its sender must show, and the taking, within a deadline. Refuses for plugins that run, take and are configured to alone.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import type { Sent } from "../contract/ingest.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Entry } from "./entry.ts";
import { askPlugin, callPlugin } from "./plugin-call.ts";

const DEADLINE_MS = 10_000;
const LEAST_SECRET = 16;
const Taken = z.object({ taken: z.number().int().nonnegative(), left: z.number().int().nonnegative() });
export type Taken = z.infer<typeof Taken>;

export interface Intake {
  /** What the sender must show. */
  readonly secret: string;
  take(sent: Sent): Promise<Taken>;
}

/** Undefined: nothing is taken for this plugin. */
export const intakeOf = ({ running, literal, config }: Entry, clock: Clock, log: Log): Intake | undefined => {
  const ingest = literal?.ingest;
  if (running === undefined || ingest === undefined) return undefined;
  const secret = askPlugin(running, "ingest.secret", z.string().optional(), () => ingest.secret(config));
  if (secret === undefined) return undefined;
  if (secret.length < LEAST_SECRET) {
    log("warn", `plugin ${running.id}: ${ingest.title} is off: its secret is shorter than ${LEAST_SECRET} characters`);
    return undefined;
  }
  const take = async (sent: Sent): Promise<Taken> => {
    const deadline = new AbortController();
    const end = clock.after(DEADLINE_MS * clock.rate, () => deadline.abort(new JarvisError("unavailable", { message: `${running.id} did not take it in time.` })), true);
    try {
      return await callPlugin(running, { what: "ingest.take", signal: deadline.signal, looks: true, answer: Taken }, (context) => ingest.take(context, sent));
    } finally {
      end();
    }
  };
  return { secret, take };
};
