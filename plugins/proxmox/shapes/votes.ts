// How votes are counted: GET /cluster/config/nodes (votes of each node) and /cluster/config/qdevice (a QDevice as the asked node's daemon tells it), and the count they make. Pure; it never takes an unread vote for none.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

export const VoteRows = looseRows(z.object({ node: looseText, name: looseText, quorum_votes: looseNumber }));
/** An empty object where no daemon of a QDevice runs on the asked node. */
export const DeviceStatus = z.looseObject({ Algorithm: looseText, State: looseText, "QNetd host": looseText });

export interface Device {
  /** Where it runs: `10.0.0.5:5403`. */
  readonly host: string | undefined;
  /** Its daemon's own word: Connected, Connect failed, ... */
  readonly state: string;
  readonly answers: boolean;
  readonly votes: number;
}

export interface Ballot {
  /** By node; one that is not named has one vote. */
  readonly weights: Readonly<Record<string, number>>;
  readonly device: Device | undefined;
  /** Why the count is not sure: `votes are counted as one each, as ...`. */
  readonly doubt: string | undefined;
}

export interface Quorum {
  readonly votes: number;
  readonly of: number;
  readonly needed: number;
}

interface Voter {
  readonly name: string;
  readonly online: boolean;
}

const MOST_VOTES = 1000;

export const weightsOf = (rows: z.output<typeof VoteRows>): Ballot["weights"] =>
  Object.fromEntries(rows.flatMap(({ node, name, quorum_votes: votes }) => ((node ?? name) === undefined || votes === undefined ? [] : [[node ?? name, votes]])));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Its votes are written in corosync.conf, which no call shows; they follow from its algorithm: with LMS all nodes but one, with an even split one. */
export const deviceOf = (status: z.output<typeof DeviceStatus>, weights: Ballot["weights"]): Device | undefined => {
  const { State: state, Algorithm: algorithm = "", "QNetd host": host } = status;
  if (state === undefined) return undefined;
  const votes = /lms/i.test(algorithm) ? Math.max(1, sum(Object.values(weights)) - 1) : 1;
  return { host, state, answers: /^connected$/i.test(state), votes };
};

export const weightOf = (ballot: Ballot | undefined, name: string): number => Math.min(MOST_VOTES, ballot?.weights[name] ?? 1);

interface Tally extends Quorum {
  /** What the QDevice adds to `votes`. */
  readonly cast: number;
}

/** A silent QDevice adds nothing, and so does one that would make nodes quorate which are not: it is with the others then. */
const tally = (voters: readonly Voter[], quorate: boolean, ballot: Ballot | undefined): Tally => {
  const of = sum(voters.map(({ name }) => weightOf(ballot, name))) + (ballot?.device?.votes ?? 0);
  const needed = Math.floor(of / 2) + 1;
  const there = sum(voters.filter(({ online }) => online).map(({ name }) => weightOf(ballot, name)));
  const device = ballot?.device?.answers ? ballot.device.votes : 0;
  const cast = !quorate && there + device >= needed ? 0 : device;
  return { votes: there + cast, of, needed, cast };
};

export const countOf = (voters: readonly Voter[], quorate: boolean, ballot: Ballot | undefined): Quorum => {
  const { votes, of, needed } = tally(voters, quorate, ballot);
  return { votes, of, needed };
};

export interface Leaving extends Quorum {
  /** Votes that stay without the node. */
  readonly after: number;
  /** `alone`: it is the only node there is, and quorum is no matter. `doubtful`: it would be lost as counted, and the count is not sure. */
  readonly verdict: "stays" | "lost" | "doubtful" | "alone";
}

/** Whether quorum stays without a node. What is sure whatever the votes are: without any node online nobody has it. */
export const withoutNode = (voters: readonly Voter[], quorate: boolean, ballot: Ballot | undefined, name: string): Leaving => {
  const { cast, ...quorum } = tally(voters, quorate, ballot);
  const online = voters.some((one) => one.name === name && one.online);
  const after = quorum.votes - (online ? weightOf(ballot, name) : 0);
  if (voters.length < 2) return { ...quorum, after, verdict: "alone" };
  const isSure = ballot?.doubt === undefined;
  // Of a count that is not of now, the QDevice's vote is the part that may be gone.
  if ((isSure ? after : after - cast) >= quorum.needed) return { ...quorum, after, verdict: "stays" };
  const others = voters.some((one) => one.online && one.name !== name);
  return { ...quorum, after, verdict: isSure || !others ? "lost" : "doubtful" };
};
