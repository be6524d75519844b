// A node whose clock runs away from the others'. A time zone or summer time is only another way to show the same moment, and what the measuring itself cannot tell is taken off first.
import type { Alert } from "jarvis";
import { alertOf, isOpen, nodeId } from "./tell.ts";

interface Seen {
  name: string;
  at: string;
  driftSeconds?: number | undefined;
  exactToSeconds?: number | undefined;
}

const KEY = "node-time-drift";
const [RAISE_S, KEEP_S] = [2, 1];

export const driftAlerts = ({ name, at, driftSeconds, exactToSeconds = 0 }: Seen, open: readonly Alert[]): Alert[] => {
  const resource = nodeId(name);
  if (driftSeconds === undefined) return [];
  const sure = Math.abs(driftSeconds) - exactToSeconds;
  if (sure < (isOpen(open, KEY, resource) ? KEEP_S : RAISE_S)) return [];
  const words = `${Math.abs(driftSeconds).toFixed(1)} s ${driftSeconds > 0 ? "ahead of" : "behind"} the others`;
  return [
    alertOf({
      key: KEY,
      resource,
      severity: "warning",
      title: `The clock of ${name} is ${words}`,
      why: `more than ${RAISE_S} s: corosync and HA misjudge time-outs, tickets and second factors are refused, logs no longer fit together. See \`chronyc sources\` on it`,
      cause: "time",
      evidence: [{ what: `${words} (measured to ${exactToSeconds.toFixed(1)} s)`, source: `GET /nodes/${name}/time`, at }],
    }),
  ];
};
