// What a node's journal says of the cluster's links, its heat, its power and the world outside: events with their time, and what is counted of some of them. Pure; lines that fit nothing say nothing.
import { z } from "jarvis";
import { isOutside } from "./outside.ts";

interface Line {
  at: number | undefined;
  from: string;
  text: string;
}

type Kind = "down" | "retransmit" | "throttled" | "battery" | "line" | "unresolved" | "unreached";

export interface Event {
  /** Epoch ms of the node's clock. */
  readonly at: number;
  readonly kind: Kind;
  /** Of `down` the other node (by corosync's number), of `unreached` whom it wanted to reach. */
  readonly about?: string;
  readonly line: string;
}

const Lines = z.array(z.string());

export const Words = z.object({
  /** How often the link to each node (by corosync's number) went down. */
  downs: z.record(z.string(), z.number()),
  retransmits: z.number(),
  /** The processors were slowed down by heat so many times. */
  throttled: z.number(),
  /** Names that could not be resolved, and who outside the house could not be reached. */
  unresolved: z.number(),
  unreached: z.array(z.string()),
  /** The lines that prove it: of the links, of the heat, of what is outside. */
  proof: z.object({ links: Lines, heat: Lines, outside: Lines }),
});
export type Words = z.output<typeof Words>;

const [MOST_LINES, MOST_TARGETS] = [6, 6];
const DOWN = /link: host: (\d+) link: \d+ is down/;
const RETRANSMIT = /Retransmit List:/;
/** Kernels since 5.5 put two "is" into it. */
const THROTTLED = /temperature (?:is )?above threshold, cpu clock (?:is )?throttled/;
/** NUT's words and apcupsd's; what says that the mains are back is looked for first, since it may name the batteries too. */
const [LINE, BATTERY] = [/\bon line power\b|no longer on UPS batteries|UPS running on mains/i, /\bon (?:UPS )?batter(?:y|ies)\b/i];
const UPS = /^(?:upsmon|apcupsd|nut-monitor)/;
/** The resolver did not answer; a name that does not exist is another matter. */
const UNRESOLVED =
  /Temporary failure (?:resolving|in name resolution)|Could not resolve (?:host|address)|Host not found, try again|lookup \S+ on \S+: .*(?:timeout|refused|misbehaving)/i;
const UNREACHED =
  /(?:connect|connecting|connection) to (\S+?)[[( ,].*(?:timed out|No route to host|Network is unreachable)|^Source (\S+).* (?:offline|unreachable)|Timed out waiting for reply from (\S+)/i;

const kindOf = ({ from, text }: Line): Pick<Event, "kind" | "about"> | undefined => {
  const host = DOWN.exec(text)?.[1];
  if (host !== undefined) return { kind: "down", about: host };
  if (RETRANSMIT.test(text)) return { kind: "retransmit" };
  if (THROTTLED.test(text)) return { kind: "throttled" };
  if (UPS.test(from)) return LINE.test(text) ? { kind: "line" } : BATTERY.test(text) ? { kind: "battery" } : undefined;
  if (UNRESOLVED.test(text)) return { kind: "unresolved" };
  const wanted = (UNREACHED.exec(text) ?? []).slice(1).find((target) => target !== undefined);
  return wanted !== undefined && isOutside(wanted) ? { kind: "unreached", about: wanted.slice(0, 100) } : undefined;
};

/** In their order; a line without a time counts as of `nowMs`. */
export const eventsOf = (lines: readonly Line[], nowMs: number): Event[] =>
  lines.flatMap((line) => {
    const found = kindOf(line);
    return found === undefined ? [] : [{ ...found, at: line.at ?? nowMs, line: `${line.from}: ${line.text.trim()}`.slice(0, 300) }];
  });

export const wordsOf = (events: readonly Event[]): Words => {
  const of = (...kinds: Kind[]): Event[] => events.filter(({ kind }) => kinds.includes(kind));
  const linesOf = (...kinds: Kind[]): string[] =>
    of(...kinds)
      .slice(-MOST_LINES)
      .map(({ line }) => line);
  const downs = Map.groupBy(of("down"), ({ about = "?" }) => about);
  return {
    downs: Object.fromEntries([...downs].map(([host, some]) => [host, some.length])),
    retransmits: of("retransmit").length,
    throttled: of("throttled").length,
    unresolved: of("unresolved").length,
    unreached: [...new Set(of("unreached").flatMap(({ about }) => about ?? []))].slice(0, MOST_TARGETS),
    proof: { links: linesOf("down", "retransmit"), heat: linesOf("throttled"), outside: linesOf("unresolved", "unreached") },
  };
};

/** The last word of the UPS among these. */
export const upsOf = (events: readonly Event[]): { state: "battery" | "line"; line: string } | undefined => {
  const last = events.findLast(({ kind }) => kind === "battery" || kind === "line");
  return last === undefined ? undefined : { state: last.kind === "line" ? "line" : "battery", line: last.line };
};
