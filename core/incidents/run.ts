// Moves one open incident on: waits out a grace, has the remedy's calls made, reads their outcome, reports. Acts only by the call it is handed.
import type { Call, CallAnswer } from "../contract/call.ts";
import { ALREADY, isTerminal, wasSent } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { IncidentDetail } from "../contract/incident.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { BoundRemedy } from "./bound.ts";
import { circleOf } from "./circle.ts";
import { type Came, createCourse, type Deed } from "./course.ts";
import { createDelays } from "./delays.ts";
import { mendedBy } from "./mended.ts";
import type { TrackParts } from "./parts.ts";
import { adviceFor, isSame, refusalOf } from "./refusal.ts";
import { chooseRemedy, isDoubtful, nextTry, tooManyAtOnce } from "./remedy.ts";
import { createTold } from "./told.ts";
import * as words from "./words.ts";

const HELD_AGAIN_MS = 30_000;
const SETTLE_MS = 90_000;
const MOST_UNASKED = 3;
/** Enough tries were made: the window moves on by itself. */
const OVER_MS = 30_000;
/** What was asked about had become something else: nobody's no. */
const NO_WORD: ReadonlySet<string> = new Set(["changed", "secret_lost"]);
const CALLED_OFF = "It was called off before anything was sent.";
/** After a fresh reading was asked for. */
const SOON_MS = 5000;
/** What was proven longer ago is judged anew before the next act: a person may have stopped it meanwhile. */
const FRESH_MS = 30_000;

type Titled = Pick<Deed, "title" | "isOfMany" | "hold">;

