// Whom the nodes ask for names first, as their own set-up says, and which guest that is. What was not read is not known.
import { type Status, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { looseText } from "../shapes/loose.ts";
import type { Entry } from "../shapes/resources.ts";

export const Resolver = z.object({
  address: z.string(),
  guest: z.object({ vmid: z.number().int(), name: z.string(), running: z.boolean(), unseen: z.boolean().optional() }).optional(),
});
type Resolver = z.output<typeof Resolver>;

/** As its guest is: whether it answers inside there nobody looks, until the nodes' journals say that it does not. */
export const statusOf = ({ guest }: Resolver): Status => {
  if (guest === undefined || guest.unseen) return "unknown";
  return guest.running ? "up" : "down";
};

/** From a guest's start to its resolver's first answer. */
const BOOTS_MS = 120_000;

const Dns = z.object({ dns1: looseText });

/** Needs Sys.Audit on the node; throws as the client does. */
export const learnResolver = async (ctx: Ctx, node: string): Promise<void> => {
  const { dns1 } = await ctx.client.get(ctx, path`/nodes/${node}/dns`, Dns);
  if (dns1 === undefined) ctx.client.memory.resolvers.delete(node);
  else ctx.client.memory.resolvers.set(node, dns1);
};

/** The one most nodes ask. */
export const resolverOf = ({ memory }: Pick<Client, "memory">, entries: readonly Entry[]): Resolver | undefined => {
  const asked = Map.groupBy(memory.resolvers.values(), (address) => address);
  const [most] = [...asked].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return undefined;
  const [address] = most;
  const vmid = [...memory.facts].find(([, { facts }]) => facts?.addresses.includes(address))?.[0];
  const entry = entries.find((one) => one.vmid !== undefined && one.vmid === vmid);
  const guest =
    vmid === undefined || entry === undefined
      ? undefined
      : { vmid, name: entry.name ?? `guest ${vmid}`, running: entry.status === "running", ...(entry.status === "unknown" ? { unseen: true } : {}) };
  return compact({ address, guest });
};

/** Epoch ms of ours: names that failed before are the resolver's standstill, which is over. */
export const resolvesSince = ({ memory }: Pick<Client, "memory">, resolver: Resolver | undefined): number => {
  const started = resolver?.guest?.running ? memory.started.get(`guest/${resolver.guest.vmid}`)?.at : undefined;
  return started === undefined ? Number.NEGATIVE_INFINITY : started + BOOTS_MS;
};
