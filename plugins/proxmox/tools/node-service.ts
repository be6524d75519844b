// proxmox_node_service_restart: one of the daemons that may be restarted without harm. Refuses every other: restarting those of the cluster, HA, the watchdog or storage can reset the node (hazards 12, 13), and one on which processes hang in the kernel, as the restart would hang too (hazard 45).
import { type Preflight, type Sent, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { looseText } from "../shapes/loose.ts";
import { followTask, mustFact, refused, withFacts } from "./guest-task.ts";
import { lookAtNode, nodeInput, nodeTarget } from "./node-look.ts";
import { hangs } from "./node-stuck.ts";
import { traceOnNodes } from "./trace.ts";

/** Each holds no guest, no lock and no vote. The last two are time services, of which a node has one. */
const ALLOWED = ["pveproxy", "pvedaemon", "pvestatd", "chrony", "systemd-timesyncd"] as const;

const Input = z.object({ ...nodeInput, service: z.enum(ALLOWED).describe("Others are never restarted by Jarvis") });
type Input = z.output<typeof Input>;

const Service = z.object({ service: looseText, state: looseText, "active-state": looseText, "unit-state": looseText });

const serviceNow = (ctx: Ctx, node: string, service: string): Promise<z.output<typeof Service>> => ctx.client.get(ctx, path`/nodes/${node}/services/${service}/state`, Service);

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, member } = await lookAtNode(ctx, input);
  if (!member.online) throw refused(`${member.name} is offline; its services cannot be restarted.`);
  const [now, stuck] = await Promise.all([serviceNow(ctx, member.name, input.service), hangs(ctx, member.name)]);
  if (now["unit-state"] === "not-found") throw refused(`${member.name} has no ${input.service}.`);
  if (now["unit-state"] === "masked") throw refused(`${input.service} is masked on ${member.name}: somebody switched it off on purpose.`);
  if (stuck !== undefined)
    throw refused(
      `Processes hang in the kernel of ${member.name}, as far as can be told (${stuck}); ${input.service} could not be restarted there, and what is stuck has to be freed first.`,
    );
  return withFacts(facts, { service: input.service, state: now.state ?? "unknown" });
};

const verify = async (ctx: Ctx, { service }: Input, sent: Sent): Promise<Verdict> => {
  const node = mustFact(sent, "node");
  const { state } = await serviceNow(ctx, node, service);
  return { ok: state === "running", words: `${service} on ${node} is ${state ?? "in a state it does not tell"}.` };
};

const trace = (ctx: Ctx, { service }: Input, sent: Sent): Promise<Trace> =>
  traceOnNodes(ctx, [mustFact(sent, "node")], sent, { id: service, types: ["srvrestart"], sinceMs: sent.serverTimeMs });

export const nodeServiceRestart: Tool<Config, Client, typeof Input> = {
  title: "Restart a node's service",
  about:
    "Restarts pveproxy, pvedaemon, pvestatd or the time service of a node, for instance when its status stands still (pvestatd) or its clock drifts. Guests are not touched. Never cluster, HA or storage services.",
  effect: "disruptive",
  input: Input,
  output: z.object({ node: z.string(), service: z.string(), upid: z.string() }),
  target: nodeTarget,
  preflight,
  run: async (ctx, { service }, sent) => {
    const node = mustFact(sent, "node");
    const upid = await ctx.client.post(ctx, path`/nodes/${node}/services/${service}/restart`);
    return { text: `Asked ${node} to restart ${service}.`, upid, data: { node, service, upid } };
  },
  progress: (ctx, _, sent) => followTask(ctx, sent, "restart"),
  verify,
  trace,
  deadlineSeconds: 120,
};
