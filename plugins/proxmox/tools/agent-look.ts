// proxmox_guest_agent_get: what the agent inside a VM tells of its system, file systems and addresses, or in words why it tells nothing. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { ask } from "../probe/ask.ts";
import { compact } from "../shapes/compact.ts";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { agentBase, noAgent } from "./agent-answer.ts";
import { inGib } from "./guest-disks.ts";
import { guestInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";

const MOST = 50;
const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);

const Info = z.object({ result: z.object({ version: looseText }) });
const Os = z.object({ result: z.object({ "pretty-name": looseText, name: looseText, "kernel-release": looseText }) });
const Host = z.object({ result: z.object({ "host-name": looseText }) });
const FileSystems = z.object({ result: looseRows(z.object({ mountpoint: z.string().max(500), type: looseText, "used-bytes": looseNumber, "total-bytes": looseNumber })) });
const Nets = z.object({ result: looseRows(z.object({ name: z.string().max(100), "ip-addresses": looseRows(z.object({ "ip-address": z.string().max(100) })).optional() })) });

const Output = z.object({
  vmid: z.number(),
  answers: z.boolean(),
  why: z.string().optional(),
  version: z.string().optional(),
  system: z.string().optional(),
  kernel: z.string().optional(),
  hostName: z.string().optional(),
  fileSystems: z.array(z.object({ path: z.string(), type: z.string().optional(), usedBytes: z.number().optional(), totalBytes: z.number().optional() })),
  addresses: z.array(z.string()),
});
type Output = z.output<typeof Output>;

const wordsOf = (name: string, told: Output): string => {
  if (!told.answers) return `The guest agent of ${name} tells nothing: ${told.why ?? "it does not answer"}`;
  const disks = told.fileSystems.map(({ path, usedBytes, totalBytes }) =>
    usedBytes === undefined || totalBytes === undefined || totalBytes <= 0 ? path : `${path} ${Math.round((usedBytes / totalBytes) * 100)} % of ${inGib(totalBytes)} used`,
  );
  return [
    `The guest agent of ${name} answers${told.version === undefined ? "" : ` (${told.version})`}: ${told.system ?? "an unknown system"}${told.kernel === undefined ? "" : `, kernel ${told.kernel}`}${told.hostName === undefined ? "" : `, host name ${told.hostName}`}.`,
    ...disks,
    told.addresses.length > 0 ? `Addresses: ${told.addresses.join(", ")}` : "It tells no address.",
  ].join("\n");
};

export const guestAgentGet: Tool<Config, Client, typeof Input> = {
  title: "Ask the guest agent",
  about: "Tells whether a VM's guest agent answers, and what it knows: system, kernel, host name, file systems and how full they are, addresses. Containers have no agent.",
  effect: "read",
  input: Input,
  output: Output,
  target: targetOf,
  run: async (ctx, input) => {
    const look = await lookAtGuest(ctx, input, { memory: false });
    const { place } = look;
    const silent = (why: string) => ({ vmid: place.vmid, answers: false, why, fileSystems: [], addresses: [] });
    const tell = (data: Output) => ({ text: wordsOf(place.name, data).slice(0, 20_000), data });
    const no = noAgent(look);
    if (no !== undefined) return tell(silent(no));
    const base = agentBase(place);
    // One question first: a silent agent costs 3 s each.
    const info = await ask(ctx.client.get(ctx, `${base}/info`, Info));
    if (info.value === undefined) return tell(silent(info.words));
    const [os, host, disks, nets] = await Promise.all([
      ask(ctx.client.get(ctx, `${base}/get-osinfo`, Os)),
      ask(ctx.client.get(ctx, `${base}/get-host-name`, Host)),
      ask(ctx.client.get(ctx, `${base}/get-fsinfo`, FileSystems)),
      ask(ctx.client.get(ctx, `${base}/network-get-interfaces`, Nets)),
    ]);
    const system = os.value?.result;
    return tell(
      compact({
        vmid: place.vmid,
        answers: true,
        version: info.value.result.version,
        system: system?.["pretty-name"] ?? system?.name,
        kernel: system?.["kernel-release"],
        hostName: host.value?.result["host-name"],
        fileSystems: (disks.value?.result ?? [])
          .slice(0, MOST)
          .map((one) => compact({ path: one.mountpoint, type: one.type, usedBytes: one["used-bytes"], totalBytes: one["total-bytes"] })),
        addresses: (nets.value?.result ?? []).flatMap((net) => (net.name === "lo" ? [] : (net["ip-addresses"] ?? []).map((address) => address["ip-address"]))).slice(0, MOST),
      }),
    );
  },
};
