// proxmox_node_list: the nodes of the cluster and its quorum. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { ballotKept } from "../monitors/ballot.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { compact } from "../shapes/compact.ts";
import { countOf } from "../shapes/votes.ts";
import { recentEntries } from "./locate.ts";

const Input = z.object({});
const Row = z.object({
  name: z.string(),
  online: z.boolean(),
  address: z.string().optional(),
  cpus: z.number().optional(),
  cpuPercent: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
  uptimeSeconds: z.number().optional(),
});
const Output = z.object({ quorate: z.boolean(), votes: z.number(), of: z.number(), nodes: z.array(Row) });

export const nodeList: Tool<Config, Client, typeof Input> = {
  title: "List nodes",
  about: "Lists the nodes of the cluster with their load, and tells whether the cluster is quorate.",
  effect: "read",
  input: Input,
  output: Output,
  run: async (ctx) => {
    const [rows, entries] = await Promise.all([ctx.client.get(ctx, "/cluster/status", ClusterRows), recentEntries(ctx)]);
    const { quorate, online, of: all, nodes: members } = membershipOf(rows);
    const { votes, of } = countOf(members, quorate, await ballotKept(ctx, members));
    const nodes = members.map((member) => {
      const entry = member.online ? entries.find((candidate) => candidate.type === "node" && candidate.node === member.name) : undefined;
      return compact({
        name: member.name,
        online: member.online,
        address: member.address,
        cpus: entry?.maxcpu,
        cpuPercent: entry?.cpu === undefined ? undefined : Math.round(entry.cpu * 1000) / 10,
        memoryBytes: entry?.mem,
        memoryTotalBytes: entry?.maxmem,
        uptimeSeconds: entry?.uptime,
      });
    });
    const lines = nodes.map((node) => `${node.name}: ${node.online ? "online" : "offline"}${node.cpuPercent === undefined ? "" : `, cpu ${node.cpuPercent} %`}`);
    return {
      text: [`${online} of ${all} nodes online, ${quorate ? "quorate" : "no quorum"} (${votes} of ${of} votes).`, ...lines].join("\n"),
      data: { quorate, votes, of, nodes },
    };
  },
};
