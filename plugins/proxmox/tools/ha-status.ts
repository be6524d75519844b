// proxmox_ha_status: what HA keeps, where, in which state, and in words what each state means and what to do. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { ask } from "../probe/ask.ts";
import { compact } from "../shapes/compact.ts";
import { HaRows, haOf, type Lrm } from "../shapes/ha.ts";
import { affinitiesOf } from "./ha-rules.ts";
import { recentEntries } from "./locate.ts";

const Input = z.object({});

/** What a state means; those that are as they should be have no words. */
const MEANS: Readonly<Record<string, string>> = {
  error: "HA gave up after its tries to restart and move it and touches it no more; find why it does not start, then set its state to disabled and to started again by hand",
  fence: "its node is lost and HA waits until that is surely off, about two minutes; nothing may be started by hand meanwhile",
  recovery: "its node is surely off, and HA looks for another one; when it stays so, no node is allowed or has its disks",
  freeze: "its node is being rebooted or its local manager restarted; HA waits for it to come back",
  queued: "HA has not taken it up yet; when it stays so, no local manager is working",
  migrate: "it is being moved while it runs",
  relocate: "it is being stopped, moved and started again",
  request_stop: "it is being shut down",
  request_start: "it is about to be started",
  request_start_balance: "it is about to be placed and started",
  ignored: "HA was told to leave it alone",
  disabled: "HA was told to keep it stopped",
  stopped: "HA was told to keep it stopped",
};

const LRM_MEANS: Partial<Record<Lrm["mode"], string>> = {
  dead: "its local manager does not report: the node is away or pve-ha-lrm does not run there",
  drift: "its clock is off, so what it reports is not believed",
  maintenance: "it is in maintenance: HA keeps nothing there",
};

const Service = z.object({
  sid: z.string(),
  vmid: z.number().optional(),
  name: z.string().optional(),
  node: z.string(),
  state: z.string(),
  wanted: z.string().optional(),
  means: z.string().optional(),
  onlyOn: z.array(z.string()).optional(),
});
const Output = z.object({
  used: z.boolean(),
  master: z.string().optional(),
  services: z.array(Service),
  nodes: z.array(z.object({ node: z.string(), mode: z.string(), words: z.string(), means: z.string().optional() })),
  unread: z.array(z.string()),
});

export const haStatus: Tool<Config, Client, typeof Input> = {
  title: "Explain high availability",
  about: "Tells what HA keeps and in which state, what each state means and what to do about it, which node leads, and how each node's local manager stands.",
  effect: "read",
  input: Input,
  output: Output,
  run: async (ctx) => {
    const [ha, entries, rules] = await Promise.all([ctx.client.get(ctx, "/cluster/ha/status/current", HaRows).then(haOf), recentEntries(ctx), ask(affinitiesOf(ctx))]);
    const services = ha.services.map((service) => {
      const strict = rules.value?.find((rule) => rule.strict && service.vmid !== undefined && rule.vmids.includes(service.vmid));
      return compact({
        ...service,
        name: entries.find((entry) => entry.vmid === service.vmid)?.name,
        means: MEANS[service.state],
        onlyOn: strict === undefined ? undefined : [...strict.nodes.keys()],
      });
    });
    const nodes = ha.lrms.map((lrm) => compact({ ...lrm, means: LRM_MEANS[lrm.mode] }));
    const unread = rules.words === undefined ? [] : [`HA's rules could not be read (${rules.words.replace(/\.$/, "")})`];
    const lines = [
      services.length === 0 ? "HA keeps no guest: nothing is restarted or moved when a node is lost." : `HA keeps ${services.length} guests, led by ${ha.master ?? "nobody"}.`,
      ...services.map(
        ({ name, sid, node, state, means, onlyOn }) =>
          `${name ?? sid} (${sid}) on ${node}: ${state}${means === undefined ? "" : ` - ${means}`}${onlyOn === undefined ? "" : `; allowed on ${onlyOn.join(", ")} only`}`,
      ),
      ...nodes.flatMap(({ node, means }) => (means === undefined ? [] : [`${node}: ${means}`])),
      ...unread.map((words) => `Not known: ${words}.`),
    ];
    return { text: lines.join("\n").slice(0, 30_000), data: { used: services.length > 0, ...(ha.master === undefined ? {} : { master: ha.master }), services, nodes, unread } };
  },
};
