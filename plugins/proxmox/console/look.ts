// What a console is decided by: whose it is and whether it runs. Locks, tasks and quorum are left out: they do not hinder a look, and a person wants one most when they stand in the way.
import { JarvisError, type Preflight } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { Current, factsOf, GuestConfig, stateOf } from "../shapes/guest.ts";
import { baseOf } from "../tools/base.ts";
import { refuseUnentitled } from "../tools/entitled.ts";
import { atPlace, locateInput, type Place } from "../tools/locate.ts";
import { memberOf } from "../tools/node-look.ts";
import { serialOf } from "./serial.ts";

const MOST_NAME = 200;

/** A VM runs with what it was started with: a port that was set since waits for its next start. */
const serialFacts = async (ctx: Ctx, at: Place, wanted: GuestConfig): Promise<Record<string, string>> => {
  const set = at.sort === "qemu" ? serialOf(wanted) : undefined;
  if (set === undefined) return {};
  const serial = serialOf(await ctx.client.get(ctx, `${baseOf(at)}/config`, GuestConfig, { current: 1 }));
  return serial === undefined ? { waiting: set } : { serial };
};

const lookAtGuest = async (ctx: Ctx, vmid: number): Promise<Preflight> => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, { vmid }), async (client, at) => {
    const current = await client.get(ctx, `${baseOf(at)}/status/current`, Current);
    const config = await client.get(ctx, `${baseOf(at)}/config`, GuestConfig);
    return { current, config, serial: await serialFacts(ctx, at, config) };
  });
  const { current, config, serial } = value;
  const { identity, template } = factsOf(place.sort, config);
  return {
    target: `guest/${vmid}`,
    name: (current.name ?? place.name).slice(0, MOST_NAME),
    ...(identity === undefined ? {} : { identity }),
    status: stateOf(current).slice(0, 50),
    template: current.template ?? template,
    facts: { node: place.node, sort: place.sort, status: current.status, ...serial },
  };
};

const lookAtNode = async (ctx: Ctx, wanted: string): Promise<Preflight> => {
  const member = memberOf(membershipOf(await ctx.client.get(ctx, "/cluster/status", ClusterRows)), wanted);
  return {
    target: path`node/${member.name.toLowerCase()}`,
    name: member.name.slice(0, MOST_NAME),
    status: member.online ? "online" : "offline",
    facts: { node: member.name, sort: "node", status: member.online ? "running" : "offline" },
  };
};

/** Throws not_found for what is neither a guest nor a node of this cluster, upstream_denied where the act token may not open it. */
export const lookFor = async (ctx: Ctx, resource: string): Promise<Preflight> => {
  const [, kind, name = ""] = /^(guest|node)\/(.+)$/.exec(resource) ?? [];
  if (kind === "node") {
    const facts = await lookAtNode(ctx, name);
    await refuseUnentitled(ctx, [{ feature: "node-console", path: path`/nodes/${facts.name ?? name}` }]);
    return facts;
  }
  if (kind === "guest" && /^\d{3,9}$/.test(name)) {
    const facts = await lookAtGuest(ctx, Number(name));
    await refuseUnentitled(ctx, [{ feature: "console", path: `/vms/${name}` }]);
    return facts;
  }
  throw new JarvisError("not_found", { message: `${resource} is neither a guest nor a node of this cluster.` });
};
