// Links between nodes that go down and come back while everybody keeps their vote, as some node's journal tells it. One loss is a node that left; retransmits alone, while a backup fills the wire, are none.
import type { Alert } from "jarvis";
import type { Words } from "../shapes/words.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

export interface Heard {
  name: string;
  at: string;
  words: Words;
  /** A backup or a migration ran in that time. */
  busy: boolean;
}

const KEY = "cluster-link-flapping";
/** In one window of a few minutes. Two are a node that left twice. */
const [RAISE_DOWNS, KEEP_DOWNS, MANY_RETRANSMITS] = [3, 1, 10];

/** `numbers`: corosync's number of a node -> its name. */
export const linkAlerts = (heard: readonly Heard[], numbers: Readonly<Record<string, string>>, open: readonly Alert[]): Alert[] => {
  const worst = new Map<string, { downs: number; by: Heard }>();
  for (const by of heard)
    for (const [number, downs] of Object.entries(by.words.downs)) {
      const name = numbers[number];
      if (name !== undefined && downs > (worst.get(name)?.downs ?? 0)) worst.set(name, { downs, by });
    }
  const flapping = [...worst].flatMap(([name, { downs, by }]): Alert[] => {
    const resource = nodeId(name);
    if (downs < (isOpen(open, KEY, resource) ? KEEP_DOWNS : RAISE_DOWNS)) return [];
    return [
      alertOf({
        key: KEY,
        resource,
        severity: "warning",
        title: `The cluster link of ${name} goes down and comes back`,
        why: `${downs} times in a few minutes, seen from ${by.name}: each time the token may time out, and HA would fence nodes that live. See its cable, switch and load; a second link or network for corosync cures it`,
        cause: "network",
        evidence: by.words.lines.map((what) => ({ what, source: `GET /nodes/${by.name}/journal`, at: by.at })),
      }),
    ];
  });
  if (flapping.length > 0) return flapping;
  return heard.flatMap(({ name, at, words, busy }): Alert[] => {
    if (busy || words.retransmits < MANY_RETRANSMITS) return [];
    return [
      alertOf({
        key: "cluster-retransmits",
        resource: nodeId(name),
        severity: "warning",
        title: `corosync on ${name} has to say things twice`,
        why: `${words.retransmits} retransmits in a few minutes without a backup or migration that would fill the wire: its network loses packets or is slow`,
        cause: "network",
        evidence: words.lines.map((what) => ({ what, source: `GET /nodes/${name}/journal`, at })),
      }),
    ];
  });
};
