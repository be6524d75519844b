// proxmox_node_loss_forecast and proxmox_node_maintenance_check: what breaks if a node dies now, and what must be moved or stopped before it goes down. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { maintenanceCheck, maintenanceWords } from "../forecast/maintenance.ts";
import { nodeLoss } from "../forecast/node-loss.ts";
import { lossWords } from "../forecast/words.ts";
import { compact } from "../shapes/compact.ts";
import { clusterPicture } from "./cluster-picture.ts";
import { memberOf, membershipNow, nodeInput, nodeTarget, runningOn } from "./node-look.ts";

const Input = z.object(nodeInput);
const MOST_TEXT = 30_000;

const Quorum = z.object({
  votes: z.number(),
  of: z.number(),
  needed: z.number(),
  after: z.number(),
  verdict: z.enum(["stays", "lost", "doubtful", "alone"]),
  survives: z.boolean(),
  margin: z.number(),
});
const Forecast = z.object({
  node: z.string(),
  online: z.boolean(),
  quorum: Quorum,
  guests: z.array(z.object({ vmid: z.number(), name: z.string(), kind: z.enum(["vm", "ct"]), fate: z.string(), to: z.string().optional(), words: z.string() })),
  stopped: z.number(),
  survivors: z.array(z.object({ node: z.string(), totalBytes: z.number(), usedBytes: z.number(), afterBytes: z.number(), freePercentAfter: z.number() })),
  storages: z.array(z.string()),
  served: z.array(z.object({ storage: z.string(), guest: z.string() })),
  replication: z.array(z.string()),
  unread: z.array(z.string()),
});

export const nodeLossForecast: Tool<Config, Client, typeof Input> = {
  title: "What breaks if this node dies now",
  about:
    "Tells what a node's sudden loss would do: whether quorum holds and with which margin, which guests HA brings back and where, which stay down because of their disks, how much memory the others have left, which storages go.",
  effect: "read",
  input: Input,
  output: Forecast,
  target: nodeTarget,
  run: async (ctx, { node }) => {
    const { name } = memberOf(await membershipNow(ctx), node);
    const loss = nodeLoss(await clusterPicture(ctx, name), name);
    return { text: lossWords(loss).join("\n").slice(0, MOST_TEXT), data: { ...loss, guests: loss.guests.map((guest) => compact({ ...guest })) } };
  },
};

const Check = z.object({
  node: z.string(),
  ready: z.boolean(),
  blockers: z.array(z.string()),
  steps: z.array(z.object({ vmid: z.number(), name: z.string(), way: z.enum(["ha", "move", "stop"]), to: z.string().optional(), words: z.string() })),
  quorum: Quorum.omit({ survives: true, margin: true }),
  breaks: z.array(z.string()),
  unread: z.array(z.string()),
});

export const nodeMaintenanceCheck: Tool<Config, Client, typeof Input> = {
  title: "Is this node ready for maintenance",
  about:
    "Tells what must be moved or shut down before a node goes down on purpose, what forbids it now (quorum, running tasks, another node away), and what would be missing meanwhile.",
  effect: "read",
  input: Input,
  output: Check,
  target: nodeTarget,
  run: async (ctx, { node }) => {
    const { name, online } = memberOf(await membershipNow(ctx), node);
    const [picture, running] = await Promise.all([clusterPicture(ctx, name), online ? runningOn(ctx, name) : { value: [] }]);
    const works = running.value?.map((task) => ({ what: `${task.type}${task.id === "" ? "" : ` ${task.id}`}`, id: task.upid }));
    const check = maintenanceCheck(picture, name, works);
    return { text: maintenanceWords(check).join("\n").slice(0, MOST_TEXT), data: { ...check, steps: check.steps.map((step) => compact({ ...step })) } };
  },
};
