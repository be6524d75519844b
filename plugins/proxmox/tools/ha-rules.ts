// Where HA services like to be, in one shape for both dialects: groups up to 8.x, node-affinity rules from 9.x (where asking for groups is an error). Reads only.
import { JarvisError, z } from "jarvis";
import type { Ctx } from "../context.ts";
import type { Affinity } from "../forecast/picture.ts";
import { looseFlag, looseRows, looseText } from "../shapes/loose.ts";

const Rules = looseRows(z.object({ type: looseText, resources: looseText, nodes: looseText, strict: looseFlag, disable: looseFlag }));
const Groups = looseRows(z.object({ group: z.string(), nodes: looseText, restricted: looseFlag }));
const Members = looseRows(z.object({ sid: z.string(), group: looseText }));

const vmidOf = (sid: string): number[] => {
  const [, digits] = /^(?:vm|ct):(\d+)$/.exec(sid) ?? [];
  return digits === undefined ? [] : [Number(digits)];
};

/** `pve:2,agent1` -> pve 2, agent1 0 */
const prioritiesOf = (nodes: string | undefined): Map<string, number> =>
  new Map(
    (nodes ?? "")
      .split(",")
      .filter(Boolean)
      .map((part) => [part.split(":")[0] ?? part, Number(part.split(":")[1] ?? 0)]),
  );

const byRules = async (ctx: Ctx): Promise<Affinity[]> => {
  const rules = await ctx.client.get(ctx, "/cluster/ha/rules", Rules);
  return rules
    .filter((rule) => rule.disable !== true && (rule.type ?? "node-affinity") === "node-affinity")
    .map((rule) => ({ vmids: (rule.resources ?? "").split(",").flatMap((sid) => vmidOf(sid.trim())), nodes: prioritiesOf(rule.nodes), strict: rule.strict ?? false }));
};

const byGroups = async (ctx: Ctx): Promise<Affinity[]> => {
  const [groups, members] = await Promise.all([ctx.client.get(ctx, "/cluster/ha/groups", Groups), ctx.client.get(ctx, "/cluster/ha/resources", Members)]);
  return groups.map(({ group, nodes, restricted }) => ({
    vmids: members.filter((member) => member.group === group).flatMap((member) => vmidOf(member.sid)),
    nodes: prioritiesOf(nodes),
    strict: restricted ?? false,
  }));
};

/** A release without rules says 501 or that there is no such path; anything else is told. */
const hasNone = (thrown: unknown): boolean => thrown instanceof JarvisError && thrown.details.data?.reason === "unknown-path";

export const affinitiesOf = async (ctx: Ctx): Promise<Affinity[]> => {
  try {
    return await byRules(ctx);
  } catch (thrown) {
    if (!hasNone(thrown)) throw thrown;
    return byGroups(ctx);
  }
};
