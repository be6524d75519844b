// One act as a line of the report: the feed's own sentence or the tool's name, why, the proof, how long, by whom, and how it is undone. From rows alone. Pure.
import { ALREADY, type Call, isTerminal, outside } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";
import type { ReportLine } from "../contract/report.ts";
import { plainCall } from "../lib/plain-call.ts";
import { objectOf, verbsOf } from "../lib/tool-words.ts";
import { RULES } from "../tools/rules.ts";
import { consoleOn, isWatched } from "./end.ts";
import type { Material } from "./material.ts";
import { clockTime, lasting } from "./period.ts";
import { oneLine } from "./plain.ts";

const [LONGEST_WORDS, LONGEST_DETAIL, LONGEST_NAME] = [300, 600, 80];
const [LOOKS_TOLD, EVIDENCE_TOLD] = [2, 2];

type Detail = ReportLine["details"][number];

export const words = (text: string): string => oneLine(text, LONGEST_WORDS);
export const detail = (label: string, text: string | undefined | null): Detail[] =>
  text === undefined || text === null || text.trim() === "" ? [] : [{ label, words: oneLine(text, LONGEST_DETAIL) }];

/** `nextcloud (guest/101)`. */
export const thing = (id: string | null, name: string | undefined): string =>
  id === null ? "nothing in particular" : name === undefined || name === id ? id : `${oneLine(name, LONGEST_NAME)} (${id})`;

export const timeOf = ({ timeZone, span }: Material, iso: string): string => clockTime(timeZone, Date.parse(iso), span.date);

const RULE_WORDS: ReadonlyMap<string, string> = new Map(Object.entries(RULES));
const RUNBOOK = "service/runbook/";

/** Why, with the names of things; what a person could do by an id keeps it. */
const plain = (material: Material, call: Call, text: string | undefined | null): string | undefined => {
  const nameOf = (id: string): string | undefined => {
    const name = material.nameOf(id);
    return name === id ? undefined : name;
  };
  return text === undefined || text === null ? undefined : plainCall(text, { tool: call.tool, callerId: call.caller.id }, nameOf);
};

/** The rule as a sentence. */
const ruleWords = ({ rule }: Call): string => RULE_WORDS.get(rule) ?? rule;

const incidentOf = (material: Material, call: Call): Incident | undefined => material.incidents.find(({ id }) => id === call.incident);

const subject = (material: Material, call: Call): string => {
  const incident = incidentOf(material, call);
  if (call.target === null) return thing(null, undefined);
  // A runbook's name is all a person needs of it.
  if (call.target.startsWith(RUNBOOK)) return call.target.slice(RUNBOOK.length);
  return thing(call.target, incident?.resource === call.target ? incident.name : material.nameOf(call.target));
};

/** What it was to do, and to what; of a console only on what. */
const calledWords = (material: Material, call: Call): string => {
  const on = consoleOn(call);
  if (on !== undefined) return `A console on ${thing(on, material.nameOf(on))}`;
  const words = `${verbsOf(call.tool).plain} ${objectOf(call.tool, call.target, subject(material, call))}`;
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};

/** As the feed said it, where it did. */
export const actWords = (material: Material, call: Call): string => {
  const said = material.feed.find(({ kind, callId }) => kind === "acting" && callId === call.callId);
  return words(said ? `${said.words.replace(/[.\s]+$/, "")} (${call.target ?? call.tool})` : calledWords(material, call));
};

const WHO: Readonly<Record<Call["caller"]["kind"], string>> = {
  operator: "the operator",
  script: "the script",
  model: "a model, unasked",
  remedy: "Jarvis unasked, the remedy",
  runbook: "Jarvis unasked, the runbook",
  mcp: "an MCP client",
  plugin: "Jarvis unasked, the plugin",
  system: "Jarvis itself",
};
const by = ({ caller }: Call): string =>
  `${WHO[caller.kind]} ${caller.kind === "remedy" || caller.kind === "runbook" ? (caller.id.split("/").at(-1) ?? caller.id) : caller.id}${caller.tainted ? ", with text from outside taking part" : ""}`;

/** `14:03:20 holds: it runs`. */
const looks = (material: Material, call: Call): string | undefined =>
  material.proofs
    .get(call.callId)
    ?.looks.slice(-LOOKS_TOLD)
    .map((look) => {
      const [iso = "", ...rest] = look.replace(/[.\s]+$/, "").split(" ");
      return Number.isNaN(Date.parse(iso)) ? look : `${timeOf(material, iso)} ${rest.join(" ")}`;
    })
    .join("; ");

const took = (material: Material, call: Call, incident: Incident | undefined): string => {
  const time = (iso: string): string => timeOf(material, iso);
  const found = incident ? `found ${time(incident.openedAt)}, ` : "";
  const ended = call.endedAt === undefined ? "not ended yet" : `ended ${time(call.endedAt)}`;
  const well = incident?.resolvedAt === undefined || call.state !== "succeeded" ? "" : `, well again ${time(incident.resolvedAt)}`;
  const fixed = well === "" || !incident?.resolvedAt ? "" : `: ${lasting(Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt))} from found to fixed`;
  return `${found}begun ${time(call.createdAt)}, ${ended}${well}${fixed}`;
};

