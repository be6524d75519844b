// A guest whose agent is silent, by what else it does: it hangs (nothing sent, processors flat), or only its agent is gone; and one left frozen after a backup. While something works on it nothing of this is told. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, isOpen, type Told } from "./tell.ts";

/** So often in a row it must have been silent. */
const CERTAIN = 2;
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
  why: `it runs, but its agent was silent ${CERTAIN} times, it has sent nothing for a minute and its processors are ${(guest.cpuPercent ?? 0) < 1 ? "idle" : "busy without a pause"}: a reboot in good order first, a reset only by a person`,
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

const OWN = ["guest-hung", "guest-agent-silent"] as const;

const kindOf = (guest: GuestState, open: readonly Alert[]): Omit<Told, "resource" | "evidence"> | undefined => {
  const { agent } = guest;
  if (agent === undefined) return undefined;
  if (agent.answers === "yes") return agent.frozen ? frozen(guest) : undefined;
  if (agent.answers === "unknown" || agent.failures < CERTAIN) return undefined;
  if (agent.moves === "no") return hung(guest);
  if (agent.moves === "yes") return silent(guest);
  // Not looked at for long enough: what was told stays told, nothing new is.
  const resource = `guest/${guest.vmid}`;
  if (isOpen(open, "guest-hung", resource)) return hung(guest);
  return isOpen(open, "guest-agent-silent", resource) ? silent(guest) : undefined;
};

export const agentAlert = (guest: GuestState, open: readonly Alert[]): Alert | undefined => {
  // Frozen by a running backup, or silent while something works on it: none of the guest's own.
  if (guest.status !== "running") return undefined;
  if (guest.work !== undefined || guest.lock !== undefined) return open.find(({ key }) => OWN.some((own) => own === key));
  const kind = kindOf(guest, open);
  if (kind === undefined || guest.agent === undefined) return undefined;
  const { agent } = guest;
  const source = kind.key === "guest-frozen" ? agent.source.replace(/^GET (.*)\/info$/, "POST $1/fsfreeze-status") : agent.source;
  return alertOf({
    ...kind,
    resource: `guest/${guest.vmid}`,
    evidence: [
      { what: kind.key === "guest-frozen" ? "frozen" : (agent.words ?? "no answer"), source, ...(agent.since === undefined ? {} : { at: agent.since }) },
      { what: `cpu ${guest.cpuPercent ?? "unknown"} %, ${agent.moves === "no" ? "no byte sent for a minute" : "it sends"}; no task works on it`, source: "GET /cluster/resources" },
    ],
  });
};
