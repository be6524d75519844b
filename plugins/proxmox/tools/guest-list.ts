// proxmox_guest_list: all guests of the cluster with what the last reading knows. Reads only.

import type { Tool } from "jarvis";
import { z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { tagsOf } from "../monitors/guest/state.ts";
import { isGuest } from "../monitors/resources-answer.ts";
import { compact } from "../shapes/compact.ts";
import type { Entry } from "../shapes/resources.ts";
import { recentEntries } from "./locate.ts";

const Input = z.object({
  node: z.string().max(100).optional().describe("Only guests of this node"),
  status: z.string().max(30).optional().describe("Only guests in this state: running, stopped, paused ..."),
});

const Row = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  guestKind: z.enum(["vm", "ct"]),
  status: z.string(),
  template: z.boolean().optional(),
  uptimeSeconds: z.number().optional(),
  lock: z.string().optional(),
  tags: z.array(z.string()),
});
const Output = z.object({ guests: z.array(Row) });

const rowOf = (entry: Entry): z.output<typeof Row>[] => {
  const { vmid, node } = entry;
  if (!isGuest(entry) || vmid === undefined || node === undefined) return [];
  return [
    compact({
      vmid,
      name: entry.name ?? `guest ${vmid}`,
      node,
      guestKind: entry.type === "qemu" ? ("vm" as const) : ("ct" as const),
      status: entry.status ?? "unknown",
      template: entry.template || undefined,
      uptimeSeconds: entry.status === "running" ? entry.uptime : undefined,
      lock: entry.lock,
      tags: tagsOf(entry.tags),
    }),
  ];
};

export const guestList: Tool<Config, Client, typeof Input> = {
  title: "List guests",
  about: "Lists the VMs and containers of the cluster with their node and state. For one guest's details use proxmox_guest_get.",
  effect: "read",
  input: Input,
  output: Output,
  run: async (ctx, { node, status }) => {
    const rows = (await recentEntries(ctx)).flatMap(rowOf).sort((a, b) => a.vmid - b.vmid);
    const guests = rows.filter((row) => (node === undefined || row.node.toLowerCase() === node.toLowerCase()) && (status === undefined || row.status === status));
    const counted = (word: string): number => guests.filter((row) => row.status === word).length;
    const unknown = counted("unknown") === 0 ? "" : `, ${counted("unknown")} unknown`;
    const lines = guests.map((row) => `${row.vmid} ${row.name} (${row.guestKind}, ${row.node}): ${row.status}`);
    return { text: [`${guests.length} guests, ${counted("running")} running${unknown}.`, ...lines].join("\n").slice(0, 60_000), data: { guests } };
  },
};
