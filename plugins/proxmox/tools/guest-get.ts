// proxmox_guest_get: one guest as it is this moment, asked of its node. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { tagsOf } from "../monitors/guest/state.ts";
import { compact } from "../shapes/compact.ts";
import { Current, factsOf, GuestConfig, kindOf, stateOf } from "../shapes/guest.ts";
import { burden, Pressure, pressureOf } from "../shapes/pressure.ts";
import { baseOf } from "./base.ts";
import { atPlace, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);

/** `cpu`: fraction of the guest's own cpus. Sizes in bytes. `pressure`: absent before Proxmox VE 9. */
const Output = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  guestKind: z.enum(["vm", "ct"]),
  status: z.string(),
  uptimeSeconds: z.number(),
  lock: z.string().optional(),
  tags: z.array(z.string()),
  cpu: z.number().optional(),
  cpus: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
  diskBytes: z.number().optional(),
  diskTotalBytes: z.number().optional(),
  template: z.boolean().optional(),
  haManaged: z.boolean().optional(),
  haState: z.string().optional(),
  onboot: z.boolean().optional(),
  protection: z.boolean().optional(),
  identity: z.string().optional(),
  addresses: z.array(z.string()).optional(),
  pressure: Pressure.optional(),
});

export const guestGet: Tool<Config, Client, typeof Input> = {
  title: "Look at a guest",
  about: "Tells one VM's or container's state, node, uptime, lock, tags, cpu and memory as they are now. By vmid or by name.",
  effect: "read",
  input: Input,
  output: Output,
  target: targetOf,
  run: async (ctx, input) => {
    const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) =>
      Promise.all([client.get(ctx, `${baseOf(at)}/status/current`, Current), client.get(ctx, `${baseOf(at)}/config`, GuestConfig).catch(() => undefined)]),
    );
    const [current, config] = value;
    const facts = config === undefined ? undefined : factsOf(place.sort, config);
    const listed = ctx.client.memory.latest()?.entries.find((entry) => entry.vmid === place.vmid);
    const status = stateOf(current);
    const data = compact({
      vmid: place.vmid,
      name: current.name ?? place.name,
      node: place.node,
      guestKind: kindOf(place.sort),
      status,
      uptimeSeconds: current.uptime ?? 0,
      lock: current.lock ?? facts?.lock,
      tags: tagsOf(current.tags),
      cpu: listed?.status === "running" && current.status === "running" ? (listed.cpu ?? current.cpu) : current.cpu,
      cpus: current.cpus,
      memoryBytes: current.mem,
      memoryTotalBytes: current.maxmem,
      diskBytes: place.sort === "lxc" ? current.disk : undefined,
      diskTotalBytes: current.maxdisk,
      template: (current.template ?? facts?.template) || undefined,
      haManaged: current.ha?.managed,
      haState: current.ha?.state,
      onboot: facts?.onboot,
      protection: facts?.protection,
      identity: facts?.identity,
      addresses: facts?.addresses,
      pressure: pressureOf(current),
    });
    const waits = burden(data.pressure);
    const uptime = data.uptimeSeconds > 0 ? `, up for ${Math.round(data.uptimeSeconds)} s` : "";
    return {
      text: `${data.name} (${data.guestKind} ${data.vmid} on ${data.node}) is ${status}${data.lock ? `, locked (${data.lock})` : ""}${uptime}.${waits === undefined ? "" : ` ${waits}`}`,
      data,
    };
  },
};
