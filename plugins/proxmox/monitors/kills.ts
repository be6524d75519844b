// Monitor `kills`: processes that containers lost to their own memory limit, from the journal of the node. Asks only where a container is at its limit, one node a reading, in turn.
import { type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { type Line, parseJournal } from "../probe/journal.ts";
import { allowanceOf } from "./allowance.ts";
import { type KillNote, notesOf } from "./guest/notes.ts";
import { inTurn, perClient } from "./turns.ts";

const EVERY_MS = 60_000;
const FRESH_MS = 15_000;
const WINDOW_MS = 10 * 60_000;
/** From this share of its memory on a container may be killing its own processes. */
const FULL = 0.93;
/** The limit of a container that was reached (not the node's memory), whose it was, and who was killed. */
const KILL = /oom-kill:constraint=CONSTRAINT_MEMCG\b.*\boom_memcg=\/lxc(?:\.payload)?[./](\d+)(?![\w-]).*\btask=([^,]+)/;

const Kills = z.object({
  kills: z.record(z.string(), z.object({ count: z.number().int(), at: z.string(), process: z.string() })),
  /** Why a node's journal could not be read. */
  words: z.string().optional(),
});
type Kills = z.output<typeof Kills>;

const readAt = perClient(() => new Map<string, number>());

/** By vmid; times of our clock. */
export const killsIn = (lines: readonly Line[], source: string, skewMs: number): Map<number, KillNote> => {
  const found = new Map<number, KillNote>();
  for (const { at, from, text } of lines) {
    const [, vmid, victim] = /^kernel/.test(from) ? (KILL.exec(text) ?? []) : [];
    if (vmid === undefined || victim === undefined || at === undefined) continue;
    const count = (found.get(Number(vmid))?.count ?? 0) + 1;
    found.set(Number(vmid), { count, at: at - skewMs, process: victim.slice(0, 60), line: `${from}: ${text}`.slice(0, 600), source });
  }
  return found;
};

const allowance = allowanceOf(EVERY_MS);

const read = async (ctx: Ctx): Promise<Kills> => {
  const allow = allowance(ctx);
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { kills } = notesOf(ctx.client);
  const looked = readAt(ctx.client);
  const full = entries.filter(({ type, status, mem = 0, maxmem = 0 }) => type === "lxc" && status === "running" && maxmem > 0 && mem / maxmem >= FULL);
  const nodes = [...new Set(full.flatMap(({ node }) => node ?? []))];
  const [node] = inTurn(nodes, (name) => looked.get(name), nodes.length === 0 ? 0 : allow(1));
  let words: string | undefined;
  if (node !== undefined) {
    looked.set(node, ctx.now());
    const nowMs = ctx.client.serverTime(ctx);
    const where = path`/nodes/${node}/journal`;
    const answer = await ask(ctx.client.get(ctx, where, z.array(z.unknown()), { since: Math.floor((nowMs - WINDOW_MS) / 1000) }));
    words = answer.words;
    const lines = parseJournal(answer.value ?? [], { node, sinceMs: nowMs - WINDOW_MS, nowMs });
    for (const [vmid, note] of killsIn(lines, `GET ${where}`, nowMs - ctx.now())) kills.set(vmid, note);
  }
  for (const [vmid, { at }] of kills) if (ctx.now() - at > 6 * WINDOW_MS) kills.delete(vmid);
  const told = [...kills].map(([vmid, { count, at, process }]) => [String(vmid), { count, at: new Date(at).toISOString(), process }] as const);
  return { kills: Object.fromEntries(told), ...(words === undefined ? {} : { words }) };
};

export const kills: Monitor<Config, Client, typeof Kills> = { title: "Processes killed for memory", every: "60s", state: Kills, read };
