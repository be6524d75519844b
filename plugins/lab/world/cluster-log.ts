// The cluster's log of who started and ended which task, newest first, as pmxcfs keeps it.

const MAX_ENTRIES = 1_000;

export interface LogEntry {
  uid: number;
  time: number;
  pri: number;
  tag: string;
  pid: number;
  node: string;
  user: string;
  msg: string;
  id: string;
}

export interface ClusterLog {
  add(entry: { time: number; node: string; pid: number; user: string; msg: string; pri?: number; tag?: string }): void;
  newest(max: number): LogEntry[];
}

export function createClusterLog(): ClusterLog {
  const entries: LogEntry[] = [];
  let uid = 0;
  return {
    add({ time, node, pid, user, msg, pri = 6, tag = "pvedaemon" }) {
      uid += 1;
      entries.unshift({ uid, time, pri, tag, pid, node, user, msg, id: `${uid}:${node}` });
      if (entries.length > MAX_ENTRIES) entries.length = MAX_ENTRIES;
    },
    newest: (max) => entries.slice(0, max),
  };
}
