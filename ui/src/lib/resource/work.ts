// What Jarvis is doing now, read from incidents, calls and switches: the state word, its target, the five steps. Pure.
import type { Ask, Call } from "$contract/call.ts";
import { wasSent } from "$contract/call-state.ts";
import type { Drawn } from "$contract/drawn.ts";
import type { Incident } from "$contract/incident.ts";
import type { CoreStatus } from "$contract/wire.ts";
import { pauseOf } from "./pause.ts";
import { isMoving, isRed, isTold, TOLD, turnOf } from "./turn.ts";

export type Mood = "idle" | "thinking" | "acting" | "alarm" | "reporting" | "held" | "disconnected";

export const STEPS = ["Detected", "Diagnosed", "Acted", "Verifying", "Report"] as const;

export interface Work {
  mood: Mood;
  word: string;
  words: string;
  /** Resource the beam points at. */
  target?: string;
  incident?: Incident;
  /** When it goes on by itself, while it only waits. */
  untilMs?: number;
  /** Steps that are done, and which one is running. */
  done?: number;
  now?: number | undefined;
}

const DONE: Readonly<Record<Incident["status"], number>> = { open: 1, acting: 2, verifying: 3, escalated: 4, resolved: 5 };
const WORD: Readonly<Record<Incident["status"], string>> = { open: "Looking", acting: "Acting", verifying: "Verifying", escalated: "Needs you", resolved: "Done" };
const RANK: Readonly<Record<Incident["status"], number>> = { verifying: 3, acting: 4, open: 2, escalated: 1, resolved: 0 };

/** The one incident the screen follows: what moves before what waits. */
export const followed = (incidents: readonly Incident[]): Incident | undefined =>
  incidents.filter(({ status }) => status !== "resolved").sort((a, b) => RANK[b.status] - RANK[a.status] || b.openedAt.localeCompare(a.openedAt))[0];

type Known = Pick<Call, "callId" | "state">;
/** Whether anything was sent for it. A call that is not among those known is taken for one. */
const wasActedOn = ({ callIds }: Incident, calls: readonly Known[]): boolean => callIds.some((id) => wasSent(calls.find(({ callId }) => callId === id)?.state ?? "succeeded"));

export const stepsDone = (incident: Incident, calls: readonly Known[] = []): number => {
  if (incident.status === "open") return incident.cause.words !== "" && incident.cause.kind !== "unknown" ? 2 : 1;
  // Handed over without an act: nothing was done that could be verified.
  if (incident.status === "escalated" && !wasActedOn(incident, calls)) return 2;
  return DONE[incident.status];
};

/** The step that is running. Of what is handed over it is the report, which waits for a person; while nothing is done yet it is none: no act is lit before it begins. */
export const stepNow = (incident: Incident, calls: readonly Known[] = []): number | undefined => {
  if (incident.status === "escalated") return STEPS.length - 1;
  const done = stepsDone(incident, calls);
  return incident.status === "open" && done > 1 ? undefined : done;
};

interface Facts {
  live: boolean;
  status: Pick<CoreStatus, "mode" | "killed" | "killLevel"> | undefined;
  thinking: boolean;
  /** Something that is watched cannot be seen now. */
  blind: boolean;
  incidents: readonly Incident[];
  calls: readonly Call[];
  drawn: Drawn | undefined;
  asks: readonly Ask[];
}

export const workOf = ({ live, status, thinking, blind, incidents, calls, drawn, asks }: Facts): Work => {
  const incident = followed(incidents);
  const acting = Object.entries(drawn?.resources ?? {}).find(([, resource]) => resource.mark === "acting");
  const about = incident ? { incident, done: stepsDone(incident, calls), now: stepNow(incident, calls) } : {};
  if (!live) return { mood: "disconnected", word: "Out of contact", words: incident ? `Last seen with ${incident.name}.` : "Last seen idle.", ...about };
  if (status?.killed) return { mood: "held", word: "Held", words: "I am only watching.", ...about };
  if (acting) {
    const [target, resource] = acting;
    const running = calls.find((call) => call.target === target && call.endedAt === undefined);
    return { mood: "acting", word: incident && incident.resource === target ? WORD[incident.status] : "Acting", words: running?.text ?? `On ${resource.name}.`, target, ...about };
  }
  if (incident) {
    const hands = { status, asks };
    const moving = isMoving(incident);
    const mood = moving ? "acting" : isRed([incident], hands) ? "alarm" : "idle";
    const isPersons = turnOf(incident, hands) === "person";
    const pause = isPersons ? undefined : pauseOf(incident);
    if (pause) return { mood, word: "Waiting", ...pause, ...about };
    const word = isTold(incident) ? TOLD : isPersons ? WORD.escalated : WORD[incident.status];
    return { mood, word, words: incident.words ?? incident.title, ...(moving ? { target: incident.resource } : {}), ...about };
  }
  if (thinking) return { mood: "thinking", word: "Thinking", words: "About what you asked." };
  return { mood: "idle", word: "Watching", words: blind ? "Nothing is broken that I can see." : "Nothing is broken." };
};
