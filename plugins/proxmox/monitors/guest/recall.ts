// What an earlier run found out about guests, taken back out of its last readings: else a restart would end what was told of an agent, a snapshot or a killed process, until each was asked about again. What is known by now is never overwritten.
import { z } from "jarvis";
import type { GuestNotes } from "./notes.ts";
import type { GuestState } from "./state.ts";

const Snapshots = z.object({ guests: z.record(z.string(), z.array(z.object({ name: z.string(), at: z.string(), described: z.boolean() }))) });

type Told = Pick<GuestState, "vmid" | "agent" | "kills">;

/** `atMs`: when that was read, epoch ms, ours. */
export const recallGuest = (notes: GuestNotes, { vmid, agent, kills }: Told, atMs: number): void => {
  if (agent !== undefined && !notes.agents.has(vmid)) {
    const { moves, since = "", frozen, words, ...told } = agent;
    const silentSince = Date.parse(since);
    notes.agents.set(vmid, {
      ...told,
      askedAt: atMs,
      since: Number.isNaN(silentSince) ? atMs : silentSince,
      ...(frozen === undefined ? {} : { frozen }),
      ...(words === undefined ? {} : { words }),
      ...(moves === undefined || moves === "unsure" ? {} : { moved: moves === "yes" }),
    });
  }
  const killedAt = Date.parse(kills?.at ?? "");
  if (kills !== undefined && !Number.isNaN(killedAt) && !notes.kills.has(vmid)) notes.kills.set(vmid, { ...kills, at: killedAt });
};

/** `value`: of the channel proxmox/snapshots; its times are of the cluster's clock. */
export const recallSnapshots = (notes: GuestNotes, value: unknown, atMs: number): void => {
  for (const [vmid, told] of Object.entries(Snapshots.safeParse(value).data?.guests ?? {})) {
    const snapshots = told.map(({ name, at, described }) => ({ name, at: Date.parse(at), described })).filter(({ at }) => !Number.isNaN(at));
    if (!notes.snapshots.has(Number(vmid))) notes.snapshots.set(Number(vmid), { askedAt: atMs, digest: undefined, snapshots });
  }
};
