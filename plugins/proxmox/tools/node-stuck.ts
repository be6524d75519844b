// Whether processes of a node hang in the kernel (state D), told by what the API shows of it: a storage that hangs whoever touches it, the kernel's own complaints, and a load that no work explains. Changes nothing.
import { z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { Machine } from "../shapes/machine.ts";

const LOOK_BACK_S = 900;
const LINES = 500;
/** Waiting processes beyond those at work, at least, and for each CPU. */
const LEAST_WAITING = 6;
const PER_CPU = 1;
const HUNG = /task \S+:\d+ blocked for more than \d+ seconds|nfs: server \S+ not responding(?!.*OK)/i;
const HEALED = /nfs: server \S+ OK/i;

const Counted = Machine.extend({ cpuinfo: z.object({ cpus: z.coerce.number() }).optional() });
const Stores = z.object({ storages: z.record(z.string(), z.object({ name: z.string(), troubles: z.record(z.string(), z.object({ state: z.string() })).optional() })) });

/** The load counts who works and who waits in the kernel; work shows as CPU. Pure. */
export const waitingOf = ({ load1, cpu, cpus }: { load1: number; cpu: number; cpus: number }): number | undefined => {
  const waiting = load1 - cpu * cpus;
  return waiting > Math.max(LEAST_WAITING, PER_CPU * cpus) ? Math.round(waiting) : undefined;
};

/** The last complaint of the kernel that nothing took back. Pure. */
export const complaintOf = (lines: readonly string[]): string | undefined => {
  const last = lines.findLastIndex((line) => HUNG.test(line));
  if (last < 0 || lines.slice(last + 1).some((line) => HEALED.test(line))) return undefined;
  return HUNG.exec(lines[last] ?? "")?.[0];
};

/** Half a sentence, or undefined: nothing tells of it. A machine that does not answer for its own state, or does not let its kernel's words be read, is taken for stuck. */
export const hangs = async (ctx: Ctx, node: string): Promise<string | undefined> => {
  const since = Math.floor(ctx.client.serverTime(ctx) / 1000) - LOOK_BACK_S;
  const [machine, journal, readings] = await Promise.all([
    ask(ctx.client.get(ctx, path`/nodes/${node}/status`, Counted)),
    // With `lastentries` beside `since` the node's reader of the journal only prints its usage: an empty answer.
    ask(ctx.client.get(ctx, path`/nodes/${node}/journal`, z.array(z.unknown()), { since })),
    ctx.state("proxmox/storage"),
  ]);
  if (machine.value === undefined) return `it does not tell its own state: ${machine.words}`;
  const seen = Stores.safeParse(readings["proxmox/storage"]?.value);
  const hung = seen.success ? Object.values(seen.data.storages).find((store) => store.troubles?.[node]?.state === "hung") : undefined;
  if (hung !== undefined) return `storage ${hung.name} hangs there`;
  if (journal.value === undefined) return `what its kernel says could not be read: ${journal.words}`;
  const complaint = complaintOf(journal.value.slice(-LINES).flatMap((line) => (typeof line === "string" ? [line] : [])));
  if (complaint !== undefined) return `its kernel says: ${complaint}`;
  const { loadavg, cpu, cpuinfo } = machine.value;
  const waiting = waitingOf({ load1: loadavg?.[0] ?? 0, cpu: cpu ?? 0, cpus: cpuinfo?.cpus ?? 1 });
  return waiting === undefined ? undefined : `about ${waiting} processes wait, and no work explains it`;
};
