// Learns who each guest is (SMBIOS uuid, MACs, addresses, onboot) from its configuration, slowly: in what is left of the slow lane, running VMs first, lowest id first.
import type { Caller, Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import { path } from "../client/path.ts";
import { factsOf, GuestConfig, type Sort } from "../shapes/guest.ts";
import type { Entry } from "../shapes/resources.ts";
import { isGuest } from "./resources-answer.ts";

const MINUTE_MS = 60_000;
/** A known configuration is read anew this seldom. */
const STALE_MS = 60 * MINUTE_MS;
/** One that could not be read: a hiccup costs a minute, for who Jarvis is may hang on it; what never answers is asked this seldom in the end. */
const [FIRST_AGAIN_MS, FAILED_MS] = [MINUTE_MS, 10 * MINUTE_MS];
const againMs = (failures: number): number => Math.min(FAILED_MS, FIRST_AGAIN_MS * 2 ** (failures - 1));

interface Candidate {
  vmid: number;
  node: string;
  sort: Sort;
  running: boolean;
}

const candidates = (entries: readonly Entry[]): Candidate[] =>
  entries
    .flatMap((entry): Candidate[] => {
      if (!isGuest(entry) || entry.vmid === undefined || entry.node === undefined || entry.hidden !== undefined) return [];
      return [{ vmid: entry.vmid, node: entry.node, sort: entry.type === "qemu" ? "qemu" : "lxc", running: entry.status === "running" }];
    })
    .sort((a, b) => Number(b.running && b.sort === "qemu") - Number(a.running && a.sort === "qemu") || a.vmid - b.vmid);

export interface Learner {
  /** Reads the next configuration worth reading, if the slow lane has room. Never throws. */
  learn(ctx: Caller, client: Client, entries: readonly Entry[]): Promise<void>;
}

export const createLearner = (): Learner => {
  return {
    async learn(ctx, client, entries) {
      const now = ctx.now();
      const { facts } = client.memory;
      const all = candidates(entries);
      const isDue = ({ vmid, node }: Candidate): boolean => {
        const known = facts.get(vmid);
        if (known?.facts !== undefined) return now - known.at > STALE_MS;
        return known !== undefined && (now - known.at > againMs(known.failures ?? 1) || known.node !== node);
      };
      // Whom nobody asked about yet goes before those that did not answer.
      const due = all.find(({ vmid }) => !facts.has(vmid)) ?? all.find(isDue);
      // Who a guest is has to be known before much else can be told of it; that it is still the same is no matter of minutes.
      if (!due || laneOf(client).take(now, 1, facts.has(due.vmid) ? "idle" : "who") === 0) return;
      const { facts: known, failures = 0 } = facts.get(due.vmid) ?? {};
      const read = await client.get(ctx, path`/nodes/${due.node}/${due.sort}/${due.vmid}/config`, GuestConfig).catch(() => undefined);
      if (read !== undefined) facts.set(due.vmid, { at: now, node: due.node, facts: factsOf(due.sort, read) });
      // What could not be read again stays as it was known, and is asked for sooner.
      else facts.set(due.vmid, { at: known === undefined ? now : now - STALE_MS + FAILED_MS, node: due.node, facts: known, failures: failures + 1 });
    },
  };
};
