// Plays the pipeline's part with one tool over the lab: looks, sends, follows, checks twice. And asks the core's own policy and preconditions what they would say.
import type { z } from "zod";
import type { Context } from "../../../../core/contract/context.ts";
import { JarvisError } from "../../../../core/contract/error.ts";
import type { Effect, Preflight, Sent, Tool, Verdict } from "../../../../core/contract/tool.ts";
import { decide } from "../../../../core/tools/policy.ts";
import { preconditions } from "../../../../core/tools/preconditions.ts";
import type { Client } from "../../../../plugins/proxmox/client/client.ts";
import { createClient } from "../../../../plugins/proxmox/client/client.ts";
import type { Config } from "../../../../plugins/proxmox/config.ts";
import { until } from "../../../support/until.ts";
import { configOf, type House } from "../house.ts";

type Ctx = Context<Config, Client>;
type Any<I extends z.ZodType> = Tool<Config, Client, I>;

export const look = async <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>): Promise<Preflight> => {
  const facts = await tool.preflight?.(ctx, tool.input.parse(input));
  if (facts === undefined) throw new Error("this tool has no preflight");
  return facts;
};

/** Facts once nothing runs on the guest any more. */
export const lookCalm = <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>): Promise<Preflight> =>
  until(
    async () => {
      const facts = await look(ctx, tool, input);
      return facts.busy?.length === 0 && facts.lock === undefined ? facts : undefined;
    },
    { withinMs: 30_000, what: `calm before ${tool.title}` },
  );

export const send = async <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>, facts: Preflight): Promise<Sent> => {
  const noted: Sent = { preflight: facts, ...(facts.serverTimeMs === undefined ? {} : { serverTimeMs: facts.serverTimeMs }) };
  return { ...noted, result: await tool.run(ctx, tool.input.parse(input), noted) };
};

export const ends = async <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>, sent: Sent) => {
  if (tool.progress === undefined) return { ended: true as const, ok: true, text: sent.result?.text ?? "", data: undefined };
  return until(
    async () => {
      const seen = await tool.progress?.(ctx, tool.input.parse(input), sent);
      return seen?.ended ? seen : undefined;
    },
    { withinMs: 60_000, what: `the end of ${tool.title}` },
  );
};

/** Two looks, as the pipeline takes them. */
export const holds = async <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>, sent: Sent): Promise<Verdict> => {
  const once = (earlier: Verdict | undefined) =>
    until(
      async () => {
        const seen = await tool.verify?.(ctx, tool.input.parse(input), sent, earlier);
        return seen?.ok ? seen : undefined;
      },
      { withinMs: 30_000, what: `${tool.title} holding` },
    );
  return once(await once(undefined));
};

/** The whole way of an act that succeeds. */
export const succeeds = async <I extends z.ZodType>(ctx: Ctx, tool: Any<I>, input: z.input<I>) => {
  const facts = await lookCalm(ctx, tool, input);
  const sent = await send(ctx, tool, input, facts);
  const ended = await ends(ctx, tool, input, sent);
  if (!ended.ok) throw new Error(ended.text);
  return { facts, sent, ended, verdict: await holds(ctx, tool, input, sent) };
};

export const words = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "well";
  } catch (thrown) {
    return thrown instanceof JarvisError ? `${thrown.type}: ${thrown.message}` : String(thrown);
  }
};

/** An act whose reply the lab swallows: thrown as lost, and what the trace finds in the end. */
export const loses = async <I extends z.ZodType>(house: House, ctx: Ctx, tool: Any<I>, input: z.input<I>, drop: { method?: string; path: string }) => {
  const facts = await lookCalm(ctx, tool, input);
  await house.lab.dropReply(drop);
  const said = await words(send(ctx, tool, input, facts));
  const noted: Sent = { preflight: facts, ...(facts.serverTimeMs === undefined ? {} : { serverTimeMs: facts.serverTimeMs }) };
  const found = await until(
    async () => {
      const trace = await tool.trace?.(ctx, tool.input.parse(input), noted);
      return trace?.found === "effect" ? trace : undefined;
    },
    { withinMs: 30_000, what: `the trace of ${tool.title}` },
  );
  if (found.upid !== undefined) await ends(ctx, tool, input, { ...noted, result: { text: found.words, upid: found.upid } });
  return { said, found, noted };
};

const view = { mode: "act" as const, killLevel: undefined, rules: [], minute: () => 0, protect: ["guest/105"], self: { state: "outside" as const, resources: [], words: "" } };
const CALLERS = {
  jarvis: { kind: "remedy" as const, id: "x/y", scope: "operate" as const, tainted: false },
  operator: { kind: "operator" as const, id: "s", scope: "admin" as const, tainted: false },
  token: { kind: "script" as const, id: "t", scope: "operate" as const, tainted: false },
};

/** What the core's policy and preconditions say to these facts. */
export const ruling = (tool: { effect: Effect }, facts: Preflight, who: keyof typeof CALLERS): string => {
  const unasked = who === "jarvis";
  const { decision, rule } = decide(
    { tool: "t", effect: tool.effect, target: facts.target, touches: facts.touches ?? [], caller: CALLERS[who], bound: unasked, hold: undefined },
    view,
  );
  if (decision === "deny") return `refused ${rule}`;
  const stop = preconditions(facts, { effect: tool.effect, unasked, nowMs: facts.serverTimeMs ?? 0, maintenance: false, before: undefined }).find(
    (finding) => finding.binding && (decision !== "ask" || finding.lasting === true),
  );
  if (stop) return `refused ${stop.rule}: ${stop.words}`;
  return decision === "ask" ? `held ${rule}` : "runs";
};

/** The same lab, signed in as a person with every right. */
export const asRoot = (house: House): Ctx => {
  const root = house.lab.ready.pve.users?.find((user) => user.userid === "root@pam");
  const config = configOf(house.lab, { token: undefined, actToken: undefined, user: "root@pam", password: root?.password });
  return { ...house.ctx, config, client: createClient(config, undefined) };
};
