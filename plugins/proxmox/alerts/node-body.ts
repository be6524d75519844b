// What a machine's journal says of its body: it is too hot, or its UPS runs on battery. A single throttle under load is everyday; the UPS' last word counts.
import type { Alert } from "jarvis";
import type { Heard } from "./cluster-links.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

const [RAISE_THROTTLED, KEEP_THROTTLED] = [4, 1];

interface Body extends Heard {
  ups?: { state: "battery" | "line"; at: string; line: string } | undefined;
}

const isHot = ({ name, words, fresh, busy }: Body, open: readonly Alert[]): boolean => {
  const raised = words.throttled >= (busy ? RAISE_THROTTLED * 2 : RAISE_THROTTLED);
  return fresh.throttled >= KEEP_THROTTLED && (raised || isOpen(open, "node-hot", nodeId(name)));
};

const hot = ({ name, at, words }: Body): Alert =>
  alertOf({
    key: "node-hot",
    resource: nodeId(name),
    severity: "warning",
    title: `${name} overheats and slows itself down`,
    why: `its processors were throttled ${words.throttled} times in ten minutes: a fan, dust or the room. When it gets worse it switches off, and what runs on it with it`,
    cause: "heat",
    evidence: words.proof.heat.map((what) => ({ what, source: `GET /nodes/${name}/journal`, at })),
  });

const onBattery = (name: string, ups: NonNullable<Body["ups"]>): Alert =>
  alertOf({
    key: "ups-on-battery",
    resource: nodeId(name),
    severity: "critical",
    title: `The UPS of ${name} runs on battery`,
    why: "mains power is gone and the UPS has not said that it is back: shut guests down in good order while the battery lasts, those that write most first",
    cause: "power",
    evidence: [{ what: ups.line, source: `GET /nodes/${name}/journal`, at: ups.at }],
  });

export const bodyAlerts = (heard: readonly Body[], open: readonly Alert[]): Alert[] =>
  heard.flatMap((one) => [...(isHot(one, open) ? [hot(one)] : []), ...(one.ups?.state === "battery" ? [onBattery(one.name, one.ups)] : [])]);
