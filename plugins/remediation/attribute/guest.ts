// Why a guest stopped, by the order of proof: a start that failed since; a task; the OOM killer; a failure; an end from inside; an end in good order that proves nothing; silence. Pure.
import type { Cause, Evidence } from "jarvis";
import type { GuestProbe, Line } from "../probe/guest.ts";
import { type About, cause, type Finding, type Ours, ourTime } from "./about.ts";
import { anonymousDeaths, isMemoryDeath, isOwnCrash } from "./crash-rule.ts";
import { isKeptByHa, leftToHa } from "./ha-rule.ts";
import { isInside } from "./inside-rule.ts";
import { isOom } from "./oom-rule.ts";
import { byFailedStart } from "./start-rule.ts";
import { stopOf } from "./stop-time.ts";
import { byOurCall, byTask, standingStop } from "./task-rule.ts";
import { endsUnit, sameUnit, type Unit } from "./units.ts";

const NEAR_MS = 20_000;
const INSIDE_MS = 120_000;
const GRACE_SECONDS = 60;
/** A node starts its guests one after the other; what it leaves out is told as that. */
const STARTS_ITS_GUESTS_S = 300;

type Timed = Line & { at: number };

/** Lines of this life of the guest, until shortly after the stop. */
const linesOf = ({ probe, stop, lastStartMs }: About, beforeMs: number): Timed[] =>
  (probe.journal?.lines ?? []).filter(
    (line): line is Timed => line.at !== undefined && line.at >= Math.max(lastStartMs ?? Number.NEGATIVE_INFINITY, stop.fromMs - beforeMs) && line.at <= stop.toMs + NEAR_MS,
  );

const told = ({ probe }: About, lines: readonly Timed[]): Evidence[] =>
  lines.map((line) => ({ what: `${line.from}: ${line.text}`, source: probe.journal?.path ?? "journal", at: ourTime(probe, line.at) }));

/** What keeps a proven fault from being acted on unasked: the owner's own wish, or what could not be read. */
const asking = ({ probe }: About): { propose?: boolean; why: string } => {
  if (probe.tasks === undefined) return { propose: true, why: ` The task list could not be read (${probe.unread.tasks ?? "no reason told"}), so I ask first.` };
  if (probe.config === undefined) return { propose: true, why: ` Its configuration could not be read (${probe.unread.config ?? "no reason told"}), so I ask first.` };
  if (!probe.config.onboot) return { propose: true, why: " It is not set to start at boot, so I do not start it unasked." };
  return { why: "" };
};

const byMemory = (about: About, unit: Unit, lines: readonly Timed[], deaths: readonly Timed[]): Finding | undefined => {
  const found = [...lines.filter((line) => isOom(line, unit)), ...deaths.filter(isMemoryDeath)];
  if (found.length === 0) return undefined;
  const words = `The node ${about.probe.guest.node} ran out of memory and its kernel killed ${about.probe.guest.name}. Started again without more room it may happen again, so I ask first.`;
  return { kind: "oom", words, evidence: told(about, found), verdict: "fault", propose: true };
};

const byFailure = (about: About, unit: Unit, lines: readonly Timed[], deaths: readonly Timed[]): Finding | undefined => {
  const found = [...deaths, ...lines.filter((line) => isOwnCrash(line, unit))];
  if (found.length === 0) return undefined;
  const { propose, why } = asking(about);
  return {
    kind: "crash",
    words: `${about.probe.guest.name} crashed: nobody asked for it, and the node's journal shows the failure.${why}`,
    evidence: told(about, found),
    verdict: "fault",
    ...(propose ? { propose } : {}),
  };
};

/** The node itself came up after the guest was last seen. */
const byHost = (about: About): Finding | undefined => {
  const { probe, stop } = about;
  if (probe.node.uptimeSeconds === undefined) return undefined;
  const bootedMs = probe.clocks.clusterMs - probe.node.uptimeSeconds * 1000;
  if (bootedMs < stop.fromMs) return undefined;
  const words = `${probe.guest.node} itself has restarted, and ${probe.guest.name} with it. The node starts what is set to start at boot; I leave that to it.`;
  return {
    kind: "host-down",
    words,
    evidence: [{ what: `${probe.guest.node} is up for only ${Math.round(probe.node.uptimeSeconds)} s`, source: "/cluster/resources", at: ourTime(probe, bootedMs) }],
    verdict: "unclear",
    ...(probe.config?.onboot ? { waitSeconds: STARTS_ITS_GUESTS_S } : {}),
  };
};

