// What a house did, counted from outside it: effects from the lab's own book, calls from the journal's file once the core has stopped. For tests only.
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { z } from "zod";
import { CallState, isTerminal } from "../../core/contract/call.ts";
import { createClock } from "../../core/lib/clock.ts";
import { openJournal } from "../../core/store/journal/open.ts";

const Effect = z.object({ seq: z.number(), user: z.string(), method: z.string(), path: z.string(), target: z.string(), upid: z.string().optional() });
const Effects = z.object({ effects: z.array(Effect) });

export const effectsOf = (answer: unknown): z.output<typeof Effect>[] => Effects.parse(answer).effects;

const Truth = z.object({
  guests: z.array(z.object({ vmid: z.number(), status: z.string() })),
  docker: z.array(z.object({ name: z.string(), id: z.string(), status: z.string() })),
});

/** Whether the thing really runs, as the lab itself knows. */
export const standing = (state: unknown, target: string): boolean => {
  const { guests, docker } = Truth.parse(state);
  const name = target.split("/").at(-1);
  return target.startsWith("guest/")
    ? guests.some((guest) => String(guest.vmid) === name && guest.status === "running")
    : docker.some((box) => box.name === name && box.status === "running");
};

export const containerId = (state: unknown, target: string): string => Truth.parse(state).docker.find((box) => box.name === target.split("/").at(-1))?.id ?? "";

const Terminals = z.array(z.object({ callId: z.string(), state: CallState, ends: z.number(), reports: z.number() }));

/** Every call with how many terminal records and reports it has, and what the chain's proof says. The core must have stopped. */
export const readJournal = (data: string) => {
  const path = join(data, "journal.db");
  const clock = createClock(1);
  const journal = openJournal({ path, anchorPath: join(data, "anchor"), clock });
  const proof = journal.verifyChain();
  const found = [...journal.problems];
  const calls = journal.list({ limit: 1000 });
  journal.close();
  const file = new Database(path, { readonly: true });
  const terminal = CallState.options.filter(isTerminal).map((state) => `'${state}'`);
  const ends = Terminals.parse(
    file
      .query(
        `SELECT call_id AS callId, state,
           (SELECT count(*) FROM records r WHERE r.call_id = calls.call_id AND r.kind = 'transition' AND r.state IN (${terminal.join(",")})) AS ends,
           (SELECT count(*) FROM reports p WHERE p.call_id = calls.call_id) AS reports
         FROM calls ORDER BY n`,
      )
      .all(),
  );
  file.close();
  return { proof, found, calls, ends };
};
