// Links between nodes that go down and come back while everybody keeps their vote, as some node's journal tells it. A node that left is told as that and its links with it; retransmits alone, while a backup fills the wire, are none.
import type { Alert } from "jarvis";
import type { Words } from "../shapes/words.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

export interface Heard {
  name: string;
  /** When its journal was last read. */
  at: string;
  /** Of the ten minutes before, and of the last four of them. */
  words: Words;
  fresh: Words;
  /** A backup or a migration ran in that time. */
  busy: boolean;
}

const [KEY, RETRANSMITS] = ["cluster-link-flapping", "cluster-retransmits"];
/** Two are a cable that was moved. */
const [RAISE_DOWNS, KEEP_DOWNS, RAISE_RETRANSMITS, KEEP_RETRANSMITS] = [3, 1, 10, 2];

const downsOf = (heard: readonly Heard[], which: "words" | "fresh", name: string, numbers: Readonly<Record<string, string>>): { downs: number; by: Heard | undefined } => {
  const number = Object.keys(numbers).find((key) => numbers[key] === name) ?? "";
  return heard.reduce<{ downs: number; by: Heard | undefined }>((most, by) => ((by[which].downs[number] ?? 0) > most.downs ? { downs: by[which].downs[number] ?? 0, by } : most), {
    downs: 0,
    by: undefined,
  });
};

/** `numbers`: corosync's number of a node -> its name. */
export const linkAlerts = (heard: readonly Heard[], numbers: Readonly<Record<string, string>>, open: readonly Alert[]): Alert[] => {
  const flapping = Object.values(numbers).flatMap((name): Alert[] => {
    const resource = nodeId(name);
    const { downs, by } = downsOf(heard, "words", name, numbers);
    const goesOn = downsOf(heard, "fresh", name, numbers).downs >= KEEP_DOWNS;
    if (!goesOn || by === undefined || (downs < RAISE_DOWNS && !isOpen(open, KEY, resource))) return [];
    return [
      alertOf({
        key: KEY,
        resource,
        severity: "warning",
        title: `The cluster link of ${name} goes down and comes back`,
        why: `${downs} times in ten minutes, seen from ${by.name}: each time the token may time out, and HA would fence nodes that live. See its cable, switch and load; a second link or network for corosync cures it`,
        cause: "network",
        evidence: by.words.proof.links.map((what) => ({ what, source: `GET /nodes/${by.name}/journal`, at: by.at })),
      }),
    ];
  });
  if (flapping.length > 0) return flapping;
  return heard.flatMap(({ name, at, words, fresh, busy }): Alert[] => {
    const goesOn = fresh.retransmits >= KEEP_RETRANSMITS;
    if (busy || !goesOn || (words.retransmits < RAISE_RETRANSMITS && !isOpen(open, RETRANSMITS, nodeId(name)))) return [];
    return [
      alertOf({
        key: RETRANSMITS,
        resource: nodeId(name),
        severity: "warning",
        title: `corosync on ${name} has to say things twice`,
        why: `${words.retransmits} retransmits in ten minutes without a backup or migration that would fill the wire: its network loses packets or is slow`,
        cause: "network",
        evidence: words.proof.links.map((what) => ({ what, source: `GET /nodes/${name}/journal`, at })),
      }),
    ];
  });
};
