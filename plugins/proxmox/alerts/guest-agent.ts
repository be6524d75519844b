// A guest whose agent is silent, by what else it does: it hangs (nothing sent or written, processors flat), or only its agent is gone; and one left frozen after a backup. While something works on it nothing of this is told. Pure.
import type { Alert } from "jarvis";
import { CERTAIN } from "../monitors/guest/agent-turn.ts";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, isOpen, type Told } from "./tell.ts";

const [FROZEN_S, SILENT_S, HUNG_S] = [60, 120, 30];

const frozen = (guest: GuestState): Omit<Told, "resource" | "evidence"> => ({
  key: "guest-frozen",
  severity: "critical",
  title: `${guest.name} is frozen though no backup runs`,
  why: `its file systems stay frozen for ${FROZEN_S} s with no backup at work: everything in it that writes waits; thaw it, do not reset it`,
  cause: "backup",
  afterSeconds: FROZEN_S,
});

const hung = (guest: GuestState): Omit<Told, "resource" | "evidence"> => ({
  key: "guest-hung",
  severity: "critical",
  title: `${guest.name} hangs on ${guest.node}`,
  why: `it runs, but its agent was silent ${CERTAIN} times, it has sent and written nothing for a minute and its processors are ${(guest.cpuPercent ?? 0) < 1 ? "idle" : "busy without a pause"}: a reboot in good order first, a reset only by a person`,
  cause: "hung",
  afterSeconds: HUNG_S,
});

const silent = (guest: GuestState): Omit<Told, "resource" | "evidence"> => ({
  key: "guest-agent-silent",
  severity: "warning",
  title: `The guest agent of ${guest.name} does not answer`,
  why: `it is switched on and was silent ${CERTAIN} times while the guest itself goes on: a shutdown over it can wait for ever, and backups are not consistent`,
  cause: "agent",
  afterSeconds: SILENT_S,
});

const ALL: ReadonlySet<string> = new Set(["guest-frozen", "guest-hung", "guest-agent-silent"]);
const KINDS = [frozen, hung, silent] as const;

/** What was told stays told while nothing else is known; nothing new is. */
const kept = (guest: GuestState, open: readonly Alert[]): Omit<Told, "resource" | "evidence"> | undefined =>
  KINDS.map((kind) => kind(guest)).find(({ key }) => isOpen(open, key, `guest/${guest.vmid}`));

const kindOf = (guest: GuestState, open: readonly Alert[]): Omit<Told, "resource" | "evidence"> | undefined => {
  const { agent } = guest;
  if (agent === undefined) return undefined;
  if (agent.answers === "yes") return agent.frozen ? frozen(guest) : undefined;
  if (agent.answers === "unknown") return kept(guest, open);
  if (agent.failures < CERTAIN) return undefined;
  // An agent that was gone while the guest went on proves nothing when the guest is quiet for a minute.
  if (agent.moves === "no") return isOpen(open, "guest-agent-silent", `guest/${guest.vmid}`) ? silent(guest) : hung(guest);
  return agent.moves === "yes" ? silent(guest) : kept(guest, open);
};

export const agentAlert = (guest: GuestState, open: readonly Alert[]): Alert | undefined => {
  if (guest.status !== "running") return undefined;
  // Frozen by a running backup, or silent while something works on it: none of the guest's own. What is not known ends nothing.
  if (guest.work === "unknown") return open.find(({ key }) => ALL.has(key));
  if (guest.work !== undefined || guest.lock !== undefined) return open.find(({ key }) => ALL.has(key) && key !== "guest-frozen");
  const kind = kindOf(guest, open);
  if (kind === undefined || guest.agent === undefined) return undefined;
  const { agent } = guest;
  const source = kind.key === "guest-frozen" ? agent.source.replace(/^GET (.*)\/info$/, "POST $1/fsfreeze-status") : agent.source;
  return alertOf({
    ...kind,
    resource: `guest/${guest.vmid}`,
    evidence: [
      { what: kind.key === "guest-frozen" ? "frozen" : (agent.words ?? "no answer"), source, ...(agent.since === undefined ? {} : { at: agent.since }) },
      {
        what: `cpu ${guest.cpuPercent ?? "unknown"} %, ${agent.moves === "no" ? "nothing sent or written for a minute" : "it goes on"}; no task works on it`,
        source: "GET /cluster/resources",
      },
    ],
  });
};
