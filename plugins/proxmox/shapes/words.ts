// What a node's journal says of the cluster's links, its heat and its power: lines counted and the last word kept. Pure; lines that fit nothing say nothing.
import { z } from "jarvis";

interface Line {
  at: number | undefined;
  from: string;
  text: string;
}

export const Words = z.object({
  /** How often the link to each node (by corosync's number) went down. */
  downs: z.record(z.string(), z.number()),
  retransmits: z.number(),
  /** The processors were slowed down by heat so many times. */
  throttled: z.number(),
  /** The last words of the UPS in the window, and of the last line that proves each. */
  ups: z.enum(["battery", "line"]).optional(),
  lines: z.array(z.string()),
});
export type Words = z.output<typeof Words>;

const MOST_LINES = 8;
const DOWN = /link: host: (\d+) link: \d+ is down/;
const [RETRANSMIT, THROTTLED, BATTERY, LINE] = [/Retransmit List:/, /temperature above threshold, cpu clock throttled/, /\bon battery\b/i, /\bon line power\b/i];
const UPS = /^(?:upsmon|apcupsd|nut-monitor)/;

export const wordsOf = (lines: readonly Line[]): Words => {
  const downs: Record<string, number> = {};
  const proof: string[] = [];
  let [retransmits, throttled] = [0, 0];
  let ups: Words["ups"];
  for (const { from, text } of lines) {
    const host = DOWN.exec(text)?.[1];
    const isUps = UPS.test(from) && (BATTERY.test(text) || LINE.test(text));
    if (host !== undefined) downs[host] = (downs[host] ?? 0) + 1;
    else if (RETRANSMIT.test(text)) retransmits += 1;
    else if (THROTTLED.test(text)) throttled += 1;
    else if (!isUps) continue;
    if (isUps) ups = LINE.test(text) ? "line" : "battery";
    if (proof.length < MOST_LINES) proof.push(`${from}: ${text}`.slice(0, 300));
  }
  return { downs, retransmits, throttled, ...(ups === undefined ? {} : { ups }), lines: proof };
};
