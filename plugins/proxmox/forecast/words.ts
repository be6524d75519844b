// A forecast in sentences, worst first. Pure.
import type { Fate, NodeLoss } from "./node-loss.ts";
import { inGib, named } from "./picture.ts";

const GROUPS: readonly { readonly fates: readonly Fate[]; readonly head: string }[] = [
  { fates: ["down-stuck"], head: "Down until the node is back" },
  { fates: ["ha-fails", "ha-stuck"], head: "Under HA, and HA does not bring them back" },
  { fates: ["down-movable"], head: "Down until somebody brings them up elsewhere" },
  { fates: ["recovered-tight"], head: "Brought back by HA, with too little memory left" },
  { fates: ["recovered"], head: "Brought back by HA within a few minutes" },
  { fates: ["ha-off"], head: "Kept stopped by HA" },
];

const quorumWords = ({ quorum: { votes, of, needed, after, survives, margin, verdict }, online, guests }: NodeLoss): string => {
  if (verdict === "alone") return online ? "It is the only node: nothing is left that could start anything." : "It is the only node.";
  const counted = online ? `${after} of ${of} votes would stay, ${needed} are needed` : `it is away already: ${votes} of ${of} votes are there, ${needed} are needed`;
  if (survives) return `Quorum ${online ? "holds" : "stands"}: ${counted}; ${margin === 0 ? "no further node may go" : `${margin} more may go`}.`;
  const fence = guests.some((guest) => guest.fate === "ha-stuck") ? " Nodes that run HA guests reset themselves after about a minute without it." : "";
  return `Quorum is LOST: ${counted}. No guest could be started or moved, and settings could not be written.${fence}`;
};

const spareWords = ({ survivors }: NodeLoss): string[] =>
  survivors
    .filter((room) => room.freePercentAfter < 10 || room.afterBytes > room.usedBytes)
    .map((room) => `${room.node}: memory ${inGib(room.usedBytes)} -> ${inGib(room.afterBytes)} of ${inGib(room.totalBytes)}, ${room.freePercentAfter} % left`);

/** One line each, the first the sum of all. */
export const lossWords = (loss: NodeLoss): string[] => {
  const { node, guests, online, served, storages, replication, unread, stopped } = loss;
  const back = guests.filter(({ fate }) => fate === "recovered" || fate === "recovered-tight").length;
  const verb = online ? `If ${node} dies now` : `${node} is away`;
  const sum =
    guests.length === 0
      ? "no running guest is lost"
      : `${guests.length} running guests ${online ? "stop" : "stopped"}, ${back} of them HA brings back, ${guests.length - back} not`;
  return [
    `${verb}: ${sum}.`,
    quorumWords(loss),
    ...GROUPS.flatMap(({ fates, head }) => {
      const mine = guests.filter((guest) => fates.includes(guest.fate));
      return mine.length === 0 ? [] : [`${head} (${mine.length}):`, ...mine.map((guest) => `  ${guest.name} (${guest.vmid}): ${guest.words}`)];
    }),
    ...spareWords(loss),
    ...served.map(({ storage, guest }) => `Storage ${storage} is served by ${guest} and goes with it, for every node.`),
    ...(storages.length === 0 ? [] : [`Storages only it has: ${named(storages)}.`]),
    ...replication.map((words) => `Replication ${words}.`),
    ...(stopped === 0 ? [] : [`${stopped} stopped guests cannot be started meanwhile.`]),
    ...unread.map((words) => `Not known: ${words}.`),
  ];
};