export const createRun = (parts: TrackParts) => {
  const { clock, records, feed } = parts;
  const delays = createDelays(clock);
  const { later, seldomer } = delays;
  const told = createTold(parts);
  /** The words of the last refusal, and the call a person was asked about last, by incident. */
  const refused = new Map<string, string>();
  const asked = new Map<string, string>();
  /** When its cause was last judged, by incident; a restart forgets it and judges anew. */
  const judgedAt = new Map<string, number>();

  const signsOf = ({ cause, severity }: OpenAlert, { resource, cause: known }: IncidentDetail): string =>
    JSON.stringify([cause, severity, known.kind, known.verdict, parts.signs?.(resource)]);

  const { tellOnce, sayOnce, escalate, handBack, handOver } = told;

  /** The call that is still on its way for this incident, if any. */
  const underway = (incident: IncidentDetail): Call | undefined =>
    [...parts.callsOn(incident.resource), ...incident.callIds.flatMap((callId) => parts.getCall(callId) ?? [])].find(
      (call) => call.incident === incident.id && !isTerminal(call.state) && call.state !== "held",
    );

  /** A call of this incident that worked a moment ago: the alert may only be an old reading. */
  const worked = (incident: IncidentDetail): Call | undefined =>
    parts
      .callsOn(incident.resource)
      .find((call) => call.incident === incident.id && call.state === "succeeded" && Date.parse(call.endedAt ?? call.createdAt) > clock.now() - SETTLE_MS);

  /** Nothing was sent: no try, no failure. Where it was so already the alert is most likely an old reading, so a new one is had and looked at at once. What no waiting lifts is a person's. */
  const unsent = (
    alert: OpenAlert,
    incident: IncidentDetail,
    { rule, text, callId }: Pick<CallAnswer, "rule" | "text" | "callId">,
    { title, isOfMany, hold: plan }: Titled,
  ): void => {
    const first = delays.times(incident.id) === 0;
    const refusal = isOfMany ? "for now" : refusalOf(rule, isSame(refused.get(incident.id), text));
    refused.set(incident.id, text);
    seldomer(incident.id);
    // Who was asked about it is not asked again before something has changed.
    const wasAsked = asked.get(incident.id) === callId;
    asked.delete(incident.id);
    if (refusal !== "for now") delays.bar(incident.id, signsOf(alert, incident), wasAsked);
    if (refusal === "lasting") {
      handBack(incident, `barred:${text}`, words.barred(title, incident.name, text, adviceFor(rule, plan)), callId);
      return;
    }
    if (rule === ALREADY && first) {
      later(incident.id, SOON_MS);
      void parts.refresh(alert.channel);
    }
    const key = `refused:${rule}`;
    const told = rule === ALREADY ? `${text} I look again.` : text;
    if (incident.status === "acting") {
      records.note(incident.id, "note", told, { status: "open", words: told, callId });
      tellOnce(incident, key, { kind: "notice", words: told, callId });
    } else sayOnce(incident, key, "notice", told, callId);
  };

  const outcome = async (alert: OpenAlert, id: string, call: Call, deed: Titled): Promise<boolean> => {
    const incident = records.get(id);
    if (!incident) return false;
    if (call.state === "succeeded") {
      const proof = call.text ?? "It worked, and held on the second look.";
      records.note(id, "verifying", proof, { status: "verifying", callId: call.callId, words: proof });
      later(id, SETTLE_MS);
      void parts.refresh(alert.channel);
      return true;
    }
    if (!wasSent(call.state)) {
      unsent(alert, incident, { rule: call.rule, text: call.text ?? CALLED_OFF, callId: call.callId }, deed);
      return false;
    }
    delays.acted(id);
    const text = call.text ?? "It failed.";
    records.note(id, "acted", text, { status: "open", callId: call.callId, words: text });
    feed.add({ kind: "failed", resource: incident.resource, incident: id, callId: call.callId, words: `${incident.name}: ${text}` });
    return false;
  };

  /** An ask that nobody decided is asked anew, and said once. */
  const hold = (incident: IncidentDetail, deed: Deed, callId: string): void => {
    const text = `I would do this, and ask first: ${deed.title.toLowerCase()} for ${incident.name}. ${deed.why}`;
    later(incident.id, HELD_AGAIN_MS);
    asked.set(incident.id, callId);
    records.note(incident.id, "note", text, { words: text, callId });
    tellOnce(incident, `held:${deed.tool}`, { kind: "held", callId, words: text });
  };

  /** One call, from its admission to its end. */
  const step = async (alert: OpenAlert, incident: IncidentDetail, deed: Deed): Promise<Came> => {
    const { tool, input, by, id, hold: ask, says } = deed;
    const answer = await parts.call({ tool, arguments: input, by, remedy: id, incident: incident.id, ...(ask === undefined ? {} : { hold: ask }) });
    if (answer.state === "refused") {
      unsent(alert, incident, answer, deed);
      return "refused";
    }
    if (answer.state === "held") {
      hold(incident, deed, answer.callId);
      return "held";
    }
    records.note(incident.id, "acted", says, { status: "acting", callId: answer.callId, words: says });
    feed.add({ kind: "acting", resource: incident.resource, incident: incident.id, callId: answer.callId, words: says });
    const ended = await parts.waitFor(answer.callId);
    if (await outcome(alert, incident.id, ended, deed)) return "worked";
    // How it ended may not be known: then nothing is taken back either.
    return ended.state === "failed" ? "failed" : "refused";
  };

  const apply = async (alert: OpenAlert, incident: IncidentDetail, remedy: BoundRemedy, cause: Cause): Promise<void> => {
    const next = nextTry(parts.callsOn(incident.resource), remedy.tries, clock.now());
    if (next.when === "never") {
      later(incident.id, OVER_MS);
      return escalate(incident, "tries", words.gaveUp(incident.name, next.tried));
    }
    // A gap binds what Jarvis does unasked; a person who is asked may decide at once.
    if (next.when === "later" && !cause.propose) {
      delays.until(incident.id, next.atMs);
      return sayOnce(incident, `gap:${next.tried}`, "notice", words.waits(incident.name, next.tried, next.atMs));
    }
    records.prescribed(incident.id, { by: remedy.id, tools: [...new Set(remedy.steps.map(({ tool }) => tool))], targets: [incident.resource] });
    const about = { by: "remedy" as const, id: remedy.id, title: remedy.title, says: words.acting(remedy, incident.name), why: cause.words };
    for (const { tool, input } of remedy.steps)
      if ((await step(alert, incident, { ...about, tool, input: input({ alert, cause }), ...(cause.propose ? { hold: cause.words } : {}) })) !== "worked") return;
  };

  /** Who could not be asked now is asked again soon; the third time it is as if nobody knew. */
  const prescribed = (alert: OpenAlert, incident: IncidentDetail, cause: Cause) =>
    parts.prescribe({ alert, cause }).catch(() => {
      seldomer(incident.id);
      return delays.times(incident.id) < MOST_UNASKED ? ("unasked" as const) : undefined;
    });

  const course = createCourse(parts, { later, seldomer, sayOnce, tellOnce, escalate, step });

  /** A call that was begun before, as what it was a step of. */
  const titled = (id: string, { tool }: Call): Titled => ({ title: tool, isOfMany: course.isOfMany(id) });

  const held = (incident: IncidentDetail): boolean => incident.callIds.some((callId) => parts.getCall(callId)?.state === "held");

  const newestOf = (incident: IncidentDetail): Call | undefined => parts.getCall(incident.callIds.at(-1) ?? "");
  /** A person's no to this incident's newest call. It holds as long as the incident: who says no is not asked again. */
  const denied = (incident: IncidentDetail): Call | undefined => {
    const newest = newestOf(incident);
    return newest?.state === "denied" && !NO_WORD.has(newest.rule) ? newest : undefined;
  };
  /** A person's yes that was refused all the same: who decided it is not asked about the same a moment later. */
  const inVain = (incident: IncidentDetail): Call | undefined => {
    const newest = newestOf(incident);
    const isOver = newest?.state === "refused" || newest?.state === "aborted";
    return isOver && asked.get(incident.id) === newest.callId ? newest : undefined;
  };
  const heed = (incident: IncidentDetail, { callId }: Call): void => {
    if (incident.status === "escalated") return;
    const text = words.toldNo(incident.name);
    records.note(incident.id, "report", text, { status: "escalated", words: text, callId });
    tellOnce(incident, "denied", { kind: "notice", callId, words: text });
  };

  const actsNext = (alert: OpenAlert, incident: IncidentDetail): boolean => {
    if (held(incident) || denied(incident) || worked(incident)) return false;
    const remedy = chooseRemedy(alert, incident.cause, parts.remedies());
    return remedy !== undefined && nextTry(parts.callsOn(incident.resource), remedy.tries, clock.now()).when === "now";
  };

  const forget = (id: string): void => {
    for (const kept of [refused, asked, judgedAt, told]) kept.delete(id);
    delays.forget(id);
    course.forget(id);
  };

  return {
    /** May this incident be moved on now? */
    due: (alert: OpenAlert, incident: IncidentDetail): boolean => delays.due(incident.id, () => signsOf(alert, incident)),

    forgetDelays: delays.forgetAll,

    /** The cause was judged just now. */
    judged: (id: string): void => void judgedAt.set(id, clock.now()),

    /** The cause as the record has it, or a new diagnosis where a grace was running or an act is next and the old proof is not fresh. */
    async causeAgain(alert: OpenAlert, incident: IncidentDetail): Promise<Cause> {
      if (underway(incident)) return incident.cause;
      const isFresh = clock.now() - (judgedAt.get(incident.id) ?? Number.NEGATIVE_INFINITY) <= FRESH_MS;
      if (incident.cause.verdict !== "unclear" && (isFresh || !actsNext(alert, incident))) return incident.cause;
      judgedAt.set(incident.id, clock.now());
      return parts.suspicion.diagnose(alert, incident.openedAt);
    },

    async advance(alert: OpenAlert, id: string, cause: Cause): Promise<void> {
      const incident = records.get(id);
      if (!incident || held(incident)) return;
      const no = denied(incident);
      if (no) return heed(incident, no);
      const vain = inVain(incident);
      if (vain) return unsent(alert, incident, { rule: vain.rule, text: vain.text ?? CALLED_OFF, callId: vain.callId }, titled(id, vain));
      const call = underway(incident);
      if (call) return void (await outcome(alert, id, await parts.waitFor(call.callId), titled(id, call)));
      if (await course.prove(alert, incident)) return;
      const done = worked(incident);
      if (done && !course.isMidway(incident)) return void (await outcome(alert, id, done, titled(id, done)));
      const remedy = chooseRemedy(alert, cause, parts.remedies());
      const plan = remedy ? undefined : await prescribed(alert, incident, cause);
      if (plan === "unasked") return;
      if (plan?.class === "report") return course.report(incident, plan);
      if (!remedy && !plan) return alert.cause === undefined ? escalate(incident, "no-remedy", `I have no remedy for this. ${cause.words}`) : handOver(incident);
      // Where a person is asked anyway, an unclear cause is theirs to weigh.
      if (cause.verdict === "unclear" && plan?.class !== "ask") {
        if (cause.graceSeconds === undefined) {
          seldomer(id);
          return sayOnce(incident, "unclear", "left-alone", words.leftAlone(incident.name, cause));
        }
        const leftMs = Date.parse(incident.openedAt) + cause.graceSeconds * 1000 - clock.now();
        if (leftMs > 0) return later(id, leftMs);
      }
      const alike = parts.alerts().filter((open) => open.key === alert.key).length;
      if (tooManyAtOnce(alike, parts.countOf(alert.resource))) return sayOnce(incident, "too-many", "notice", words.tooMany(alike));
      const isNext = remedy === undefined || nextTry(parts.callsOn(incident.resource), remedy.tries, clock.now()).when === "now";
      const circle = isNext && circleOf({ target: incident.resource, foundMs: Date.parse(incident.openedAt) }, mendedBy(parts), clock.now());
      if (circle) return escalate(incident, "circle", words.inACircle(circle.map(parts.nameOf)));
      if (remedy) await apply(alert, incident, remedy, cause);
      else if (plan) await course.take(alert, incident, plan, cause);
    },

    /** The alert is gone: the incident ends, fixed by us or by itself. `isUnwatched`: nobody knows how it is. */
    ended(incident: IncidentDetail, isUnwatched = false): void {
      const calls = incident.callIds.map(parts.getCall);
      const ours = calls.some((call) => call?.state === "succeeded");
      const tried = calls.some((call) => call !== undefined && call.effect !== "read" && wasSent(call.state));
      const seconds = Math.max(1, Math.round((clock.now() - Date.parse(incident.openedAt)) / 1000));
      // What had no name when it was found was never among the things that are there.
      const isGone = incident.name !== incident.resource && !parts.exists(incident.resource);
      const isFixed = ours && !isGone && !isUnwatched;
      const well = isFixed ? words.fixed(incident.name, seconds) : tried ? words.perhapsFixed(incident.name) : words.recovered(incident.name);
      const text = isUnwatched ? words.unwatched(incident.name) : isGone ? words.gone(incident.name) : well;
      records.note(incident.id, "report", text, { status: "resolved", resolvedAt: clock.iso(), words: text });
      feed.add({
        kind: isFixed ? "fixed" : "notice",
        resource: incident.resource,
        incident: incident.id,
        words: text,
        ...(incident.callIds.at(-1) ? { callId: incident.callIds.at(-1) } : {}),
      });
      parts.withdraw(incident.id, text);
      forget(incident.id);
    },

    /** The incident ended without its alert. */
    forget,

    /** Whether a call is on its way for this incident or has just failed, or it was found well once only: then a missing alert proves nothing yet. */
    underway: (incident: IncidentDetail): boolean =>
      underway(incident) !== undefined || isDoubtful(parts.callsOn(incident.resource), incident.id, clock.now()) || course.isSeenOnce(incident),
  };
};
