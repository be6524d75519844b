// Monitor `agents`: whether guest agents answer, a few at a time and those under suspicion first; and whether a guest is left frozen. Never asks while something works on the guest, while it boots, or where no agent is configured.
import { JarvisError, type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import type { Entry } from "../shapes/resources.ts";
import { allowanceOf } from "./allowance.ts";
import { isSuspect } from "./guest/agent-turn.ts";
import { isMoving } from "./guest/motion.ts";
import { type AgentNote, notesOf } from "./guest/notes.ts";
import { workOn } from "./guest/work.ts";
import { inTurn } from "./turns.ts";

const FRESH_MS = 15_000;
const MINUTE_MS = 60_000;
/** An agent that does not answer holds a worker of the node for three seconds: few at a time, one after the other; more only under suspicion. */
const [MOST, MOST_SUSPECT] = [1, 2];
const BOOTING_S = 180;
/** How long after a backup a guest is asked whether it is frozen. */
const AFTER_BACKUP_MS = 30 * MINUTE_MS;
/** What qemu-server says of an agent that is not there or does not speak. */
const SILENT = /guest agent is not running|got timeout|unable to connect|no qemu guest agent/i;

const Answered = z.object({ result: z.unknown() });
const Frozen = z.object({ result: z.string() });

const Agents = z.object({
  /** By vmid. */
  agents: z.record(
    z.string(),
    z.object({ answers: z.enum(["yes", "no", "unknown"]), failures: z.number().int(), at: z.string(), frozen: z.boolean().optional(), words: z.string().optional() }),
  ),
});
type Agents = z.output<typeof Agents>;

interface Candidate {
  vmid: number;
  node: string;
  afterBackup: boolean;
}

const candidates = (ctx: Ctx, entries: readonly Entry[]): Candidate[] => {
  const { facts, tasks } = ctx.client.memory;
  const clusterMs = ctx.client.serverTime(ctx);
  return entries.flatMap(({ type, vmid, node, status, uptime = 0, lock, template }) => {
    if (type !== "qemu" || vmid === undefined || node === undefined || template || lock !== undefined) return [];
    if (status !== "running" || uptime < BOOTING_S || !facts.get(vmid)?.facts?.agent) return [];
    const work = workOn(tasks, { vmid, node });
    if (work.now !== undefined) return [];
    return [{ vmid, node, afterBackup: work.backupEndedAt !== undefined && clusterMs - work.backupEndedAt <= AFTER_BACKUP_MS }];
  });
};

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);

/** A guest that answers and writes nothing, or that was just backed up, is asked whether its file systems are frozen. Absent: not asked, or never known; a frozen one is, until it says otherwise. */
const frozenOf = async (ctx: Ctx, base: string, asked: boolean, before: AgentNote | undefined): Promise<boolean | undefined> => {
  if (!asked) return undefined;
  const answer = await ctx.client.look(ctx, `${base}/fsfreeze-status`, Frozen).catch(() => undefined);
  return answer === undefined ? before?.frozen : answer.result === "frozen";
};

const noteOf = async (ctx: Ctx, { vmid, node, afterBackup }: Candidate, before: AgentNote | undefined): Promise<AgentNote> => {
  const now = ctx.now();
  const base = path`/nodes/${node}/qemu/${vmid}/agent`;
  const source = `GET ${base}/info`;
  const rates = notesOf(ctx.client).motion.rates(vmid);
  try {
    await ctx.client.get(ctx, `${base}/info`, Answered);
    const frozen = await frozenOf(ctx, base, afterBackup || rates?.written === 0 || before?.frozen === true, before);
    return { askedAt: now, answers: "yes", failures: 0, since: before?.answers === "yes" ? before.since : now, ...(frozen === undefined ? {} : { frozen }), source };
  } catch (thrown) {
    const words = wordsOf(thrown);
    const silent = thrown instanceof JarvisError && thrown.type === "upstream" && SILENT.test(words);
    if (!silent) return { askedAt: now, answers: "unknown", failures: 0, since: now, source, words };
    const again = before !== undefined && before.failures > 0;
    return {
      askedAt: now,
      answers: "no",
      failures: (before?.failures ?? 0) + 1,
      since: again ? before.since : now,
      ...(rates === undefined ? {} : { moved: isMoving(rates) }),
      source,
      words,
    };
  }
};

const isDoubted = (ctx: Ctx, { vmid, afterBackup }: Candidate): boolean => {
  const { agents, motion } = notesOf(ctx.client);
  return isSuspect({ note: agents.get(vmid), rates: motion.rates(vmid), afterBackup, nowMs: ctx.now() });
};

const allowance = allowanceOf(MINUTE_MS);

const read = async (ctx: Ctx): Promise<Agents> => {
  const allow = allowance(ctx);
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { agents } = notesOf(ctx.client);
  const all = new Map(candidates(ctx, entries).map((one) => [String(one.vmid), one]));
  const askedAt = (vmid: string): number | undefined => agents.get(Number(vmid))?.askedAt;
  const suspects = new Set([...all.values()].filter((one) => isDoubted(ctx, one)).map(({ vmid }) => String(vmid)));
  const most = allow(Math.min(suspects.size > 0 ? MOST_SUSPECT : MOST, all.size));
  const due = inTurn([...all.keys()], askedAt, most, suspects);
  for (const name of due) {
    const one = all.get(name);
    if (one && !ctx.signal.aborted) agents.set(one.vmid, await noteOf(ctx, one, agents.get(one.vmid)));
  }
  return {
    agents: Object.fromEntries(
      [...agents].map(([vmid, { answers, failures, askedAt: at, frozen, words }]) => [
        String(vmid),
        { answers, failures, at: new Date(at).toISOString(), ...(frozen === undefined ? {} : { frozen }), ...(words === undefined ? {} : { words }) },
      ]),
    ),
  };
};

export const agents: Monitor<Config, Client, typeof Agents> = { title: "Guest agents", every: "60s", deadline: "30s", state: Agents, read };
