// GET /cluster/status: one entry for the cluster (absent on a single node) and one for each node.
import { JarvisError, z } from "jarvis";
import { looseFlag, looseNumber, looseRows, looseText } from "./loose.ts";

const Row = z.object({ type: z.string(), name: looseText, ip: looseText, nodeid: looseNumber, online: looseFlag, local: looseFlag, quorate: looseFlag, nodes: looseNumber });
export const ClusterRows = looseRows(Row);

export interface Membership {
  name: string | undefined;
  quorate: boolean;
  /** Nodes that are members now, and nodes in all; how many votes that makes is counted in votes.ts. */
  online: number;
  of: number;
  nodes: { name: string; online: boolean; address: string | undefined }[];
}

/** Throws upstream_garbage when it names no node or fewer than it counts: that is half an answer, never a smaller cluster. */
export const membershipOf = (rows: z.output<typeof ClusterRows>): Membership => {
  const cluster = rows.find((row) => row.type === "cluster");
  const nodes = rows.flatMap((row) => (row.type === "node" && row.name !== undefined ? [{ name: row.name, online: row.online ?? false, address: row.ip }] : []));
  if (nodes.length === 0) throw new JarvisError("upstream_garbage", { message: "/cluster/status names no node.", data: { reason: "no-nodes" } });
  if (cluster && cluster.quorate === undefined)
    throw new JarvisError("upstream_garbage", { message: "/cluster/status does not say whether the cluster is quorate.", data: { reason: "no-quorate" } });
  // The cluster's own row counts its nodes, so a list that was cut shows.
  if ((cluster === undefined && nodes.length > 1) || nodes.length < (cluster?.nodes ?? 0))
    throw new JarvisError("upstream_garbage", {
      message: `/cluster/status names ${nodes.length} of ${cluster?.nodes ?? "an unknown number of"} nodes.`,
      data: { reason: "short-list" },
    });
  const online = nodes.filter((node) => node.online).length;
  return { name: cluster?.name, quorate: cluster?.quorate ?? true, online, of: nodes.length, nodes };
};
