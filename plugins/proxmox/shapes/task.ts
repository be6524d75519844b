// Tasks as Proxmox lists them: UPIDs taken apart, and the rows of the node's, the cluster's and a single task's answer.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

const PATTERN = /^UPID:([A-Za-z0-9.-]+):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

/** `user` with its token's name where one was used; `startedAt` in epoch ms of the node's clock. */
export interface Upid {
  upid: string;
  node: string;
  startedAt: number;
  type: string;
  id: string;
  user: string;
}

export const parseUpid = (upid: string): Upid | undefined => {
  const [, node, , , start, type, id, user] = PATTERN.exec(upid) ?? [];
  if (node === undefined || start === undefined || type === undefined || user === undefined) return undefined;
  return { upid, node, startedAt: Number.parseInt(start, 16) * 1000, type, id: id ?? "", user };
};

/** `exit` only when it has ended: OK, `WARNINGS: n`, or the error's text. */
export interface Task extends Upid {
  endedAt?: number;
  exit?: string;
}

const Row = z.object({ upid: z.string(), endtime: looseNumber, status: looseText });

const taskOf = (row: z.output<typeof Row>): Task[] => {
  const upid = parseUpid(row.upid);
  if (!upid) return [];
  const ended = row.endtime !== undefined || (row.status !== undefined && !/^running$/i.test(row.status));
  if (!ended) return [upid];
  return [{ ...upid, ...(row.endtime === undefined ? {} : { endedAt: row.endtime * 1000 }), exit: row.status ?? "unexpected status" }];
};

/** /nodes/N/tasks and /cluster/tasks. */
export const Tasks = looseRows(Row).transform((rows) => rows.flatMap(taskOf));

export const TaskStatus = z.object({ upid: looseText, status: z.string(), exitstatus: looseText, starttime: looseNumber, type: looseText, id: looseText, user: looseText });
export const TaskLog = looseRows(z.object({ n: looseNumber, t: looseText }));

export const endedWell = (exit: string | undefined): boolean => exit === "OK" || /^WARNINGS: \d+$/.test(exit ?? "");
