// Which of the things seen is the machine Jarvis runs on: match, differs or unreadable for each sign. Pure.
import type { Resource } from "../contract/resource.ts";
import type { Identity } from "./identity.ts";

export { type Identity, readIdentity } from "./identity.ts";

/** Something Jarvis would cut itself off by disturbing: which, and why in words. */
export interface Lifeline {
  readonly id: string;
  readonly words: string;
}

/** A guest or node as a preflight just read it. `addresses`: absent where they could not be read. */
export interface JustRead {
  readonly id: string;
  readonly name: string;
  readonly addresses?: readonly string[] | undefined;
}

/**
 * `resources`: ids on which nothing may be changed. `lifelines`: those that may be started, and not disturbed. `lifelineNow`: whether what was just read is one,
 * though that was not told with the others yet. `unread`: guests any of which may be one, since nobody has read yet who they are.
 */
export interface SelfView {
  readonly state: "guest" | "outside" | "unknown";
  readonly resources: readonly string[];
  readonly words: string;
  readonly lifelines?: readonly Lifeline[];
  readonly lifelineNow?: (one: JustRead) => Lifeline | undefined;
  readonly unread?: ReadonlySet<string>;
}

export type Candidate = Pick<Resource, "id" | "kind" | "name" | "parent" | "guestKind" | "template" | "identity" | "labels" | "needs">;
type Sign = "match" | "differs" | "unreadable";

const plain = (text: string): string => text.trim().toLowerCase();
const listed = (words: string | undefined): string[] => (words ?? "").split(",").map(plain).filter(Boolean);
/** Addresses every machine has. */
const isShared = (address: string): boolean => /^(127\.|::1$|fe80:|169\.254\.|0\.0\.0\.0$)/.test(address);

const compare = (own: readonly string[], theirs: readonly string[]): Sign => {
  if (own.length === 0 || theirs.length === 0) return "unreadable";
  return own.some((one) => theirs.includes(one)) ? "match" : "differs";
};

const uuids = (own: Identity): string[] =>
  [own.productUuid, own.productUuid === undefined ? own.machineId : undefined].flatMap((word) => (word === undefined ? [] : [plain(word)]));
const theirUuid = ({ identity }: Candidate): string[] => (identity?.startsWith("smbios:") ? [plain(identity.slice(7))] : []);

interface Signs {
  uuid: Sign;
  mac: Sign;
  address: Sign;
}

const signsOf = (own: Identity, candidate: Candidate): Signs => ({
  uuid: compare(uuids(own), theirUuid(candidate)),
  mac: compare(own.macs.map(plain), listed(candidate.labels?.macs)),
  address: compare(
    own.addresses.map(plain).filter((address) => !isShared(address)),
    listed(candidate.labels?.addresses),
  ),
});

const SIGN_WORDS: Readonly<Record<keyof Signs, string>> = { uuid: "its firmware uuid", mac: "a network card's MAC", address: "an address" };

/** The signs that say it is this machine, in words; none: it is another, or nobody can tell. */
export const matchedBy = (own: Identity, candidate: Candidate): string[] => {
  if (candidate.kind === "container") return isMatch(own, candidate) ? ["the container's id"] : [];
  const signs = signsOf(own, candidate);
  return (["uuid", "mac", "address"] as const).flatMap((sign) => (signs[sign] === "match" ? [SIGN_WORDS[sign]] : []));
};

const isMatch = (own: Identity, candidate: Candidate): boolean => {
  if (candidate.kind === "container") return own.containerId !== undefined && candidate.identity === `container:${own.containerId}`;
  return Object.values(signsOf(own, candidate)).includes("match");
};

/** A container guest has no firmware uuid: its MACs decide. */
const isOther = (own: Identity, candidate: Candidate): boolean => {
  if (candidate.kind === "container" || candidate.template === true) return true;
  const { uuid, mac } = signsOf(own, candidate);
  if (candidate.kind === "node") return uuids(own).length > 0 && own.macs.length > 0;
  return mac === "differs" && (uuid === "differs" || (candidate.guestKind === "ct" && uuids(own).length > 0));
};

const withCarriers = (ids: readonly string[], candidates: readonly Candidate[]): string[] => {
  const found = new Set(ids);
  for (const id of found) {
    const parent = candidates.find((candidate) => candidate.id === id)?.parent;
    if (parent !== undefined) found.add(parent);
  }
  return [...found];
};

/** Addresses and names of this very machine. */
export const isHere = (where: string): boolean => isShared(where) || where === "localhost";

/** What a program can run on; a storage or a service has no signs, and would leave it open for ever. */
const CARRIERS: readonly string[] = ["node", "guest", "container"];

/** `setting`: auto, outside, or the id of the guest. `candidates`: all that is seen, as last seen. */
export const compareSelf = (setting: string, own: Identity, candidates: readonly Candidate[]): SelfView => {
  if (setting === "outside") return { state: "outside", resources: [], words: "The configuration says that Jarvis runs outside the cluster." };
  if (setting !== "auto") {
    const resources = withCarriers([setting], candidates);
    return { state: "guest", resources, words: `The configuration says that Jarvis runs on ${setting}.` };
  }
  const machines = candidates.filter(({ kind }) => CARRIERS.includes(kind));
  const matching = machines.filter((candidate) => isMatch(own, candidate));
  if (matching.length > 0) {
    const resources = withCarriers(
      matching.map(({ id }) => id),
      candidates,
    );
    return { state: "guest", resources, words: `Jarvis runs on ${matching.map(({ id, name }) => `${id} (${name})`).join(" and ")}.` };
  }
  if (machines.some(({ kind }) => kind === "guest") && machines.every((candidate) => isOther(own, candidate)))
    return { state: "outside", resources: [], words: "Jarvis runs on none of the machines it sees." };
  return { state: "unknown", resources: [], words: "Which machine Jarvis runs on is not known yet." };
};