const byInside = (about: About, unit: Unit): Finding | undefined => {
  const found = linesOf(about, INSIDE_MS).filter((line) => isInside(line, unit));
  if (found.length === 0) return undefined;
  return { kind: "guest", words: `${about.probe.guest.name} was powered off from inside, in good order. I leave it so.`, evidence: told(about, found), verdict: "meant" };
};

const byGoodEnd = (about: About, unit: Unit, lines: readonly Timed[]): Finding | undefined => {
  const found = lines.filter((line) => sameUnit(endsUnit(line), unit));
  if (found.length === 0) return undefined;
  const words = `${about.probe.guest.name} ended, and the journal says only that. That proves neither a crash nor anybody's wish, so I leave it alone.`;
  return { kind: "unknown", words, evidence: told(about, found), verdict: "unclear" };
};

const bySilence = (about: About): Finding => {
  const { probe } = about;
  const journal =
    probe.journal === undefined
      ? `The journal of ${probe.guest.node} could not be read (${probe.unread.journal ?? "no reason told"}).`
      : `The journal of ${probe.guest.node} says nothing about it.`;
  const evidence: Evidence[] = [{ what: journal, source: probe.journal?.path ?? `/nodes/${probe.guest.node}/journal` }];
  const left = (why: string): Finding => ({ kind: "unknown", words: `I cannot tell why ${probe.guest.name} stopped. ${journal} ${why}`, evidence, verdict: "unclear" });
  if (probe.tasks === undefined) return left(`Nor could the task list (${probe.unread.tasks ?? "no reason told"}): somebody may have stopped it, so I leave it alone.`);
  if (probe.config === undefined) return left("Nor is it known whether it should run, so I leave it alone.");
  if (!probe.config.onboot) return left("It is not set to start at boot, so I leave it alone.");
  const stop = standingStop(about);
  if (stop)
    return {
      ...left(`${stop.user} stopped it before (${stop.type}), so I leave it alone.`),
      evidence: [...evidence, { what: `${stop.type} by ${stop.user}`, source: stop.upid, at: ourTime(probe, stop.startedAt) }],
    };
  return { ...left(`It is set to start at boot and nobody's stop is on record: I start it when it stays down for ${GRACE_SECONDS} s.`), graceSeconds: GRACE_SECONDS };
};

/** A fault is no reason to start what runs again, nor to start beside HA what HA keeps: two hands on one guest. */
const unlessKept = (finding: Finding, about: About): Finding => {
  const { probe } = about;
  if (finding.verdict === "meant") return finding;
  const { kind, words, evidence } = finding;
  if (probe.status?.word === "running") return { kind, words: `${words} It runs again already.`, evidence, verdict: "unclear" };
  return isKeptByHa(probe) ? leftToHa(finding, about) : finding;
};

/** `openedAt`: ISO time of our clock at which the stop was first seen. */
export const attributeGuest = (probe: GuestProbe, openedAt: string, ours: readonly Ours[]): Cause => {
  const unit: Unit = { kind: probe.guest.kind, vmid: probe.guest.vmid };
  const about: About = { probe, ...stopOf(probe, openedAt), ours };
  const lines = linesOf(about, NEAR_MS);
  // The wider look hands each death to its guest even when another guest of the node went down just before.
  const deaths =
    unit.kind === "vm"
      ? (anonymousDeaths(linesOf({ ...about, lastStartMs: undefined }, 2 * NEAR_MS)).get(unit.vmid) ?? []).filter((line) => line.at >= (about.lastStartMs ?? 0))
      : [];
  const failure = byMemory(about, unit, lines, deaths) ?? byFailure(about, unit, lines, deaths);
  const rules: (() => Finding | undefined)[] = [
    () => byFailedStart(about, failure),
    () => byTask(about, failure !== undefined),
    () => byOurCall(about),
    () => failure,
    () => byHost(about),
    () => byInside(about, unit),
    () => byGoodEnd(about, unit, lines),
  ];
  for (const rule of rules) {
    const finding = rule();
    if (finding) return cause(unlessKept(finding, about));
  }
  return cause(unlessKept(bySilence(about), about));
};
