// proxmox_storage_trim: tells a VM's file systems to give back the blocks they do not use, so that thin storage below gets room. Refuses containers (Proxmox has no call for them), VMs without an agent that answers, and frozen ones.
import { JarvisError, type Preflight, type Sent, type Tool, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { factsOf } from "../shapes/guest.ts";
import { looseNumber, looseText } from "../shapes/loose.ts";
import { disksOf, inGib } from "./guest-disks.ts";
import { placeNoted, refused, withFacts } from "./guest-task.ts";
import { guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, recentEntries, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { noteLost, roomNoted, traceTrim } from "./trim-trace.ts";
import { verifyRunning } from "./verify.ts";

const MOST_PATHS = 100;

const Input = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

const Trimmed = z.object({ result: z.object({ paths: z.array(z.object({ path: looseText, trimmed: looseNumber, error: looseText })).max(1000) }) });
const Answered = z.object({ result: z.unknown() });

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, place, current, config } = await lookAtGuest(ctx, input, { memory: false });
  if (place.sort === "lxc") throw refused(`${place.name} is a container, and Proxmox's API cannot trim one. On ${place.node} run: pct fstrim ${place.vmid}`);
  if (current.status !== "running") throw refused(`${place.name} is ${current.status}; only a running VM can trim its disks.`);
  if (config !== undefined && !factsOf("qemu", config).agent)
    throw refused(`${place.name} has no guest agent switched on (Options > QEMU Guest Agent), and it is the agent that trims.`);
  const base = path`/nodes/${place.node}/qemu/${place.vmid}/agent`;
  const ping = await ask(ctx.client.look(ctx, `${base}/ping`, Answered));
  if (ping.denied) throw refused(ping.words);
  if (ping.value === undefined) throw refused(`The agent of ${place.name} does not answer (${ping.words}).`);
  const frozen = await ask(ctx.client.look(ctx, `${base}/fsfreeze-status`, z.object({ result: looseText })));
  if (frozen.value?.result === "frozen") throw refused(`The file systems of ${place.name} are frozen, as for a backup; a trim would wait until they are thawed.`);
  const kept = config === undefined ? [] : Object.entries(config).filter(([key, value]) => disksOf({ [key]: value }).length > 0 && !/(?:^|,)discard=on\b/.test(String(value)));
  const storages = config === undefined ? [] : disksOf(config).map(({ storage }) => storage);
  const { value: entries = [] } = await ask(recentEntries(ctx));
  return withFacts(facts, { noDiscard: kept.map(([key]) => key).join(","), room: roomNoted(entries, place, storages) });
};

const wordsOf = (name: string, paths: z.output<typeof Trimmed>["result"]["paths"]): string => {
  const bytes = paths.reduce((sum, one) => sum + (one.trimmed ?? 0), 0);
  const failed = paths.filter((one) => one.error !== undefined).map((one) => `${one.path ?? "?"}: ${one.error}`);
  return `${name} gave back ${inGib(bytes)} from ${paths.length - failed.length} file systems${failed.length === 0 ? "." : `; ${failed.join("; ")}.`}`.slice(0, 4000);
};

const run = async (ctx: Ctx, input: Input, sent: Sent) => {
  const place = await placeNoted(ctx, input, sent);
  const at = ctx.now();
  const { result } = await ctx.client.write(ctx, { method: "POST", path: path`/nodes/${place.node}/qemu/${place.vmid}/agent/fstrim`, answer: Trimmed }).catch((thrown: unknown) => {
    if (thrown instanceof JarvisError) noteLost(ctx, place, sent, { thrown, tookMs: ctx.now() - at });
    throw thrown;
  });
  const paths = result.paths.slice(0, MOST_PATHS);
  if (paths.length > 0 && paths.every((one) => one.error !== undefined)) throw new JarvisError("upstream", { message: wordsOf(place.name, paths), data: { definitive: true } });
  const kept = sent.preflight?.facts?.noDiscard ?? "";
  return {
    text: wordsOf(place.name, paths),
    data: { vmid: place.vmid, node: place.node, trimmedBytes: paths.reduce((sum, one) => sum + (one.trimmed ?? 0), 0) },
    ...(kept === "" ? {} : { warnings: [`${kept} of ${place.name} has no discard=on: what was trimmed there gives its storage no room`] }),
  };
};

/** It leaves nothing to look at but a guest that is well. */
const verify = async (ctx: Ctx, input: Input, earlier: Verdict | undefined): Promise<Verdict> => {
  const place = await locateInput(ctx, input);
  const ping = await ask(ctx.client.look(ctx, path`/nodes/${place.node}/qemu/${place.vmid}/agent/ping`, Answered));
  if (ping.value === undefined) return { ok: false, words: `The agent of ${place.name} does not answer (${ping.words}).`.slice(0, 1000) };
  return verifyRunning(ctx, input, earlier);
};

export const storageTrim: Tool<Config, Client, typeof Input> = {
  title: "Trim a VM's disks",
  about:
    "Has a VM give blocks it does not use back to its storage, through its guest agent. The first thing to try when a thin pool fills. Frees room only on disks with discard=on; containers need `pct fstrim` on their node.",
  effect: "reversible",
  input: Input,
  output: z.object({ vmid: z.number(), node: z.string(), trimmedBytes: z.number() }),
  target: targetOf,
  preflight,
  run,
  verify: (ctx, input, _, earlier) => verify(ctx, input, earlier),
  trace: async (ctx, input, sent) => traceTrim(ctx, await placeNoted(ctx, input, sent), sent),
};
