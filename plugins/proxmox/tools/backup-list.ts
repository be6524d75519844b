// proxmox_backup_list: the backups of one guest or of all, with their age and whether they were verified. Reads only; what could not be read is said.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { compact } from "../shapes/compact.ts";
import { type Backup, backupsSeen } from "./backup-volumes.ts";
import { inGib } from "./guest-disks.ts";
import { guestInput, locateInput, recentEntries, vmidOf } from "./locate.ts";
import { ageWords } from "./snapshots.ts";

const MOST_ROWS = 500;
const Input = z
  .object({ ...guestInput, limit: z.number().int().min(1).max(MOST_ROWS).optional().describe("How many, newest first; 50 unless said") })
  .refine(({ vmid, guest }) => vmid === undefined || guest === undefined, "give vmid or guest, or neither for all guests");

const Row = z.object({
  volid: z.string(),
  vmid: z.number().optional(),
  storage: z.string(),
  madeAt: z.string(),
  ageSeconds: z.number(),
  sizeBytes: z.number().optional(),
  notes: z.string().optional(),
  protected: z.boolean(),
  verified: z.enum(["ok", "failed"]).optional(),
});

const rowOf = (backup: Backup, nowS: number): z.output<typeof Row> => {
  const { at, ...rest } = backup;
  return compact({ ...rest, madeAt: new Date(at * 1000).toISOString(), ageSeconds: Math.max(0, Math.round(nowS - at)) });
};

const lineOf = (row: z.output<typeof Row>): string =>
  `${row.vmid ?? "?"}: ${ageWords(row.ageSeconds)} old on ${row.storage}, ${row.sizeBytes === undefined ? "size unknown" : inGib(row.sizeBytes)}${row.verified === undefined ? "" : row.verified === "ok" ? ", verified" : ", DAMAGED"}${row.protected ? ", protected" : ""} (${row.volid})`;

export const backupList: Tool<Config, Client, typeof Input> = {
  title: "List backups",
  about: "Lists the backups of one guest, or of all, newest first, with age, size, storage and verification. Whether every guest is backed up: proxmox_backup_audit.",
  effect: "read",
  input: Input,
  output: z.object({ total: z.number(), backups: z.array(Row), unread: z.array(z.string()) }),
  run: async (ctx, input) => {
    const one = vmidOf(input) === undefined && input.guest === undefined ? undefined : await locateInput(ctx, input);
    const online = (await recentEntries(ctx)).flatMap((entry) => (entry.type === "node" && entry.status === "online" && entry.node !== undefined ? [entry.node] : []));
    // Its node sees all that can be its own: the shared storages, and the local ones it was backed up to there.
    const { backups, unread } = await backupsSeen(ctx, online, one?.vmid);
    const nowS = ctx.client.serverTime(ctx) / 1000;
    const rows = backups.slice(0, input.limit ?? 50).map((backup) => rowOf(backup, nowS));
    const head = `${backups.length} backups${one === undefined ? "" : ` of ${one.name}`}${backups.length > rows.length ? `, the newest ${rows.length} of them` : ""}.`;
    const dark = unread.map((words) => `Not read: ${words}`);
    return {
      text: [head, ...rows.map(lineOf), ...dark].join("\n").slice(0, 60_000),
      data: { total: backups.length, backups: rows, unread: [...unread] },
      warnings: dark.slice(0, 20).map((line) => line.slice(0, 500)),
    };
  },
};