const undo = (material: Material, call: Call): string => {
  const how = material.proofs.get(call.callId)?.undo;
  const state = outside(call.state);
  if (state === "succeeded") return how ?? "It cannot be undone.";
  return (
    how ??
    (state === "failed" ? "It was not proved to have done anything, so there is nothing that I could take back: look at it." : "Not to be said before it is known how it ended.")
  );
};

const evidence = (incident: Incident | undefined): string | undefined =>
  incident?.cause.evidence
    .slice(0, EVIDENCE_TOLD)
    .map(({ what, source }) => `${what} [${source}]`)
    .join("; ");

/** A call that was sent. */
export const actLine = (material: Material, call: Call): ReportLine => {
  const incident = incidentOf(material, call);
  const proof = looks(material, call);
  return {
    words: actWords(material, call),
    at: call.endedAt ?? call.createdAt,
    times: 1,
    details: [
      ...detail("Why", plain(material, call, incident?.cause.words ?? material.proofs.get(call.callId)?.why ?? call.why) ?? ruleWords(call)),
      ...detail("Evidence", evidence(incident)),
      ...detail("Result", plain(material, call, call.text)),
      ...detail(call.state === "succeeded" ? "Proof" : "Looked at", proof),
      ...detail("Took", took(material, call, incident)),
      ...detail("Now", incident?.resolvedAt === undefined ? undefined : incident.words),
      ...detail("Warnings", call.warnings?.join("; ")),
      ...detail("By", by(call)),
      ...detail("Rule", ruleWords(call)),
      ...detail("Undo", isTerminal(call.state) ? undo(material, call) : undefined),
      ...detail("Task", call.upid),
    ],
    callIds: [call.callId],
    ...(call.incident === undefined ? {} : { incident: call.incident }),
  };
};

const consoleEnd = ({ state, console: end, createdAt }: Call): string => {
  if (state === "failed") return "could not be opened";
  if (end === undefined) return state === "succeeded" ? "was opened" : "was asked for; whether it was opened is not known";
  return `was open for ${lasting(Date.parse(end.endedAt) - Date.parse(createdAt))}`;
};

/** A console that a person opened, or could not. */
export const consoleLine = (material: Material, call: Call): ReportLine => {
  const on = consoleOn(call) ?? "";
  return {
    words: words(`A console on ${thing(on, material.nameOf(on))} ${consoleEnd(call)}`),
    at: call.endedAt ?? call.createdAt,
    times: 1,
    details: [
      ...detail(call.state === "succeeded" ? "Result" : "Why not", call.text),
      ...detail("Ended", call.console?.why),
      ...detail("By", by(call)),
      ...detail("Undo", call.state === "failed" ? undefined : "Opening it changed nothing; what was typed there is not on record."),
    ],
    callIds: [call.callId],
  };
};

/** A call that waits for a person. */
export const heldLine = (material: Material, call: Call): ReportLine => {
  const ask = material.asks.get(call.callId);
  const until = ask === undefined ? undefined : `${timeOf(material, new Date(ask.expiresMs).toISOString())}; ./jarvis asks approve ${ask.id}, or reject`;
  return {
    words: actWords(material, call),
    at: call.createdAt,
    times: 1,
    details: [...detail("Why it is asked", plain(material, call, call.why ?? call.text) ?? ruleWords(call)), ...detail("Until", until), ...detail("By", by(call))],
    callIds: [call.callId],
    ...(call.incident === undefined ? {} : { incident: call.incident }),
  };
};

/** Calls that were not sent, for the same reason: one line that counts. Of their ids the first few. */
export const unsentLine = (material: Material, calls: readonly [Call, ...Call[]]): ReportLine => {
  const last = calls[calls.length - 1] ?? calls[0];
  const incident = incidentOf(material, last);
  const shadow = isWatched(last) && incident?.resolvedAt !== undefined ? incident.words : undefined;
  return {
    words: words(calledWords(material, last)),
    at: last.endedAt ?? last.createdAt,
    times: calls.length,
    details: [
      ...detail(last.rule === ALREADY ? "Nothing had to be done" : "Why", plain(material, last, last.text ?? last.why) ?? ruleWords(last)),
      ...detail("For", incident ? `${incident.title} ${incident.cause.words}` : undefined),
      ...detail("What came of it without me", shadow),
      ...detail("By", by(last)),
      ...detail("Rule", ruleWords(last)),
    ],
    callIds: calls.slice(0, MOST_IDS).map(({ callId }) => callId),
    ...(last.incident === undefined ? {} : { incident: last.incident }),
  };
};
const MOST_IDS = 5;
