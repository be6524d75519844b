// An act that our act token may not do is refused before anything is sent, with the privilege, the path and the command that grants it. What cannot be learned is left to Proxmox itself, whose own no comes before any work.
import { JarvisError, type Preflight, type Tool, type z } from "jarvis";
import type { Client } from "../client/client.ts";
import { type Feature, type Need, needOf } from "../client/needs.ts";
import { asOf } from "../client/rights.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { grantCommand } from "../setup/commands.ts";

/** One privilege an act needs on one path. */
export interface Demand {
  readonly feature: Feature;
  readonly path: string;
}

export type Demands<I> = (input: I, facts: Preflight) => readonly Demand[];

const majorOf = (version: string | undefined): number | undefined => {
  const major = Number.parseInt(version ?? "", 10);
  return Number.isNaN(major) ? undefined : major;
};

/** Before 9 a demand may stand on another path. */
const placeOf = (need: Need, known: Need, path: string): string => (need.path === known.path ? path : need.path);

const refusal = (who: string, need: Need, path: string): JarvisError => {
  const [privilege] = need.privileges;
  const [user = who, token] = who.split("!");
  const subject = token === undefined ? who : `the token ${who}`;
  const how = token === undefined ? "Give its role that privilege." : `Grant it as root on a node: ${grantCommand({ need, privilege, user, token })}`;
  return new JarvisError("upstream_denied", {
    message: `It needs ${privilege} on ${path}, which ${subject} lacks (${need.loses}). Nothing was sent. ${how}`.slice(0, 1000),
    data: { reason: "denied", definitive: true, sent: false, privilege, path, who },
  });
};

/** What is held on each path, asked once for each. A credential that is refused is refused for the act too; every other failure says nothing. */
const heldOn = async (ctx: Ctx, paths: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const held = await Promise.all(
    paths.map(async (path) => {
      try {
        return [[path, await ctx.client.held({ ...ctx, cause: "rights" }, "act", path)] as const];
      } catch (thrown) {
        if (thrown instanceof JarvisError && thrown.type === "upstream_auth") throw thrown;
        return [];
      }
    }),
  );
  return new Map(held.flat());
};

/** Throws upstream_denied when one of them is known not to be held. */
export const refuseUnentitled = async (ctx: Ctx, demands: readonly Demand[]): Promise<void> => {
  const who = ctx.client.identity.act;
  if (who === undefined || demands.length === 0) return;
  const release = majorOf((await ctx.client.rights(ctx).catch(() => undefined))?.version);
  const wanted = demands.map(({ feature, path }) => {
    const known = needOf(feature, "act");
    const need = asOf(known, release);
    return { need, path: placeOf(need, known, path) };
  });
  const held = await heldOn(ctx, [...new Set(wanted.map(({ path }) => path))]);
  const lacking = wanted.find(({ need, path }) => held.get(path) !== undefined && !need.privileges.some((privilege) => held.get(path)?.has(privilege)));
  if (lacking !== undefined) throw refusal(who, lacking.need, lacking.path);
};

/** The tool with that look added to its own. What is so already needs no right. */
export const entitled = <I extends z.ZodType>(tool: Tool<Config, Client, I>, demands: Demands<z.output<I>>): Tool<Config, Client, I> => {
  const { preflight } = tool;
  if (preflight === undefined) throw new JarvisError("bug", { message: `${tool.title} acts without looking first.` });
  return {
    ...tool,
    preflight: async (ctx, input) => {
      const facts = await preflight(ctx, input);
      if (facts.already === undefined) await refuseUnentitled(ctx, demands(input, facts));
      return facts;
    },
  };
};
