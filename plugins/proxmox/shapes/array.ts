// ZFS pools and thin pools as a node tells them: /nodes/N/disks/zfs, /nodes/N/disks/zfs/POOL (the words of `zpool status`), /nodes/N/disks/lvmthin.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

export const ZfsRows = looseRows(z.object({ name: z.string(), health: looseText, size: looseNumber, alloc: looseNumber, frag: looseNumber }));
export const ThinRows = looseRows(z.object({ vg: z.string(), lv: z.string(), lv_size: looseNumber, used: looseNumber, metadata_size: looseNumber, metadata_used: looseNumber }));

const Branch = z.object({
  name: looseText,
  state: looseText,
  msg: looseText,
  read: looseNumber,
  write: looseNumber,
  cksum: looseNumber,
  children: z.array(z.unknown()).optional().catch(undefined),
});
export const ZfsDetail = z.object({
  state: looseText,
  status: looseText,
  action: looseText,
  scan: looseText,
  errors: looseText,
  children: z.array(z.unknown()).optional().catch(undefined),
});
export type ZfsDetail = z.output<typeof ZfsDetail>;

export interface Member {
  readonly name: string;
  readonly state: string;
  readonly errors: number;
}

const [MOST_DEEP, MOST_MEMBERS] = [5, 64];

/** The devices a pool stands on: the leaves of the tree. */
export const membersIn = (children: readonly unknown[] | undefined, depth = 0): Member[] =>
  depth > MOST_DEEP
    ? []
    : (children ?? [])
        .flatMap((child): Member[] => {
          const branch = Branch.safeParse(child).data;
          if (branch === undefined) return [];
          if (branch.children !== undefined && branch.children.length > 0) return membersIn(branch.children, depth + 1);
          return [{ name: branch.name ?? "?", state: branch.state ?? "UNKNOWN", errors: (branch.read ?? 0) + (branch.write ?? 0) + (branch.cksum ?? 0) }];
        })
        .slice(0, MOST_MEMBERS);
